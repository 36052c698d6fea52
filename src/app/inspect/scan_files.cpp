// Finds the files that belong to one scan.
#include "app/inspect/scan_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "app/files/scan_folder.hpp"
#include "app/files/scan_names.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/files/file_kind.hpp"
#include "io/files/file_patterns.hpp"
#include "io/frames/find_stacks.hpp"
#include "io/frames/frame_source.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> hdf5_files_in(fs::path const& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  for (auto const& entry : fs::directory_iterator(folder, failure))
    if (has_hdf5_ending(entry.path()) && entry.is_regular_file(failure))
      names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// The files that hold the frames of the first stack of one; empty where they cannot be opened.
std::vector<fs::path> files_behind(fs::path const& file) {
  try {
    auto const stacks = io::find_stacks(file).stacks;
    for (auto const& stack : stacks)
      if (stack.problem.empty())
        return io::open_frames(io::FileNames{file}, stack.path)->opened_files();
  } catch (core::InputError const&) {  // no frames in it
  } catch (core::IoError const&) {
  }
  return {};
}

constexpr std::size_t most_opened = 200;  // a few seconds

/// What each of some files refers to.
struct Links {
  std::set<fs::path> referred;          //!< by another one
  std::vector<fs::path> without_stack;  //!< hold no frames, and refer to none
};

Links links_of(std::vector<fs::path> const& files) {
  Links links;
  for (auto const& file : files) {
    auto const behind = files_behind(file);
    if (behind.empty()) links.without_stack.push_back(file);
    for (auto const& other : behind)
      if (!fs::equivalent(other, file)) links.referred.insert(fs::canonical(other));
  }
  return links;
}

/// Those that no other one refers to.
std::vector<fs::path> top_files(std::vector<fs::path> files) {
  constexpr std::string_view master = "_master";
  auto const is_master = [&](fs::path const& file) {
    return file.stem().string().ends_with(master);
  };
  if (std::any_of(files.begin(), files.end(), is_master)) {
    std::erase_if(files, [&](fs::path const& file) { return !is_master(file); });
    return files;
  }
  if (files.size() < 2 || files.size() > most_opened) return files;
  auto const links = links_of(files);
  auto const& without = links.without_stack;
  std::erase_if(files, [&](fs::path const& file) {
    return links.referred.contains(fs::canonical(file)) ||
           std::find(without.begin(), without.end(), file) != without.end();
  });
  return files;
}

std::string joined(std::string const& folder, fs::path const& name) {
  return folder == "." || folder == "./" ? name.string() : (fs::path(folder) / name).string();
}

/// Names that a shell has made of a pattern, without what this program wrote and without the data
/// files that others of them refer to.
std::vector<std::string> files_of_scan(std::vector<std::string> const& words,
                                       std::vector<std::string>& warnings) {
  std::error_code failure;
  bool const are_files = std::all_of(words.begin(), words.end(), [&](std::string const& word) {
    return has_hdf5_ending(word) && fs::is_regular_file(word, failure);
  });
  if (!are_files || words.size() < 2 || words.size() > most_opened) return words;
  auto left = words;
  auto const passed_over = io::pass_over({}, left, without_frames);
  if (left.empty()) return words;  // nothing else is meant
  if (!passed_over.empty()) warnings.push_back(passed_over);
  auto const referred = links_of({left.begin(), left.end()}).referred;
  auto const count = std::erase_if(
      left, [&](std::string const& word) { return referred.contains(fs::canonical(word)); });
  if (count > 0)
    warnings.push_back(fmt::format(
        "passed over: {} of the files, which hold the frames that others of them refer to", count));
  return left;
}

/// A folder with HDF5 files; nothing where it has none but what was passed over.
bool take_hdf5_of_folder(std::string const& folder, ScanFiles& scan) {
  auto names = hdf5_files_in(folder);
  auto const passed_over = io::pass_over(folder, names, without_frames);
  if (names.empty()) return false;
  if (!passed_over.empty()) scan.warnings.push_back(passed_over);
  std::vector<fs::path> all;
  for (auto const& name : names) all.push_back(fs::path(folder) / name);
  auto const top = top_files(std::move(all));
  if (top.size() == 1) {
    scan.names.push_back(joined(folder, top.front().filename()));
    scan.files.push_back(top.front());
    return true;
  }
  constexpr std::size_t most_listed = 8;
  std::vector<std::string> listed, words;
  for (auto const& file : top) {
    if (listed.size() < most_listed) listed.push_back(file.filename().string());
    words.push_back(joined(folder, file.filename()));
  }
  if (top.size() > most_listed) listed.emplace_back("…");
  auto const pattern = top.empty() ? std::string() : pattern_of(words);
  throw core::InputError(
      {.what = "choose a scan in " + folder,
       .expected = "one HDF5 file with frames that no other file refers to",
       .found =
           top.empty() ? "none" : fmt::format("{} ({})", top.size(), core::listed(listed, ", ")),
       .attempt = top.empty() ? "name the file"
                              : "name one of them, or all as one scan" +
                                    (pattern.empty() ? " by their names" : ": '" + pattern + "'")});
}

}  // namespace

ScanFiles scan_files(std::vector<std::string> const& words) {
  ScanFiles scan;
  if (words.size() == 1 && fs::is_directory(words.front()) &&
      take_hdf5_of_folder(words.front(), scan))
    return scan;
  auto const named = files_of_scan(words, scan.warnings);
  scan.names = shorter_names(named);
  auto found = find_scan_files(named, fs::current_path(), io::SeriesOf::any);
  scan.files = std::move(found.names);
  auto const kind = io::file_kind_of(scan.files[0]);
  scan.images = !kind.empty() && kind != "HDF5";  // not known: HDF5 says what is wrong
  scan.warnings.insert(scan.warnings.end(), found.warnings.begin(), found.warnings.end());
  return scan;
}

}  // namespace xrdct::app
