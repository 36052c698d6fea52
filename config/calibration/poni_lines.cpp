// Splits a PONI file into keys and values, and words problems by file, line and key.
#include "config/calibration/poni_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"

namespace xrdct::config {
namespace {

constexpr std::array known_keys{"poni_version", "Detector",   "Detector_config",
                                "Distance",     "Poni1",      "Poni2",
                                "Rot1",         "Rot2",       "Rot3",
                                "Wavelength",   "PixelSize1", "PixelSize2",
                                "SplineFile",   "Parallax"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\f\v";
  auto const first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Text of a file in a message: one line, short, and nothing that a terminal obeys.
std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  if (text.empty()) return "nothing";
  std::string out;
  for (char const c : text.substr(0, longest))
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return "\"" + out + (text.size() > longest ? "…" : "") + "\"";
}

PoniLine split(std::size_t number, std::string_view line, std::size_t colon) {
  PoniLine out;
  out.number = number;
  out.written_key = std::string(trimmed(line.substr(0, colon)));
  out.key = lower_case(out.written_key);
  if (out.key == "dist") out.key = "distance";
  auto value = line.substr(colon + 1);
  if (out.key != "detector_config") value = value.substr(0, value.find('#'));
  out.value = std::string(trimmed(value));
  return out;
}

}  // namespace

void PoniProblems::add(PoniLine const& line, std::string const& expected,
                       std::string const& try_this) {
  add(line.number, line.written_key, expected, shown(line.value), try_this);
}

void PoniProblems::add(std::size_t line, std::string const& what, std::string const& expected,
                       std::string const& found, std::string const& try_this) {
  list_.push_back("cannot read " + file_ + ", line " + std::to_string(line) + ": " + what +
                  (what.empty() ? "" : ": ") + "expected " + expected + ", found " + found +
                  (try_this.empty() ? "" : "; " + try_this));
}

void PoniProblems::add_key(PoniLine const& line, std::string const& nearest) {
  add(line.number, "", "a key of PONI files", shown(line.written_key),
      "did you mean \"" + nearest + "\"?");
}

void PoniProblems::add_missing(std::string const& key, std::string const& expected) {
  list_.push_back("cannot read " + file_ + ": " + key + ": expected " + expected +
                  ", found nothing; is this a PONI file?");
}

std::optional<double> PoniProblems::finite(PoniLine const& line, std::string const& what) {
  auto const number = number_of(line.value);
  if (number && std::isfinite(*number)) return number;
  add(line, what);
  return {};
}

std::optional<double> PoniProblems::positive(PoniLine const& line, std::string const& what) {
  auto const number = number_of(line.value);
  if (number && std::isfinite(*number) && *number > 0.0) return number;
  add(line, what);
  return {};
}

PoniLines::PoniLines(std::string_view text, PoniProblems& problems) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  constexpr int most_strange_lines = 5;
  int strange = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto const end = std::min(text.find('\n'), text.size());
    auto const line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    auto const colon = line.find(':');
    if (colon == std::string_view::npos) {
      problems.add(number, "", "`Key: value`", shown(line),
                   ++strange == most_strange_lines ? "is this a PONI file?" : "");
      if (strange == most_strange_lines) return;
    } else {
      lines_.push_back(split(number, line, colon));
    }
  }
}

PoniLine const* PoniLines::find(std::string_view key) const {
  auto const found = std::find_if(lines_.rbegin(), lines_.rend(),
                                  [&](PoniLine const& line) { return line.key == key; });
  return found == lines_.rend() ? nullptr : &*found;
}

bool is_known_key(std::string const& key) {
  return std::any_of(known_keys.begin(), known_keys.end(),
                     [&](char const* known) { return lower_case(known) == key; }) ||
         key == "dist";
}

std::string nearest_key(std::string const& key) {
  return core::nearest_name(key, {known_keys.begin(), known_keys.end()});
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_none(std::string const& value) {
  auto const word = lower_case(value);
  return word.empty() || word == "none" || word == "null";
}

bool is_false(std::string const& value) {
  return is_none(value) || lower_case(value) == "false" || value == "0";
}

std::optional<double> number_of(std::string const& value) {
  auto const* first = value.data();
  auto const* const last = first + value.size();
  if (first != last && *first == '+') ++first;
  double number = 0.0;
  auto const result = std::from_chars(first, last, number);
  if (first == last || result.ec != std::errc{} || result.ptr != last) return {};
  return number;
}

}  // namespace xrdct::config
