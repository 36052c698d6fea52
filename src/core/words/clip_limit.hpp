#pragma once
#include <cmath>
#include <numbers>

namespace xrdct::core {

/*!
 * How many standard deviations a pixel may lie from the mean in sigma clipping.
 *
 *     sigmas = max(threshold, √(2·ln(max(C, 3)/√(2π))))     C = Σ c of the kept pixels
 *
 * Chauvenet's criterion is the second one: fewer than half a pixel of a normal distribution lie
 * further out. An aggregate, so that device code can form it, too, as `ClipLimit{t, c}.sigmas`.
 */
struct ClipLimit {
  double threshold, count;
  double chauvenet =
      std::sqrt(2.0 * std::log((count < 3.0 ? 3.0 : count) / std::sqrt(2.0 * std::numbers::pi)));
  double sigmas = threshold < chauvenet ? chauvenet : threshold;
};

/// C at which Chauvenet's criterion reaches the threshold; less where C is below 3, too.
inline double count_at_threshold(double threshold) {
  return std::sqrt(2.0 * std::numbers::pi) * std::exp(0.5 * threshold * threshold);
}

}  // namespace xrdct::core
