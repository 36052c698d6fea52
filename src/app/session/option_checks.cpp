// Checks of option values that tell what was expected and what was probably meant.
#include "app/session/option_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "core/words/nearest_unit.hpp"
#include "core/words/number_text.hpp"
#include "core/words/units.hpp"

namespace xrdct::app {
namespace {

std::optional<double> number_of(std::string const& text) {
  char* end = nullptr;
  double const value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(value)) return {};
  return value;
}

}  // namespace

CLI::Validator number_from(double low, double high, std::string const& example) {
  constexpr double very_large = 1e37;  // of a float32: no limit that means something
  std::string const range =
      high >= very_large
          ? (low <= -very_large ? "a finite number"
                                : "a finite number of at least " + core::number_text(low))
          : "a number from " + core::number_text(low) + " to " + core::number_text(high);
  auto const check = [=](std::string& word) -> std::string {
    char* end = nullptr;
    double const value = std::strtod(word.c_str(), &end);
    bool const is_number = !word.empty() && *end == '\0';
    if (is_number && value >= low && value <= high) return {};
    return "expected " + range + ", such as " + example + ", found " + word;
  };
  return {check, "NUMBER"};
}

CLI::Validator whole_number(std::uint64_t low, std::uint64_t high) {
  auto const check = [=](std::string& word) -> std::string {
    std::uint64_t value = 0;
    char const* const end = word.data() + word.size();
    auto const read = std::from_chars(word.data(), end, value);
    bool const is_number = read.ec == std::errc() && read.ptr == end;
    if (is_number && value >= low && value <= high) return {};
    return fmt::format("expected a whole number {}, found {}",
                       high == std::numeric_limits<std::uint64_t>::max()
                           ? fmt::format("of at least {}", low)
                           : fmt::format("from {} to {}", low, high),
                       word);
  };
  return {check, ""};
}

CLI::Validator one_of(std::vector<std::string> const& words) {
  auto const check = [=](std::string& word) -> std::string {
    if (std::find(words.begin(), words.end(), word) != words.end()) return {};
    auto const near = core::nearest_name(word, words);
    return "expected " + core::listed(words, ", ") + ", found " + word +
           (near.empty() ? "" : "; did you mean " + near + "?");
  };
  return {check, fmt::format("{{{}}}", fmt::join(words, ","))};
}

CLI::Validator some_name() {
  auto const check = [](std::string& word) -> std::string {
    return word.empty() ? "expected a name, found none" : "";
  };
  return {check, ""};
}

CLI::Validator radial_unit() {
  auto const names = core::radial_unit_names();
  auto const check = [=](std::string& word) -> std::string {
    auto const near = core::nearest_unit(word);
    if (near == word)
      return {};  // also an azimuth: what is right in its place is reported by the command
    if (near.empty()) return "expected " + core::listed(names, ", ") + ", found " + word;
    return "expected a unit such as q_nm^-1, q_A^-1, 2th_deg or r_mm, found " + word +
           "; did you mean " + near + "?";
  };
  return {check, "UNIT"};  // all names would be a line of 500 letters
}

std::optional<io::Interval> interval_of(std::string const& text) {
  auto const colon = text.find(':');
  if (colon == std::string::npos) return {};
  auto const low = number_of(text.substr(0, colon)), high = number_of(text.substr(colon + 1));
  if (!low || !high || !(*low < *high)) return {};
  return io::Interval{*low, *high};
}

CLI::Validator interval_from(double low, double high, std::string const& example) {
  std::string const numbers =
      std::isinf(low) ? "finite numbers"
                      : "numbers from " + core::number_text(low) + " to " + core::number_text(high);
  auto const check = [=](std::string& word) -> std::string {
    auto const interval = interval_of(word);
    if (interval && interval->low >= low && interval->high <= high) return {};
    return "expected two " + numbers + " as LOW:HIGH, the first below the second, such as " +
           example + ", found " + word;
  };
  return {check, "LOW:HIGH"};
}

CLI::Validator some_interval(std::string const& example) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return interval_from(-infinity, infinity, example);
}

}  // namespace xrdct::app
