// Which values of a map get the first and the last colour.
#include "io/pictures/colour_limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/words/number_text.hpp"
#include "io/pictures/colour_map.hpp"

namespace xrdct::io {
namespace {

constexpr Interval usual_percentiles{1.0, 99.5};
constexpr std::size_t enough_values = 10;
constexpr double far_off = 2.0;

std::string short_number(double value) { return core::number_text(value, 3); }

std::string beyond_text(ColourLimits const& limits, Interval const& all) {
  std::string text;
  if (limits.above > 0)
    text += fmt::format("{} above, up to {}", limits.above, short_number(all.high));
  if (limits.below > 0) {
    text += fmt::format("{}{} below, down to {}", text.empty() ? "" : "; ", limits.below,
                        short_number(all.low));
  }
  return text;
}

std::string percentile_text(Interval const& percentiles) {
  return "colours from percentile " + core::number_text(percentiles.low) + " to " +
         core::number_text(percentiles.high);
}

/// Values of the map: the first that is not below the lower, the last that is not above the higher.
Interval at_percentiles(std::vector<double> const& sorted, Interval const& percentiles) {
  auto const last = static_cast<double>(sorted.size() - 1);
  auto const low = static_cast<std::size_t>(std::ceil(last * percentiles.low / 100.0));
  auto const high = static_cast<std::size_t>(std::floor(last * percentiles.high / 100.0));
  return {sorted[std::min(low, high)], sorted[std::max(low, high)]};
}

bool lies_far_off(Interval const& all, Interval const& most, bool logarithmic) {
  auto const width = [&](Interval const& part) {
    return logarithmic ? std::log(part.high / part.low) : part.high - part.low;
  };
  return most.low < most.high && width(all) > far_off * width(most);
}

/// The limits and, where they need words, how they were chosen.
std::pair<Interval, std::string> chosen(std::vector<double> const& sorted, Interval const& all,
                                        ColourChoice const& choice) {
  if (choice.range) return {*choice.range, "colours over a chosen range"};
  auto const percentiles = choice.percentiles.value_or(usual_percentiles);
  auto const most = at_percentiles(sorted, percentiles);
  if (choice.percentiles) return {most, percentile_text(percentiles)};
  bool const cut = sorted.size() >= enough_values && lies_far_off(all, most, choice.logarithmic);
  return cut ? std::pair(most, percentile_text(percentiles)) : std::pair(all, std::string());
}

Interval around_zero(Interval const& limits) {
  if (limits.low >= 0.0 || limits.high <= 0.0) return limits;
  double const farthest = std::max(-limits.low, limits.high);
  return {-farthest, farthest};
}

}  // namespace

ColourLimits colour_limits(std::span<double const> values, ColourChoice const& choice) {
  std::vector<double> sorted;
  for (double const value : values)
    if (std::isfinite(value) && (!choice.logarithmic || value > 0.0)) sorted.push_back(value);
  ColourLimits limits;
  if (sorted.empty()) return limits;
  std::sort(sorted.begin(), sorted.end());
  Interval const all{sorted.front(), sorted.back()};
  auto [ends, how] = chosen(sorted, all, choice);
  if (colour_map(choice.map).diverging && !choice.range) ends = around_zero(ends);
  auto const below = std::lower_bound(sorted.begin(), sorted.end(), ends.low) - sorted.begin();
  auto const above = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), ends.high);
  limits = {.low = ends.low,
            .high = ends.high,
            .any = true,
            .below = static_cast<std::size_t>(below),
            .above = static_cast<std::size_t>(above),
            .note = {}};
  if (limits.below + limits.above > 0) limits.note = how + ": " + beyond_text(limits, all);
  return limits;
}

}  // namespace xrdct::io
