// Names of files of scans: which words are such, and what results are named after them.
#include "app/files/scan_names.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/files/scan_folder.hpp"
#include "core/scan/common_pattern.hpp"
#include "core/words/errors.hpp"
#include "io/files/file_kind.hpp"
#include "io/files/file_patterns.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

bool ends_with_any(std::string_view text, auto const& endings, std::string_view& ending) {
  auto const found = std::find_if(endings.begin(), endings.end(),
                                  [&](std::string_view end) { return text.ends_with(end); });
  if (found != endings.end()) ending = *found;
  return found != endings.end();
}

// Endings that say how a file is stored, the outermost first.
std::string without_endings(std::string name) {
  constexpr std::array<std::string_view, 4> packed{".gz", ".bz2", ".xz", ".zst"};
  constexpr std::array<std::string_view, 1> master{"_master"};
  std::string_view ending;
  if (ends_with_any(name, packed, ending)) name.resize(name.size() - ending.size());
  if (auto const dot = name.rfind('.'); dot != std::string::npos && dot > 0) name.resize(dot);
  if (ends_with_any(name, master, ending)) name.resize(name.size() - ending.size());
  return name;
}

// The part of a name before the first letter that stands for others.
std::string before_pattern(std::string const& name) {
  return name.substr(0, name.find_first_of("*?[%"));
}

std::string trimmed(std::string name) {
  auto const end = name.find_last_not_of("_-. ");
  return name.substr(0, end == std::string::npos ? 0 : end + 1);
}

/// Whether a pattern means these files, in this order.
bool stands_for(std::string const& pattern, std::vector<std::string> const& words) {
  std::error_code failure;
  auto const here = fs::current_path(failure);
  try {
    auto const found = find_scan_files({pattern}, here, io::SeriesOf::any).names;
    if (found.size() != words.size()) return false;
    for (std::size_t i = 0; i < words.size(); ++i)
      if (fs::path(found[i]) != (here / words[i]).lexically_normal()) return false;
    return true;
  } catch (core::InputError const&) {  // a name with a sign of patterns in it
    return false;
  } catch (core::IoError const&) {
    return false;
  }
}

}  // namespace

bool names_frames(std::string const& word) {
  if (io::is_pattern(word)) return true;
  std::error_code failure;
  if (fs::is_directory(word, failure)) return true;
  if (!fs::is_regular_file(word, failure)) return false;
  auto const kind = io::file_kind_of(word);
  return !kind.empty() && kind != "JSON";
}

bool has_hdf5_ending(fs::path const& file) {
  constexpr std::array<std::string_view, 5> endings{".h5", ".hdf5", ".hdf", ".nxs", ".cxi"};
  return std::find(endings.begin(), endings.end(), file.extension().string()) != endings.end();
}

std::string stem_of_scan(std::vector<std::string> const& files) {
  std::string word = files.empty() ? std::string() : files.front();
  if (word.starts_with('@')) word.erase(0, 1);
  auto path = fs::path(word).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();
  std::string stem = without_endings(path.filename().string());
  bool const is_pattern = before_pattern(stem) != stem;
  stem = trimmed(before_pattern(stem));
  if (is_pattern && stem.empty())
    stem = trimmed(before_pattern(path.parent_path().filename().string()));
  return stem.empty() || stem == ".." ? "scan" : stem;
}

std::string pattern_of(std::vector<std::string> const& words) {
  auto const number = core::common_pattern(words);
  auto star = number;
  if (auto const begin = star.find('%'); begin != std::string::npos)
    star.replace(begin, star.find('d', begin) + 1 - begin, "*");
  for (auto const& pattern : {number, star})
    if (stands_for(pattern, words)) return pattern;
  return {};
}

std::vector<std::string> shorter_names(std::vector<std::string> const& words) {
  constexpr std::size_t few = 20;
  if (words.size() <= few) return words;
  auto const pattern = pattern_of(words);
  return pattern.empty() ? words : std::vector<std::string>{pattern};
}

std::string as_in_job(std::string const& word, fs::path const& folder) {
  bool const is_list = word.starts_with('@');
  fs::path const path = is_list ? word.substr(1) : word;
  if (path.is_absolute() || folder.empty()) return word;
  std::error_code failure;
  auto const here = fs::current_path(failure).lexically_normal(),
             there = fs::absolute(folder, failure).lexically_normal();
  if (here == there || there / "" == here / "") return word;
  std::string const name = (here / path).lexically_relative(there).generic_string();
  bool const had_slash = word.ends_with('/') && !name.ends_with('/');
  return (is_list ? "@" : "") + name + (had_slash ? "/" : "");
}

}  // namespace xrdct::app
