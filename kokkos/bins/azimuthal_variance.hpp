#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/words/patterns.hpp"
#include "kokkos/bins/counted_bins.hpp"
#include "kokkos/bins/counted_group.hpp"
#include "kokkos/bins/variance_bounds.hpp"
#include "kokkos/simd/count_kernels.hpp"
#include "kokkos/tile/turned_image.hpp"

namespace xrdct::kernels {

/*!
 * V of the azimuthal model over the kept counts of a group, pixel by pixel.
 *
 *     V = Σ_k ω_k²·(m_{k−1} − x_k)·(m_k − x_k), k ≥ 2     m_k = S/N of the first k kept pixels
 */
class AzimuthalVariance {
 public:
  AzimuthalVariance(CountedBins const& bins, CountedGroup const& group, TurnedImage const& image)
      : bins_(bins), group_(group), image_(image) {}

  /// Of all bins, tile by tile.
  /// \param sums [bin][2][lane] m and V
  /// \param normalization [bin][lane] N; all 0 before
  void form(double* sums, double* normalization) const;
  /// Of one bin.
  PerLane<double> of_bin(std::size_t bin) const;
  /// What some runs of a bin, those of a window, add to V of one lane.
  /// \param part S and N of the pixels before
  double of_window(std::span<BinRuns::Place const> runs, std::size_t lane,
                   VarianceBounds::Part const& part) const;

 private:
  void add_tile(std::size_t tile, std::span<std::uint32_t const> bright,
                MeanAndVariance const& to) const;
  void add_bright(std::uint32_t run, BinRun const& first, TilePixels const& pixels,
                  float const* norms, MeanAndVariance const& to) const;

  CountedBins const& bins_;
  CountedGroup const& group_;
  TurnedImage const& image_;
};

}  // namespace xrdct::kernels
