// Finds the files that belong to one scan.
#include "app/inspect/scan_files.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "app/files/scan_names.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "io/files/file_kind.hpp"
#include "io/files/file_patterns.hpp"
#include "io/frames/find_stacks.hpp"
#include "io/frames/frame_source.hpp"
#include "io/guard/file_origin.hpp"
#include "io/simulated/truth_writer.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> hdf5_files_in(fs::path const& folder) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (auto const& entry : fs::directory_iterator(folder, failure))
    if (has_hdf5_ending(entry.path()) && entry.is_regular_file(failure))
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// What a file of this program without frames is; "": it may have some.
std::string without_frames(fs::path const& file) {
  auto const origin = io::origin_of(file);
  bool const is_result = origin == io::FileOrigin::reduction ||
                         origin == io::FileOrigin::patterns || origin == io::FileOrigin::slices;
  if (is_result) return io::found_text(file);
  return io::texts_of_truth(file).empty() ? "" : "the truth of a simulated scan";
}

/// Takes them out. \returns a sentence about them; "": there are none
std::string pass_over_own(std::vector<fs::path>& files) {
  constexpr std::size_t most_named = 4;
  std::vector<std::string> named;
  auto const count = std::erase_if(files, [&](fs::path const& file) {
    auto const what = without_frames(file);
    if (!what.empty() && named.size() < most_named)
      named.push_back(file.filename().string() + " (" + what + ")");
    return !what.empty();
  });
  if (count == 0) return {};
  if (count > named.size()) named.push_back(fmt::format("{} more", count - named.size()));
  return "passed over: " + core::listed(named, ", ");
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
  constexpr std::size_t most_opened = 200;  // a few seconds
  if (files.size() < 2 || files.size() > most_opened) return files;
  std::set<fs::path> referred;
  std::vector<fs::path> with_frames;
  for (auto const& file : files) {
    auto const behind = files_behind(file);
    if (!behind.empty()) with_frames.push_back(file);
    for (auto const& other : behind)
      if (!fs::equivalent(other, file)) referred.insert(fs::canonical(other));
  }
  std::erase_if(with_frames,
                [&](fs::path const& file) { return referred.contains(fs::canonical(file)); });
  return with_frames;
}

std::string joined(std::string const& folder, fs::path const& name) {
  return folder == "." || folder == "./" ? name.string() : (fs::path(folder) / name).string();
}

/// A folder with HDF5 files; nothing where it has none.
bool take_hdf5_of_folder(std::string const& folder, ScanFiles& scan) {
  auto all = hdf5_files_in(folder);
  if (all.empty()) return false;
  auto const passed_over = pass_over_own(all);
  if (!passed_over.empty()) scan.warnings.push_back(passed_over);
  auto const top = top_files(std::move(all));
  if (top.size() == 1) {
    scan.names.push_back(joined(folder, top.front().filename()));
    scan.files.push_back(top.front());
    return true;
  }
  constexpr std::size_t most_listed = 8;
  std::vector<std::string> names;
  for (auto const& file : top)
    if (names.size() < most_listed) names.push_back(file.filename().string());
  if (top.size() > most_listed) names.emplace_back("…");
  throw core::InputError(
      {.what = "choose a scan in " + folder,
       .expected = "one HDF5 file with frames that no other file refers to",
       .found =
           top.empty() ? "none" : fmt::format("{} ({})", top.size(), core::listed(names, ", ")),
       .attempt = top.empty() ? "name the file"
                              : "name one of them, or all as one scan: '" +
                                    joined(folder, "*" + top.front().extension().string()) + "'"});
}

}  // namespace

ScanFiles scan_files(std::vector<std::string> const& words) {
  ScanFiles scan;
  if (words.size() == 1 && fs::is_directory(words.front()) &&
      take_hdf5_of_folder(words.front(), scan))
    return scan;
  scan.names = shorter_names(words);
  auto found = io::find_files(words, fs::current_path(), io::SeriesOf::any);
  scan.files = std::move(found.names);
  auto const kind = io::file_kind_of(scan.files[0]);
  scan.images = !kind.empty() && kind != "HDF5";  // not known: HDF5 says what is wrong
  scan.warnings = std::move(found.warnings);
  return scan;
}

}  // namespace xrdct::app
