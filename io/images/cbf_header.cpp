// What the text of a CBF file says: lines for people, and the headers of the section with the
// pixels.
#include "io/images/cbf_header.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

using namespace std::string_view_literals;
using Entry = std::pair<std::string, std::string>;

constexpr auto section_start = "--CIF-BINARY-FORMAT-SECTION--"sv;
constexpr auto data_start = "\x0c\x1a\x04\xd5"sv;
constexpr auto contents_start = "_array_data.header_contents"sv;
constexpr std::size_t longest_section_header = 1 << 16;

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string_view trimmed(std::string_view text, std::string_view what = " \t\r\n") {
  auto const first = text.find_first_not_of(what);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(what) - first + 1);
}

// Takes the next line, LF or CR LF, without its end.
std::string_view take_line(std::string_view& text) {
  auto const end = std::min(text.find('\n'), text.size());
  auto const line = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// "Exposure_time 0.1 s", "Threshold_setting: 6350 eV", "Tau = 0 s", "2017-11-23T15:23:41.880".
Entry comment_entry(std::string_view line) {
  auto const end = std::min(line.find_first_of(" \t:="), line.size());
  auto const key = line.substr(0, end);
  bool const is_time = line.size() >= 19 && line[4] == '-' && line[7] == '-' &&
                       line.find_first_not_of("0123456789-T:.Z+/ ") == std::string_view::npos;
  if (is_time) return {"timestamp", std::string(line)};
  return {std::string(key), std::string(trimmed(line.substr(end), " \t:=\""))};
}

std::optional<Entry> entry_of(std::string_view line) {
  if (line.starts_with("###")) return std::nullopt;
  if (line.starts_with('#')) {
    auto const text = trimmed(line.substr(1));
    return text.empty() ? std::nullopt : std::optional(comment_entry(text));
  }
  auto const blank = line.find_first_of(" \t");
  if (!line.starts_with('_') || blank == std::string_view::npos) return std::nullopt;
  return Entry{std::string(line.substr(0, blank)),
               std::string(trimmed(line.substr(blank), " \t'\""))};
}

}  // namespace

core::Problem cbf_problem(std::filesystem::path const& file, std::string const& expected,
                          std::string const& found, std::string const& attempt) {
  return {"read CBF image " + file.string(), expected, found, attempt};
}

// Parameters (`; conversions="…"`) may stand on lines of their own.
CbfFields::CbfFields(std::string_view text) {
  while (!text.empty()) {
    auto const line = take_line(text);
    auto const conversions = lower(line).find("conversions=");
    if (conversions != std::string::npos)
      values_["conversions"] = lower(trimmed(line.substr(conversions + 12), " \t\";"));
    auto const colon = line.find(':');
    if (colon != std::string_view::npos)
      values_.emplace(lower(trimmed(line.substr(0, colon))),
                      trimmed(line.substr(colon + 1), " \t\""));
  }
}

std::string CbfFields::word(std::string const& key, std::string const& otherwise) const {
  auto const found = values_.find(key);
  return found == values_.end() ? otherwise : found->second;
}

std::size_t CbfFields::number(std::string const& key, std::size_t otherwise,
                              std::filesystem::path const& file) const {
  auto const found = values_.find(key);
  if (found == values_.end() && otherwise > 0) return otherwise;
  std::size_t value = 0;
  std::string const text = found == values_.end() ? "" : found->second;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) {
    throw core::IoError(cbf_problem(file, fmt::format("a number for {} in the header", key),
                                    shown(text), "copy the file again"));
  }
  return value;
}

CbfSection cbf_section(std::string_view text, std::filesystem::path const& file) {
  auto const section = text.find(section_start);
  if (section == std::string_view::npos)
    throw core::InputError(cbf_problem(file, "a binary section", "none", "write an image into it"));
  auto const after = text.substr(section + section_start.size());
  auto const mark = after.substr(0, longest_section_header).find(data_start);
  if (mark == std::string_view::npos)
    throw core::IoError(cbf_problem(file, "the start of the data", "none", "copy the file again"));
  return {CbfFields(after.substr(0, mark)), text.size() - after.size() + mark + data_start.size()};
}

// Each section starts with a line of its own; its end is the same line with two more hyphens.
bool cbf_section_begins(std::string_view text) {
  for (auto at = text.find(section_start); at != std::string_view::npos;
       at = text.find(section_start, at + 1)) {
    if (!text.substr(at + section_start.size()).starts_with("--")) return true;
  }
  return false;
}

std::vector<Entry> cbf_entries(std::string_view text) {
  text = text.substr(0, text.find(data_start));
  auto const section = std::min(text.find(section_start), text.size());
  auto lines = text.substr(0, section);
  bool const has_contents = lines.find(contents_start) != std::string_view::npos;
  bool inside = !has_contents;  // comments before the contents are those of the program that wrote
  std::vector<Entry> entries;
  while (!lines.empty()) {
    auto const line = take_line(lines);
    if (line.starts_with(contents_start)) inside = true;
    if (line.starts_with('#') && !inside) continue;
    if (auto entry = entry_of(line)) entries.push_back(std::move(*entry));
  }
  auto fields = text.substr(section);
  while (!fields.empty()) {
    auto const line = take_line(fields);
    auto const colon = line.find(':');
    if (colon != std::string_view::npos)
      entries.emplace_back(trimmed(line.substr(0, colon)),
                           trimmed(line.substr(colon + 1), " \t\""));
  }
  return entries;
}

}  // namespace xrdct::io
