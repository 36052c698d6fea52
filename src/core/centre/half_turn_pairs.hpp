#pragma once
#include <cstddef>
#include <vector>

#include "core/centre/centre_estimate.hpp"
#include "core/conditioning/summed_sinogram.hpp"

namespace xrdct::core {

/// A projection, and what was measured half a turn from it: one projection, or between two.
struct HalfTurnPair {
  std::size_t first = 0;              //!< projection
  std::size_t before = 0, after = 0;  //!< projections half a turn on; the same where it was met
  double share = 0.0;                 //!< of `after`
  double centre = 0.0;                //!< that this pair alone gives [index of translations]
};

/// The centre of rotation from projections half a turn apart, which mirror each other.
struct HalfTurnPairs {
  CentreEstimate estimate;
  std::vector<HalfTurnPair> pairs;
};

/// Half a turn to so many radians: a sample at the end of the line moves by no more than 0.2
/// translations, and the centre by 0.1.
double half_turn_tolerance(std::size_t translations) noexcept;

/*!
 * Registers each projection with those half a turn later.
 *
 *     S[θ + π][2c − k] = S[θ][k]
 *     badness(c) = 1 − Σ C/√(Σ V·Σ V'),  sums over pairs
 *
 * V and V' are the sums of squares of a projection and of its mirror image about their means over
 * the k that they share, C the sum of products. A pair that sees no sample there has no part.
 * 2c runs over integers, so that nothing is interpolated; c is the lowest point of a parabola. A
 * level and a scale of their own do no harm to either projection. The error is from the scatter of
 * the pairs (several).
 *
 * Where half a turn on no angle was met to within `tolerance`, the projection is interpolated
 * between the two on both sides of it, no more than 3° from each other. Refused where there is no
 * such pair: nearly half a turn gives a centre that is wrong by the path of the sample in between.
 *
 * \param least_overlap of the two [translations]
 */
HalfTurnPairs register_half_turns(SummedSinogram const& sinogram, double tolerance,
                                  std::size_t least_overlap);

}  // namespace xrdct::core
