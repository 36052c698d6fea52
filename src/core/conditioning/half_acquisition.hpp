#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/conditioning/air.hpp"
#include "core/conditioning/summed_sinogram.hpp"
#include "core/tomography/angle_weights.hpp"

namespace xrdct::core {

/*!
 * Whether a scan is a half acquisition: the axis near one end of the line, the sample beyond that
 * end, and a full turn, in which the other side of the sample is seen half a turn later.
 */
struct HalfAcquisition {
  bool found = false;
  double overlap = 0.0;  //!< L, from the axis to the nearer end [translations]
  std::string reason;    //!< why it is one, or none
};

/// \param air of the same sinogram: tells at which end the sample leaves the field
HalfAcquisition half_acquisition(SummedSinogram const& sinogram, Air const& air, double centre);

/*!
 * What the samples of a projection of a half acquisition are multiplied by before they are filtered
 * and projected back over the full turn (`full_turn_weights`).
 *
 *     L = distance of the nearer end, u = (k − c)/L, positive towards the farther end
 *     w = sin²(π/4·(1 + u)) for |u| < 1, 0 and 1 beyond           w(s) + w(−s) = 1
 *
 * \returns w [translation]
 */
std::vector<double> redundancy_weights(std::size_t translations, double centre);

/// Multiplies all channels: v·w, σ²·w².
/// \param weights w [translation]
/// \param values [projection][translation][channel]
/// \param variances the same, or empty
template <class Real>
void weigh_translations(std::span<double const> weights, std::size_t channels,
                        std::span<Real> values, std::span<Real> variances);

/*!
 * Weights of angles where a ray and the same ray from its other end are not folded onto each other:
 * half of both gaps on the full circle, Σ = 2π. Half a turn apart counts as apart; gaps are judged
 * as by `angle_weights`, with limits twice as wide.
 */
AngleWeights full_turn_weights(std::span<double const> angles);

}  // namespace xrdct::core
