#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kokkos/bins/counted_bins.hpp"
#include "kokkos/bins/excluded_entries.hpp"
#include "kokkos/bins/variance_bounds.hpp"
#include "kokkos/simd/count_kernels.hpp"

namespace xrdct::kernels {

/*!
 * What the counts of a group of frames come to, tile by tile, and which of them are rejected.
 *
 * Memory: 64 B per run, 128 or 256 B per bin, and that of `VarianceBounds` and `ExcludedEntries`.
 * One object per thread.
 */
struct CountedGroup {
  explicit CountedGroup(CountedBins const& bins);

  void clear();
  /// \param sums [bin][2][lane] S and V of counts; are added to
  void add_tile(CountedBins const& bins, std::size_t tile, TilePixels const& pixels, double* sums);
  /// Whether some lane keeps a count of the run that may be bright. \param place in `extremes`
  bool keeps_bright(std::size_t place) const;
  std::size_t memory_bytes() const noexcept;

  std::vector<double> squares;        //!< [bin][lane] Σ s² of the kept pixels
  std::vector<double> placed;         //!< [bin][lane] Σ q·s of all pixels
  std::vector<RunExtremes> extremes;  //!< [place of `BinRuns`] of the kept pixels
  /// of the tile matrix, with a bright count of some lane; tiles ascending
  std::vector<std::uint32_t> bright_runs;
  VarianceBounds windows;
  ExcludedEntries excluded;

 private:
  void add_bright(CountedBins const& bins, std::size_t tile, TilePixels const& pixels,
                  double* sums);
};

}  // namespace xrdct::kernels
