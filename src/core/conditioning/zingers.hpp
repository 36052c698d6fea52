#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/conditioning/summed_sinogram.hpp"

namespace xrdct::core {

/// A sample that does not belong to its neighbours.
struct Zinger {
  std::size_t sample = 0;  //!< [projection][translation]
  double z = 0.0;  //!< distance from the neighbours in units of the noise; negative: too low
};

/*!
 * Finds single samples that stand out of all that is around them: cosmic rays, failed readouts.
 *
 *     neighbours: the two beside it on the line, and in the projections before and after in θ
 *                 those within ±r,  r = 1 + ⌈T/2·Δθ⌉: as far as a point of the sample can move
 *     z = (S − second highest neighbour)/σ, or (S − second lowest)/σ         |z| > limit
 *     and |z|·σ > 1.5 times the difference between the two
 *
 * A grain, a spot of two samples, or an edge has at least two such neighbours, of half its height
 * or more where it is smaller than a step, and is not found; a spot as small as one sample in θ and
 * s cannot be told from a zinger. One neighbour may be a zinger itself. At the ends of a half turn,
 * which have neighbours in θ on one side, the very highest and lowest count. σ is the noise of the
 * median neighbour; no |z| is larger than that of two Poisson numbers (Anscombe), so that few
 * counts among zeros are none; where variances are not known, of the residuals from the mean of
 * both neighbours in θ: locally, and nowhere less than over all.
 *
 * \param limit > 0, in units of the noise
 * \returns in the order of samples
 */
std::vector<Zinger> find_zingers(SummedSinogram const& sinogram, double limit);

/// On clean Poisson data none in 900 000 samples is taken for a zinger, for 2 to 100 000 counts.
inline constexpr double usual_zinger_limit = 6.0;

/// The sinogram with zingers marked as missing.
SummedSinogram without_zingers(SummedSinogram sinogram, std::span<Zinger const> zingers);

}  // namespace xrdct::core
