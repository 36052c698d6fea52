#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "kokkos/simd/bin_kernels.hpp"

namespace xrdct::kernels {

/// What sigma clipping of a reduction needs to know.
struct ClipRule {
  ClipRule(core::Reduction const& reduction, bool norms_are_positive);

  /// The multiple of the standard deviation beyond which pixels are rejected. \param count Σ c
  double cut(double count) const;

  core::SigmaClip settings;
  bool spread_decides;      //!< V of the cycles is azimuthal
  bool spread_remains;      //!< V of the result is azimuthal
  bool norms_are_positive;  //!< otherwise all is done entry by entry
  /// Σ c below which Chauvenet's criterion is less than the threshold
  double threshold_holds_below;
};

/// Memory of `clip_bin`. 26 B per entry, more where a lane has to be done entry by entry.
struct ClipScratch {
  explicit ClipScratch(std::size_t most_entries)
      : rejected(most_entries),
        found(most_entries),
        before(most_entries),
        reciprocal(most_entries) {}
  std::size_t memory_bytes() const noexcept {
    return rejected.capacity() * sizeof(LaneMask) + found.capacity() * sizeof(EntryLanes) +
           (before.capacity() + reciprocal.capacity()) * sizeof(double);
  }
  std::vector<LaneMask> rejected;  // [entry]
  std::vector<EntryLanes> found;
  std::vector<double> before, reciprocal;  // [entry] `RunningNorms`
};

/*!
 * Sigma clipping of one bin in all frames of a group, as `core::SigmaClip` says; each lane by
 * itself.
 *
 * The first sums are those of all pixels. Only pixels near or beyond the limits of a cycle are
 * looked at one by one; the lanes that lose some are summed again. Where a pixel lies on a limit to
 * within rounding, the lane is done again entry by entry, in the order and rounding of
 * `core::reference_reduce`.
 * \param lanes_used others are left alone
 * \param sums S, V, N, N2, C and pixels of all valid entries, replaced by those of the kept ones
 * \param scratch `rejected` is set for the entries of the bin
 */
void clip_bin(BinEntries const& bin, ClipRule const& rule, BinKernels const& kernels,
              LaneMask lanes_used, BinMoments& sums, ClipScratch& scratch);

}  // namespace xrdct::kernels
