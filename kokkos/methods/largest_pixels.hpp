#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/simd/run_kernels.hpp"

namespace xrdct::kernels {

/// Stands for a pixel where there is none.
inline constexpr std::uint32_t no_pixel = ~std::uint32_t{0};

/// The smallest norm of the unmasked pixels of each bin; −∞ where one is not positive.
std::vector<float> smallest_norms(core::ReductionPlan const& plan,
                                  core::Reduction const& reduction);

/*!
 * The pixel with the largest signal/norm of each bin, the first of equal ones, of a group of
 * frames: method `maximum`, tile by tile.
 *
 * Most pixels are passed over by their signal alone: one that is not above largest · smallest norm
 * of the bin can change nothing. Memory: 256 B per bin. One object per thread.
 */
class LargestPixels {
 public:
  /// \param smallest_norms [bin]   \param most_runs of a tile
  LargestPixels(core::ReductionPlan const& plan, core::Reduction const& reduction,
                std::span<float const> smallest_norms, std::size_t most_runs);

  /// \param entries bin by bin, pixels ascending; tiles have to ascend, too
  /// \param first_pixel of the tile
  void add(EntryRuns const& entries, TilePixels const& pixels, std::size_t first_pixel,
           RunKernels const& kernels);
  /// Replaces S, V, N, N2 of bins that hold a pixel, and forgets all.
  /// \param frames of `sums`, of the lanes
  /// \param wanted lanes that are written
  void write(std::span<std::size_t const> frames, LaneMask wanted, core::PatternSums& sums);
  std::size_t memory_bytes() const noexcept;

 private:
  void enter(EntryRuns const& entries, TilePixels const& pixels, std::size_t first_pixel,
             RunLanes const& found);
  float signal_of(float raw, std::size_t pixel) const noexcept;
  bool is_larger(double signal, double norm, double than_signal, double than_norm,
                 std::size_t bin) const noexcept;
  double variance_of(float raw, std::size_t pixel) const noexcept;
  float limit_above(double value, std::size_t bin) const noexcept;

  core::PixelCorrections const& corrections_;
  core::ErrorModel model_;
  core::BinMatrix const& bins_;
  std::span<float const> smallest_norms_;
  // [bin][lane] no signal that is not above it belongs to a larger value
  std::vector<float> limits_;
  std::vector<float> raw_, norms_;    // [bin][lane]
  std::vector<std::uint32_t> pixel_;  // [bin][lane]; no_pixel: none
  std::vector<RunLanes> found_;
};

}  // namespace xrdct::kernels
