#pragma once
#include <optional>
#include <span>
#include <string>

namespace xrdct::io {

struct Interval {
  double low = 0.0, high = 0.0;
};

/// How the values of a map become colours.
struct ColourChoice {
  std::string map = "viridis";               //!< one of `colour_map_names()`
  bool logarithmic = false;                  //!< values that are not above 0 have no colour
  std::optional<Interval> percentiles = {};  //!< of the values with a colour, 0 ≤ low < high ≤ 100
  std::optional<Interval> range = {};        //!< values; comes before percentiles
};

/// The values at both ends of the colours of a map.
struct ColourLimits {
  double low = 0.0, high = 0.0;
  bool any = false;                  //!< whether there is a value at all
  std::size_t below = 0, above = 0;  //!< values that have the colour of an end
  std::string note;                  //!< for the picture, where values lie beyond
};

/*!
 * Limits of the colours of a map: those that are asked for, else limits in which most of it is
 * seen.
 *
 * These go from the lowest to the highest value that can be drawn, but where these lie far off,
 * from the 1st to the 99.5th percentile, so that a hot pixel does not make all others dark. "Far
 * off": the whole range, in logarithms on a logarithmic scale, is more than twice that of the
 * percentiles. Percentiles are values of the map, so that at least one value at each end is beyond
 * them. Fewer than ten values, or percentiles that are equal, leave the whole range. Colours that
 * diverge from 0 get limits that are equally far from it, unless a range is asked for or all values
 * have one sign.
 *
 * \param values NaN, infinity and, on a logarithmic scale, what is not above 0 do not count
 */
ColourLimits colour_limits(std::span<double const> values, ColourChoice const& choice);

}  // namespace xrdct::io
