// Names of a journal, and what may be removed from its folder.
#include "io/guard/journal_folder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <system_error>
#include <vector>

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

constexpr char const* owner_name = "run";
constexpr std::size_t digits = 6;

bool is_own(fs::path const& file) {
  std::string const name = file.filename().string();
  // what write_file leaves where it is killed
  bool const unfinished = name.starts_with(".xrdct-") && name.ends_with(".part");
  return name == owner_name || unfinished || attempt_of(file);
}

}  // namespace

fs::path journal_folder(fs::path const& output) { return output.string() + ".journal"; }

fs::path journal_owner_file(fs::path const& folder) { return folder / owner_name; }

fs::path journal_file(fs::path const& folder, int attempt, int rank) {
  return folder / fmt::format("{:0{}}.{:0{}}", attempt, digits, rank, digits);
}

std::optional<int> attempt_of(fs::path const& file) {
  std::string const name = file.filename().string();
  auto const is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  bool const right = name.size() == 2 * digits + 1 && name[digits] == '.' &&
                     std::count_if(name.begin(), name.end(), is_digit) == 2 * digits;
  if (!right) return {};
  return std::stoi(name.substr(0, digits));
}

bool may_hold_journal(fs::path const& folder) {
  std::error_code error;
  auto const found = fs::symlink_status(folder, error);
  if (!fs::exists(found)) return true;
  if (!fs::is_directory(found)) return false;
  fs::directory_iterator entries(folder, error);
  return !error && std::all_of(begin(entries), end(entries),
                               [](auto const& entry) { return is_own(entry.path()); });
}

void remove_journal(fs::path const& folder) noexcept {
  std::error_code none;
  try {
    fs::remove(journal_owner_file(folder), none);
    std::vector<fs::path> own;
    for (auto const& entry : fs::directory_iterator(folder, none))
      if (is_own(entry.path())) own.push_back(entry.path());
    for (auto const& file : own) fs::remove(file, none);
    fs::remove(folder, none);
  } catch (...) {
    return;  // a folder that stays harms nobody: the next run looks at it
  }
}

}  // namespace xrdct::io
