// Finds files by folder, wildcard, number or list.
#include "io/files/file_patterns.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/files/name_matching.hpp"
#include "io/files/natural_order.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

core::Problem problem(std::string const& name, std::string const& expected,
                      std::string const& found, std::string const& attempt) {
  return {"find the files " + name, expected, found, attempt};
}

[[noreturn]] void throw_unreadable(std::string const& name, fs::path const& place,
                                   std::string const& reason) {
  throw core::IoError(problem(name, place.string() + " that can be read",
                              fmt::format("\"{}\"", reason), "check path and permissions"));
}

// Names in a folder that are not hidden, in no order.
std::vector<std::string> names_in(fs::path const& folder, std::string const& wanted) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, failure), end;
       !failure && entry != end; entry.increment(failure)) {
    auto const& path = entry->path().native();
    auto name = path.substr(path.rfind('/') + 1);
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  if (failure) throw_unreadable(wanted, folder, failure.message());
  return names;
}

/// What a name in a folder is, for messages: its ending, or "folders".
std::string kind_text(fs::path const& folder, std::string const& name) {
  auto const ending = ending_of(name);
  std::error_code ignored;
  if (!ending.empty()) return ending;
  return fs::is_directory(folder / name, ignored) ? "folders" : "without ending";
}

// "120 .cbf (a_1.cbf …), 3 .log (a_1.log …)", for messages.
std::string content_text(fs::path const& folder, std::vector<std::string> names) {
  if (names.empty()) return "nothing";
  std::sort(names.begin(), names.end(), natural_less);
  std::map<std::string, std::pair<std::size_t, std::string>> kinds;
  for (auto const& name : names) {
    auto& [count, first] = kinds[kind_text(folder, name)];
    if (count++ == 0) first = name;
  }
  std::string text;
  std::size_t told = 0;
  for (auto const& [what, kind] : kinds) {
    if (++told > 5) return text + ", …";
    text += fmt::format("{}{} {} ({}{})", text.empty() ? "" : ", ", kind.first,
                        what == "folders" && kind.first == 1 ? "folder" : what, kind.second,
                        kind.first > 1 ? ", …" : "");
  }
  return text;
}

std::string content_of(fs::path const& folder, std::string const& wanted) {
  std::error_code ignored;
  if (!folder.empty() && !fs::is_directory(folder, ignored))
    return fmt::format("no folder {}", folder.string());
  return fmt::format("in {}: {}", folder.empty() ? "." : folder.string(),
                     content_text(folder, names_in(folder, wanted)));
}

std::string const& advice() {
  static std::string const text =
      "name a folder, a pattern like img/*.cbf or img_%05d.cbf, or @list.txt";
  return text;
}

// What has to be the same of all files: the ending, but all of HDF5 are one.
std::string kind_of_ending(std::string const& ending) {
  return belongs_to_series(ending, SeriesOf::hdf5) ? "HDF5" : ending;
}

/// Names in a folder by the kind of their ending.
using ByKind = std::map<std::string, std::vector<std::string>>;

// Of a folder: the files of the wanted kind. \param told "passed over: …"
std::vector<std::string> series_in(fs::path const& folder, std::string const& name, SeriesOf kind,
                                   WithoutFrames const& without_frames, std::string& told) {
  ByKind by_ending;
  for (auto& file : names_in(folder, name))
    if (auto const ending = ending_of(file); belongs_to_series(ending, kind))
      by_ending[kind_of_ending(ending)].push_back(std::move(file));
  if (auto const hdf5 = by_ending.find("HDF5"); hdf5 != by_ending.end()) {
    keep_masters(hdf5->second);
    told = pass_over(folder, hdf5->second, without_frames);
    if (hdf5->second.empty()) by_ending.erase(hdf5);
  }
  if (by_ending.empty()) {
    throw core::InputError(problem(name,
                                   kind == SeriesOf::hdf5  ? "HDF5 files in the folder"
                                   : kind == SeriesOf::any ? "HDF5 files or images in the folder"
                                                           : "images in the folder",
                                   content_of(folder, name) + (told.empty() ? "" : "; " + told),
                                   advice()));
  }
  if (by_ending.size() > 1) {
    throw core::InputError(problem(name, "images of one ending in the folder",
                                   content_of(folder, name),
                                   "name one kind of them, as in *" + by_ending.begin()->first));
  }
  return std::move(by_ending.begin()->second);
}

/// Collects the files of all names of a scan.
class Finder {
 public:
  Finder(fs::path folder, SeriesOf kind, WithoutFrames const& without_frames)
      : folder_(std::move(folder)), kind_(kind), without_frames_(without_frames) {}

  void add(std::string const& name, fs::path const& folder) {
    if (name.starts_with('@')) return add_list(name, folder);
    fs::path const path = (folder / name).lexically_normal();
    std::error_code ignored;
    auto const type = fs::status(path, ignored).type();
    if (type == fs::file_type::directory) return add_folder(name, path);
    if (type != fs::file_type::not_found || !is_pattern(name)) return found_.names.push_back(path);
    if (auto const number = number_pattern(path.filename().string()))
      return add_numbers(name, path, *number);
    add_wildcard(name, path);
  }
  void add(std::string const& name) { add(name, folder_); }
  NamedFiles take() { return std::move(found_); }

 private:
  void add_folder(std::string const& name, fs::path const& folder) {
    std::string told;
    auto files = series_in(folder, name, kind_, without_frames_, told);
    warn(told);
    add_sorted(folder, std::move(files));
  }

  void warn(std::string const& told) {
    if (!told.empty()) found_.warnings.push_back(told);
  }

  void add_sorted(fs::path const& folder, std::vector<std::string> files) {
    std::sort(files.begin(), files.end(), natural_less);
    if (auto const gap = first_gap(files); !gap.empty())
      found_.warnings.push_back(fmt::format(
          "the files {} … {} in {} are numbered, and {}; where that is a frame that was not "
          "taken, name them by number, as in {}: then it keeps its place",
          files.front(), files.back(), folder.string(), gap, as_number_pattern(files.front())));
    for (auto const& file : files) found_.names.push_found(folder.native(), file);
  }

  void add_list(std::string const& name, fs::path const& folder) {
    fs::path const file = (folder / name.substr(1)).lexically_normal();
    std::ifstream stream(file);
    if (!stream || fs::is_directory(file))
      throw_unreadable(name, file, "no such list, or it cannot be opened");
    std::size_t const before = found_.names.size();
    for (std::string line; std::getline(stream, line);) {
      auto const first = line.find_first_not_of(" \t\r");
      if (first == std::string::npos || line[first] == '#') continue;
      line = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
      if (line.starts_with('@')) {
        throw core::InputError(problem(name, "names of files in the list", "the list " + line,
                                       "name each list in scan.files"));
      }
      add(line, file.parent_path());
    }
    if (found_.names.size() == before)
      throw core::InputError(
          problem(name, "a name in each line of the list", "none", "write them into it"));
  }

  void add_numbers(std::string const& name, fs::path const& path, NumberPattern const& pattern) {
    fs::path const folder = path.parent_path();
    std::vector<std::uint64_t> numbers;
    for (auto const& file : names_in(folder, name))
      if (auto const number = pattern.number_of(file)) numbers.push_back(*number);
    if (numbers.empty())
      throw core::InputError(
          problem(name, "files with a number in this place", content_of(folder, name), advice()));
    std::sort(numbers.begin(), numbers.end());
    std::uint64_t const range = numbers.back() - numbers.front() + 1;
    if (range / 2 > numbers.size() && range > numbers.size() + most_few_gaps) {
      throw core::InputError(
          problem(name, "numbers one after another, of which at most half are missing",
                  fmt::format("{} files from {} to {}", numbers.size(),
                              pattern.name_of(numbers.front()), pattern.name_of(numbers.back())),
                  "name those of one scan by a pattern like img_*.cbf, or by a list"));
    }
    std::size_t at = 0;
    for (std::uint64_t number = numbers.front(); number <= numbers.back(); ++number) {
      bool const there = numbers[at] == number;
      if (there)
        found_.names.push_back(folder.native(), pattern.name_of(number));
      else
        found_.names.push_gap(folder.native(), pattern.name_of(number));
      at += there ? 1 : 0;
    }
    if (range > numbers.size())
      found_.warnings.push_back(
          fmt::format("of {} from {} to {}, {} of {} are not there; their frames are unreadable",
                      name, numbers.front(), numbers.back(), range - numbers.size(), range));
  }

  // Matches one part of the path after the other.
  void add_wildcard(std::string const& name, fs::path const& path) {
    std::vector<fs::path> folders{path.is_absolute() ? fs::path("/") : fs::path()};
    auto const parent = path.parent_path().relative_path();
    for (auto const& part : parent) {
      std::vector<fs::path> next;
      for (auto const& folder : folders) add_matching_folders(name, folder, part.string(), next);
      folders = std::move(next);
    }
    std::size_t const before = found_.names.size(), before_told = found_.warnings.size();
    for (auto const& folder : folders) {
      std::vector<std::string> files;
      for (auto& file : names_in(folder, name))
        if (matches(file, path.filename().string())) files.push_back(std::move(file));
      if (files.empty()) continue;
      expect_one_ending(name, folder, files);
      if (kind_of_ending(ending_of(files.front())) == "HDF5")
        warn(pass_over(folder, files, without_frames_));
      if (files.empty()) continue;
      add_sorted(folder, std::move(files));
    }
    if (found_.names.size() > before) return;
    auto const found = folders.empty()                        ? "no folder that does"
                       : found_.warnings.size() > before_told ? found_.warnings.back()
                                                              : content_of(folders.front(), name);
    throw core::InputError(problem(name, "files that match", found, advice()));
  }

  static void add_matching_folders(std::string const& name, fs::path const& folder,
                                   std::string const& part, std::vector<fs::path>& out) {
    std::error_code ignored;
    if (part.find_first_of("*?") == std::string::npos) {
      if (fs::is_directory(folder / part, ignored)) out.push_back(folder / part);
      return;
    }
    std::vector<std::string> found;
    for (auto& entry : names_in(folder, name))
      if (matches(entry, part) && fs::is_directory(folder / entry, ignored))
        found.push_back(std::move(entry));
    std::sort(found.begin(), found.end(), natural_less);
    for (auto const& entry : found) out.push_back(folder / entry);
  }

  // A pattern like img_* also matches what lies beside images: only images count then.
  void expect_one_ending(std::string const& name, fs::path const& folder,
                         std::vector<std::string>& files) const {
    auto const of_kind = [this](std::string const& file) {
      return belongs_to_series(ending_of(file), kind_);
    };
    if (std::any_of(files.begin(), files.end(), of_kind))
      std::erase_if(files, [&](std::string const& file) { return !of_kind(file); });
    auto const differs = [&](std::string const& file) {
      return kind_of_ending(ending_of(file)) != kind_of_ending(ending_of(files.front()));
    };
    if (std::none_of(files.begin(), files.end(), differs)) return;
    throw core::InputError(problem(name, "images of one ending", content_of(folder, name),
                                   "name one kind of them, as in *" + ending_of(files.front())));
  }

  static constexpr std::uint64_t most_few_gaps = 1000;
  fs::path folder_;
  SeriesOf kind_;
  WithoutFrames const& without_frames_;
  NamedFiles found_;
};

}  // namespace

std::string pass_over(fs::path const& folder, std::vector<std::string>& names,
                      WithoutFrames const& without_frames) {
  if (!without_frames) return {};
  auto sorted = names;
  std::sort(sorted.begin(), sorted.end(), natural_less);
  std::map<std::string, bool> has_frames;  // names that differ in numbers alone: the first tells
  std::vector<PassedOver> passed_over;
  std::set<std::string_view> left_out;
  for (auto const& name : sorted) {
    auto const [kind, is_first] = has_frames.try_emplace(without_numbers(name), true);
    if (!is_first && kind->second) continue;
    auto const what = without_frames(folder / name);
    if (is_first) kind->second = what.empty();
    if (what.empty()) continue;
    passed_over.push_back({name, what});
    left_out.insert(name);
  }
  std::erase_if(names, [&](std::string const& name) { return left_out.contains(name); });
  return passed_over_text(passed_over);
}

std::string passed_over_text(std::vector<PassedOver> const& files) {
  if (files.empty()) return {};
  constexpr std::size_t most_named = 4;
  std::vector<std::string> named;
  for (auto const& [name, what] : files)
    if (named.size() < most_named) named.push_back(name + " (" + what + ")");
  if (files.size() > most_named) named.push_back(fmt::format("{} more", files.size() - most_named));
  return "passed over: " + core::listed(named, ", ");
}

NamedFiles find_files(std::vector<std::string> const& names, fs::path const& folder, SeriesOf kind,
                      WithoutFrames const& without_frames) {
  Finder finder(folder, kind, without_frames);
  for (auto const& name : names) finder.add(name);
  return finder.take();
}

}  // namespace xrdct::io
