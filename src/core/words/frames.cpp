// Which raw values count, by the type of the pixels.
#include "core/words/frames.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace xrdct::core {
namespace {
constexpr double unbounded = std::numeric_limits<double>::infinity();
}

bool ValidValues::contains(double value) const noexcept {
  return std::isfinite(value) && value >= lowest && value <= highest &&
         std::none_of(invalid.begin(), invalid.end(), [&](ValueRange const& range) {
           return value >= range.low && value <= range.high;
         });
}

ValidValues ValidValues::of(PixelType type) {
  if (!is_integer(type)) return all();
  if (is_signed(type)) return {0.0, unbounded, {}};
  return {-unbounded, std::exp2(8.0 * static_cast<double>(size_of(type))) - 3.0, {}};
}

ValidValues ValidValues::all() { return {-unbounded, unbounded, {}}; }

}  // namespace xrdct::core
