#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/conditioning/air.hpp"
#include "core/conditioning/summed_sinogram.hpp"

namespace xrdct::core {

/*!
 * The intensity of each projection by its total scattering: the whole sample scatters as much in
 * one direction of the beam as in another.
 *
 *     S_θ = Σ_s S[θ][s] after air       g_θ = median(S)/S_θ
 *
 * Not true for a sample that absorbs strongly or unevenly, that is textured or of few grains
 * (its total changes with θ), or that leaves the field of view, where it is refused. A monitor is
 * better. A missing sample is filled for the sum, by neighbours that are brought to the same
 * intensity.
 */
struct IntensityDrift {
  std::vector<double> factor;             //!< g_θ [projection]; 1 where nothing was measured
  std::vector<double> relative_variance;  //!< of g_θ/its value [projection]; empty: not known
  std::vector<double> total;              //!< S_θ [projection]
  double spread = 0.0;                    //!< robust standard deviation of 1/g_θ
  std::string refusal;                    //!< why it is not to be used; empty: it may be

  bool usable() const noexcept { return refusal.empty(); }
};

/// \param sinogram without air
/// \param air of the same sinogram: tells whether the sample leaves the field
IntensityDrift estimate_drift(SummedSinogram const& sinogram, Air const& air);

/// Multiplies the projections of all channels: v·g, σ²·g².
/// \param values [projection][translation][channel]
/// \param variances the same, or empty
template <class Real>
void correct_drift(IntensityDrift const& drift, std::span<Real> values, std::span<Real> variances);

/// The sum over channels at the same intensity.
SummedSinogram without_drift(SummedSinogram sinogram, IntensityDrift const& drift);

}  // namespace xrdct::core
