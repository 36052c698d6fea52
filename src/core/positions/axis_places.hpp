#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/positions/comb.hpp"

namespace xrdct::core {

/// Where the positions of one motor gather.
struct AxisPlaces {
  enum class Kind {
    one,     //!< all positions are one place: `listed[0]`
    equal,   //!< equal steps: `comb`
    listed,  //!< single places without an equal step: `listed`, rising
    none     //!< no places: the positions form a continuum
  };
  Kind kind = Kind::none;
  Comb comb;
  std::vector<double> listed;
  /// listed: places lie close together; equal: another step fits as well
  bool doubtful = false;
  double spread = 0.0;  //!< robust rms distance of positions from their place [steps, else units]

  /// Nearest place; of equal steps any whole number, counted from `comb.start`.
  std::ptrdiff_t nearest(double position) const;
  double position_of(std::ptrdiff_t place) const;
  /// Position − place [steps, or the unit of the positions where there are no equal steps].
  double distance(double position, std::ptrdiff_t place) const;
};

/// Index of a position that lies clearly between places.
inline constexpr std::int64_t no_place = std::numeric_limits<std::int64_t>::min();

/// How far from a place a position may lie to belong there, where nothing is said: six times the
/// spread, but a quarter to half of a step [steps, else units].
double found_tolerance(AxisPlaces const& places);

/// Listed places nearer to each other than this part of their usual gap are put into one.
void merge_places(AxisPlaces& places, double part);

/// The nearest place within the found tolerance, else `no_place`.
std::int64_t index_of(AxisPlaces const& places, double position);

/*!
 * Places that positions gather at, whatever their order: gaps that are far wider than the groups
 * between them, else a comb of equal steps under the jitter.
 *
 * Groups that merely tremble (their order in time is white noise) are one place. Places with hardly
 * a position (below a tenth of the usual) count only where they lie on the comb of the others.
 * \param positions [frame] in the order of time, finite, one at least
 * \param angle in degrees: a constant increment modulo 360 that forms no comb is a list
 * Memory 24 B per position, time O(n log n).
 */
AxisPlaces find_places(std::span<double const> positions, bool angle);

}  // namespace xrdct::core
