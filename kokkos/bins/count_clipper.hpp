#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/bins/clip_bin.hpp"
#include "kokkos/bins/count_cycles.hpp"
#include "kokkos/bins/counted_bins.hpp"
#include "kokkos/bins/counted_group.hpp"
#include "kokkos/tile/turned_image.hpp"

namespace xrdct::kernels {

/*!
 * Clips counts by sums and by the smallest and largest count of each run: no pixel is looked at
 * that lies well inside of the limits.
 *
 * In the cycles, V of the azimuthal model is known only within bounds. With ω = norm and m = S/N:
 *
 *     W = Σ (s − m·ω)²
 *     V = Σ_k ω_k·(Q_k − Q_{k−1}), Q_k = Σ_{i≤k} ω_i·(x_i − S_k/N_k)² grows
 *       ⟹  W·ω_min/ω_max ≤ V ≤ W·ω_max/ω_min
 *     W = Σ s² − m²·N2 − 2·m·Σ (ω − mean ω)·(s − m·ω)
 *       ⟹  |W − (Σ s² − m²·N2)| ≤ 2·m·√(Σ (ω − mean ω)²)·√W
 *
 * Where that does not decide on a pixel, `VarianceBounds` bounds V more closely; where these bounds
 * do not, the parts of V with the widest bounds are formed, then V; where rounding decides, the
 * lane is left to `clip_bin`. V of the kept pixels is formed at the end, tile by tile. Memory: that
 * of `CountedGroup` and `CycleScratch`, and 2 B per bin. One object per thread.
 */
class CountClipper {
 public:
  CountClipper(core::ReductionPlan const& plan, CountPlan const& prepared, BinRuns const& runs,
               TileMatrix const& matrix, core::BinMatrix const& bins);

  void clear();
  /// \param sums [bin][2][lane] S and V of counts; are added to
  void add_tile(std::size_t tile, TilePixels const& pixels, double* sums) {
    group_.add_tile(bins_, tile, pixels, sums);
  }

  /// \param lanes_used others are left alone; in these, all pixels of the bin have to be valid
  /// \param sums of all pixels
  /// \return `clip_bin` has to do its undecided lanes, before `finish`
  ClippedBin clip(std::size_t bin, ClipRule const& rule, TurnedImage const& image,
                  LaneMask lanes_used, BinMoments const& sums);
  /// Takes over what `clip_bin` rejected, and forms N and N2 of the kept pixels, whoever clipped.
  /// \param rejected [entry of the bin] read where lanes were undecided
  /// \return sums of the kept pixels
  BinMoments finish(ClippedBin&& clipped, std::span<LaneMask const> rejected);
  /// Sets V of the azimuthal model, of all bins and lanes that were finished.
  /// \param sums [bin][2][lane] scratch, 0 before and afterwards
  void form_azimuthal_variance(TurnedImage const& image, std::span<std::size_t const> frames,
                               double* sums, core::PatternSums& out);

  std::size_t memory_bytes() const noexcept;

 private:
  void exclude(ClippedBin const& clipped, std::span<LaneMask const> rejected);
  void finish_run(BinRuns::Place const& run, LaneMask lessened, LaneMask formed,
                  BinMoments& sums) const;

  CountedBins bins_;
  CountedGroup group_;
  CycleScratch scratch_;
  std::vector<LaneMask> finished_;    // [bin]
  std::vector<RejectedCount> spare_;  // memory of `ClippedBin` between two bins
};

}  // namespace xrdct::kernels
