// Compares names of files with patterns, and with each other.
#include "io/files/name_matching.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace xrdct::io {
namespace {

constexpr std::string_view digits = "0123456789";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  auto const end = std::min(text.find_first_not_of(digits), text.size());
  auto const number = text.substr(0, end);
  text.remove_prefix(end);
  return number;
}

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t value = 0;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const good = !text.empty() && result.ec == std::errc{} && is_digit(text.front()) &&
                    result.ptr == text.data() + text.size();
  return good ? std::optional(value) : std::nullopt;
}

// The last number of a name, before its ending.
NumberPattern around_last_number(std::string_view name) {
  auto const stem = name.substr(0, name.size() - ending_of(name).size());
  auto const last = stem.find_last_of(digits);
  if (last == std::string_view::npos) return {std::string(name), "", 0};
  auto const before = stem.find_last_not_of(digits, last);
  auto const first = before == std::string_view::npos ? 0 : before + 1;
  return {std::string(name.substr(0, first)), std::string(name.substr(last + 1)), last + 1 - first};
}

}  // namespace

bool is_pattern(std::string_view name) {
  return name.starts_with('@') || name.find_first_of("*?") != std::string_view::npos ||
         number_pattern(name).has_value();
}

bool matches(std::string_view name, std::string_view pattern) {
  std::size_t n = 0, p = 0, star = std::string_view::npos, behind = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n]) && pattern[p] != '*') {
      ++n;
      ++p;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      behind = n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++behind;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::optional<NumberPattern> number_pattern(std::string_view name) {
  std::optional<NumberPattern> found;
  for (auto at = name.find('%'); at != std::string_view::npos; at = name.find('%', at + 1)) {
    auto rest = name.substr(at + 1);
    auto const width = take_digits(rest);
    bool const padded = width.empty() || (width.front() == '0' && width.size() <= 3);
    if (!rest.starts_with('d') || !padded) continue;
    if (found) return std::nullopt;
    found = NumberPattern{std::string(name.substr(0, at)), std::string(rest.substr(1)),
                          static_cast<std::size_t>(whole(width).value_or(0))};
  }
  return found;
}

std::optional<std::uint64_t> NumberPattern::number_of(std::string_view name) const {
  if (name.size() <= before.size() + after.size() || !name.starts_with(before) ||
      !name.ends_with(after))
    return std::nullopt;
  auto const number = name.substr(before.size(), name.size() - before.size() - after.size());
  auto const value = whole(number);
  return value && name_of(*value) == name ? value : std::nullopt;
}

std::string NumberPattern::name_of(std::uint64_t number) const {
  return width == 0 ? fmt::format("{}{}{}", before, number, after)
                    : fmt::format("{}{:0{}}{}", before, number, width, after);
}

std::string ending_of(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto const last_ending = [](std::string_view text) {
    auto const dot = text.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? std::string_view{} : text.substr(dot);
  };
  std::string_view const text = lower;
  auto const last = last_ending(text);
  if (!is_compressed_ending(last)) return std::string(last);
  return std::string(last_ending(text.substr(0, text.size() - last.size()))) + std::string(last);
}

std::string without_numbers(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    if (!take_digits(name).empty()) text += '#';
    auto const end = std::min(name.find_first_of(digits), name.size());
    text += name.substr(0, end);
    name.remove_prefix(end);
  }
  return text;
}

bool is_compressed_ending(std::string_view ending) {
  return ending.ends_with(".gz") || ending.ends_with(".bz2") || ending.ends_with(".xz") ||
         ending.ends_with(".zst");
}

bool belongs_to_series(std::string_view ending, SeriesOf kind) {
  constexpr std::array<std::string_view, 6> images{".cbf", ".edf", ".tif", ".tiff", ".npy", ".msk"},
      hdf5{".h5", ".hdf5", ".hdf", ".nxs", ".nx5", ".cxi"};
  auto const is_one_of = [&](auto const& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view known) {
      return ending.starts_with(known) &&
             (ending.size() == known.size() || ending[known.size()] == '.');
    });
  };
  return (kind != SeriesOf::images && is_one_of(hdf5)) ||
         (kind != SeriesOf::hdf5 && is_one_of(images));
}

void keep_masters(std::vector<std::string>& names) {
  auto const is_master = [](std::string const& name) {
    return name.find("_master.") != std::string::npos;
  };
  if (std::any_of(names.begin(), names.end(), is_master))
    std::erase_if(names, [&](std::string const& name) { return !is_master(name); });
}

std::string first_gap(std::vector<std::string> const& sorted) {
  if (sorted.size() < 3) return "";
  auto const pattern = around_last_number(sorted.front());
  if (pattern.width == 0) return "";
  NumberPattern const padded{pattern.before, pattern.after, pattern.width};
  NumberPattern const plain{pattern.before, pattern.after, 0};
  auto const number_of = [&](std::string const& name) {
    auto const number = padded.number_of(name);
    return number ? number : plain.number_of(name);
  };
  std::uint64_t missing = 0;
  std::string first;
  auto last = number_of(sorted.front());
  for (std::size_t i = 1; i < sorted.size() && last; ++i) {
    auto const number = number_of(sorted[i]);
    if (!number || *number <= *last) return "";
    if (*number > *last + 1 && missing == 0) first = padded.name_of(*last + 1);
    missing += *number - *last - 1;
    last = number;
  }
  bool const few = missing <= sorted.size() / 4;  // else it is how they are numbered
  if (!last || missing == 0 || !few) return "";
  return missing == 1 ? first + " is missing"
                      : fmt::format("{} of them are missing, first {}", missing, first);
}

std::string as_number_pattern(std::string_view name) {
  auto const pattern = around_last_number(name);
  return fmt::format("{}%0{}d{}", pattern.before, pattern.width, pattern.after);
}

}  // namespace xrdct::io
