#pragma once
#include <cstddef>

#include "kokkos/tomography/device_floats.hpp"
#include "kokkos/tomography/slice_projector.hpp"

namespace xrdct::kernels {

/*!
 * Projects slices forward and back on the default execution space (a GPU where there is one), as
 * `SliceProjector` does on the host: the same layouts, shares and orders of sums, hence the same
 * bits.
 *
 * A thread holds 8 bins of one voxel or of one sample in registers and goes through all that adds
 * to it, so that shares are computed once for 8 bins; threads of a team are neighbouring bins of
 * neighbouring voxels or samples: their loads are contiguous, and what several read comes from the
 * cache. Nothing is written by two threads. Kernels are begun, not waited for. Memory: 40 B per
 * projection, 8 B per row.
 */
class DeviceProjector {
 public:
  /// \param threads of a team
  /// \throws core::InputError as `padded_lines`
  DeviceProjector(core::SliceGeometry const& geometry, Footprint footprint, int threads);

  core::SliceGeometry const& geometry() const noexcept { return geometry_; }
  PaddedLines const& lines() const noexcept { return lines_; }
  std::size_t padded_samples() const noexcept { return geometry_.projections() * lines_.total; }
  int threads() const noexcept { return threads_; }

  /// slice = Σ over rays of shares × samples; 0 outside of the circle. \param bins a multiple of 16
  void back(Array<float const*> const& padded, std::size_t bins, Array<float*> const& slice) const;
  /// padded = Σ over voxels inside of the circle of shares × voxels; the padding is left as it is.
  void forward(Array<float const*> const& slice, std::size_t bins,
               Array<float*> const& padded) const;
  /// slice = the variance that follows from V₀ and V₁; linear shares.
  void variance(Array<float const*> const& own, Array<float const*> const& with_next,
                std::size_t bins, Array<float*> const& slice) const;

 private:
  core::SliceGeometry geometry_;
  Footprint footprint_;
  int threads_;
  PaddedLines lines_;
  Array<PlacedRay*> rays_;          //!< [projection]
  Array<int*> first_, after_last_;  //!< [row] columns inside of the circle
};

}  // namespace xrdct::kernels
