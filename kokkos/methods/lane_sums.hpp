#pragma once
#include <cstddef>

#include "core/words/aligned_vector.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/methods/group.hpp"
#include "kokkos/simd/multiply.hpp"
#include "kokkos/tile/tile_matrix.hpp"

namespace xrdct::kernels {

/// S and V of all bins of a group of frames, added up tile by tile. Memory: 256 B per bin. One
/// object per thread.
class LaneSums {
 public:
  explicit LaneSums(std::size_t bins) : values_(bins * 2 * lanes) {}

  double* data() noexcept { return values_.data(); }  //!< [bin][2][lane] S, V
  /// Sets S and V of the bins `first` … `last` − 1 of the good frames, V to 0 where it is not
  /// wanted, and these sums to 0 for the next group.
  void write(std::size_t first, std::size_t last, Group const& group, bool with_variance,
             core::PatternSums& out);
  std::size_t memory_bytes() const noexcept { return values_.capacity() * sizeof(double); }

 private:
  core::AlignedVector<double> values_;
};

/// Sets S and V of the bins `first` … `last` − 1 of the good frames to 0.
void write_zeros(std::size_t first, std::size_t last, Group const& group, core::PatternSums& out);

/*!
 * Adds the pixels of tiles to S and, where the counts vary, to V.
 *
 *     S[b] += Σ_p c(b,p)·signal(p)      V[b] += Σ_p c(b,p)²·max(raw(p), 1)
 */
struct TileAdder {
  TileAdder(MethodSetup const& setup, core::Reduction const& reduction);
  void add(TileMatrix const& matrix, std::size_t tile, TilePixels const& pixels,
           LaneSums& sums) const;

  core::BinMatrix const& bins;
  Multiply multiply;
  std::size_t tile_pixels;
  bool with_variance;
};

}  // namespace xrdct::kernels
