#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/bins/bin_gatherer.hpp"
#include "kokkos/bins/clip_bin.hpp"
#include "kokkos/bins/variance_bounds.hpp"
#include "kokkos/simd/count_kernels.hpp"
#include "kokkos/tile/tile_matrix.hpp"

namespace xrdct::kernels {

/// Relative error of sums of squares, generously.
inline constexpr double squares_rounding = 1e-13;

/// What clipping of counts has prepared once for a reduction. Memory: 4 B per run, 20 B per bin
/// and, where V of the azimuthal model decides, `WindowPlan`.
struct CountPlan {
  CountPlan(core::ReductionPlan const& plan, TileMatrix const& matrix, BinRuns const& runs,
            std::size_t tile_pixels, ClipRule const& rule, CountKernels const& kernels);

  /// Clipping of counts without a dark, without splitting; with a few pixels per run.
  static bool applies_to(core::ReductionPlan const& plan, core::Reduction const& reduction,
                         BinRuns const& runs);
  std::size_t memory_bytes() const noexcept {
    return place.capacity() * sizeof(std::uint32_t) +
           (least_norm.capacity() + most_norm.capacity()) * sizeof(float) +
           norm_deviation.capacity() * sizeof(double) + pixels.capacity() * sizeof(std::int32_t) +
           windows.memory_bytes();
  }

  CountKernels kernels;
  std::vector<std::uint32_t> place;          //!< [run of the tile matrix] in the order of `BinRuns`
  std::vector<float> least_norm, most_norm;  //!< [bin]
  std::vector<double> norm_deviation;        //!< [bin] √Σ (norm − mean norm)²
  std::vector<std::int32_t> pixels;          //!< [bin] that no frame masks
  std::size_t most_runs = 0;                 //!< of a bin
  std::size_t tile_pixels;
  bool with_variance = true;  //!< Σ max(s, 1) is of use: V of the result is not azimuthal
  WindowPlan windows;         //!< where V decides
};

}  // namespace xrdct::kernels
