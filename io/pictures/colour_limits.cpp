/// Which values of a map get the first and the last colour.
#include "io/pictures/colour_limits.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/words/number_text.hpp"

namespace xrdct::io {
namespace {

constexpr double low_percentile = 1.0, high_percentile = 99.5;
constexpr std::size_t enough_values = 10;
constexpr double far_off = 2.0;

std::string short_number(double value) { return core::number_text(value, 3); }

std::string note_of(ColourLimits const& limits, double lowest, double highest) {
  std::string text = "colours from the 1st to the 99.5th percentile: ";
  if (limits.above > 0)
    text += std::to_string(limits.above) + " above, up to " + short_number(highest);
  if (limits.below > 0)
    text += (limits.above > 0 ? "; " : "") + std::to_string(limits.below) + " below, down to " +
            short_number(lowest);
  return text;
}

}  // namespace

ColourLimits colour_limits(std::span<double const> values, bool logarithmic) {
  std::vector<double> sorted;
  for (double const value : values)
    if (std::isfinite(value) && (!logarithmic || value > 0.0)) sorted.push_back(value);
  ColourLimits limits;
  if (sorted.empty()) return limits;
  std::sort(sorted.begin(), sorted.end());
  limits = {.low = sorted.front(),
            .high = sorted.back(),
            .any = true,
            .below = 0,
            .above = 0,
            .note = {}};
  if (sorted.size() < enough_values) return limits;
  auto const last = static_cast<double>(sorted.size() - 1);
  double const low = sorted[static_cast<std::size_t>(std::ceil(last * low_percentile / 100.0))];
  double const high = sorted[static_cast<std::size_t>(std::floor(last * high_percentile / 100.0))];
  auto const width = [&](double from, double to) {
    return logarithmic ? std::log(to / from) : to - from;
  };
  if (!(low < high) || width(limits.low, limits.high) <= far_off * width(low, high)) return limits;
  limits.low = low;
  limits.high = high;
  limits.below = static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), low) -
                                          sorted.begin());
  limits.above =
      static_cast<std::size_t>(sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), high));
  limits.note = note_of(limits, sorted.front(), sorted.back());
  return limits;
}

}  // namespace xrdct::io
