#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/tomography/ramp_filter.hpp"
#include "kokkos/tomography/slice_projector.hpp"

namespace xrdct::kernels {

/*!
 * Filtered back projection of many bins at a time, and its variance.
 *
 * Specification: core/tomography/reference_slices.hpp. The ramp is applied in space, as a product
 * of every projection with its numbers: that takes a third of the work of the back projection or
 * less, whatever the number of translations, and needs no transform. Memory: a padded sinogram, two
 * for variances, which the caller keeps.
 */
class FilteredBackProjection {
 public:
  /// \param weights of the angles [rad], [projection]
  FilteredBackProjection(core::SliceGeometry const& geometry, std::span<double const> weights,
                         core::FilterWindow window);

  /// \param sinogram [projection][translation][bin], without NaN
  /// \param bins a multiple of 16, at most 64
  /// \param scratch becomes a padded sinogram
  /// \param slice [row][column][bin]; NaN outside of the circle
  void reconstruct(std::span<float const> sinogram, std::size_t bins, LargeFloats& scratch,
                   std::span<float> slice) const;
  /// \param variance of the samples, as the sinogram
  /// \param scratch, more_scratch become padded sinograms
  void variance(std::span<float const> variance, std::size_t bins, LargeFloats& scratch,
                LargeFloats& more_scratch, std::span<float> slice) const;

 private:
  using Taps = std::vector<float>;
  void convolve(std::span<float const> sinogram, std::size_t bins, Taps const& taps,
                double power_of_weight, LargeFloats& padded) const;

  SliceProjector projector_;
  std::vector<double> weights_;
  bool odd_taps_only_;
  Taps taps_, own_taps_, next_taps_;  //!< [distance + middle]
};

/// Sets the voxels outside of the circle to NaN. \param slice [row][column][bin]
void leave_circle(core::SliceGeometry const& geometry, std::size_t bins, std::span<float> slice);

}  // namespace xrdct::kernels
