#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/conditioning/summed_sinogram.hpp"
#include "core/tomography/angle_weights.hpp"

namespace xrdct::core {

/// A sample that was measured, and how much of it stands in for one that was not.
struct SampleShare {
  std::size_t sample = 0;  //!< [projection][translation]
  double share = 0.0;
};

/// What stands in for one missing sample. Shares add up to 1; those that are not needed are 0.
struct ImputedSample {
  std::size_t sample = 0;  //!< [projection][translation]
  std::array<SampleShare, 4> from{};
  double distance = 0.0;    //!< from the nearer neighbour in θ [rad]
  bool along_line = false;  //!< no neighbour in θ within 30°: taken from the same projection
};

/// How the missing samples of a sinogram are filled for a filtered back projection.
struct Imputation {
  std::vector<ImputedSample> samples;          //!< in the order of samples
  std::vector<std::uint8_t> empty_projection;  //!< [projection]: 1 where nothing was measured
  std::size_t missing = 0;                     //!< samples, those of empty projections with them
  std::size_t empty_projections = 0;
  std::size_t along_line = 0;  //!< of `samples`
  double farthest = 0.0;       //!< largest `distance` [rad]
};

/*!
 * Finds what stands in for missing samples: linear interpolation in θ between the two nearest
 * measured samples of the same ray distance s, on the full circle.
 *
 *     (θ, s) and (θ + π, −s) are the same ray, so that a half turn closes on itself
 *     of the projection at angle θ', translation k' = c' + (k − c), mirrored k' = c' − (k − c)
 *     value = (1 − f)·before + f·after,  f = (θ − θ_before)/(θ_after − θ_before)
 *
 * k' between two translations is interpolated in s, both of them measured. A neighbour beyond 30°
 * is not used; without any, the nearest measured samples of the projection are. A projection in
 * which nothing was measured is not filled: its angle has weight 0 (`measured_angle_weights`).
 * Iterative reconstructions need none of this: the weight of a missing sample is 0.
 *
 * \param centres c [projection] [index of translations]; empty: not known yet, and rays are not
 * mirrored
 */
Imputation impute(SummedSinogram const& sinogram, std::span<double const> centres);

/// Fills the missing samples of all channels; those of empty projections become 0.
/// \param values [projection][translation][channel]; may be NaN where they are missing
template <class Real>
void fill(Imputation const& imputation, std::size_t channels, std::span<Real> values);

/// Variance of filled samples, Σ share²·σ²; of empty projections 0. That a filled sample and its
/// neighbours vary together is not kept.
/// \param variances [projection][translation][channel]
template <class Real>
void fill_variance(Imputation const& imputation, std::size_t channels, std::span<Real> variances);

/// The sinogram with its missing samples filled; those of empty projections stay missing.
SummedSinogram filled(SummedSinogram sinogram, std::span<double const> centres = {});

/// `angle_weights` of the projections that hold a sample, 0 for the others.
AngleWeights measured_angle_weights(SummedSinogram const& sinogram);

}  // namespace xrdct::core
