#pragma once
#include <span>
#include <string>

namespace xrdct::io {

/// The values at both ends of the colours of a map.
struct ColourLimits {
  double low = 0.0, high = 0.0;
  bool any = false;                  //!< whether there is a value at all
  std::size_t below = 0, above = 0;  //!< values that have the colour of an end
  std::string note;                  //!< for the picture, where values lie beyond
};

/*!
 * Limits in which most of a map is to be seen: from the lowest to the highest value that can be
 * drawn, but where these lie far off, from the 1st to the 99.5th percentile, so that a hot pixel
 * does not make all others dark.
 *
 * "Far off": the whole range, in logarithms on a logarithmic scale, is more than twice that of the
 * percentiles. Percentiles are values of the map, so that at least one value at each end is beyond
 * them. Fewer than ten values, or percentiles that are equal, leave the whole range.
 * \param values NaN, infinity and, on a logarithmic scale, what is not above 0 do not count
 */
ColourLimits colour_limits(std::span<double const> values, bool logarithmic);

}  // namespace xrdct::io
