#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kokkos/bins/azimuthal_variance.hpp"
#include "kokkos/bins/clip_bin.hpp"
#include "kokkos/bins/counted_bins.hpp"
#include "kokkos/bins/counted_group.hpp"
#include "kokkos/bins/variance_bounds.hpp"
#include "kokkos/simd/count_kernels.hpp"
#include "kokkos/tile/turned_image.hpp"

namespace xrdct::kernels {

/// A bin after its cycles, before `CountClipper::finish`.
struct ClippedBin {
  std::size_t bin = 0;
  LaneMask lanes_used = 0;
  LaneMask undecided = 0;  //!< lanes that `clip_bin` has to do; their sums are as before
  BinMoments before;       //!< sums of all pixels
  BinMoments sums;         //!< S, V of counts, C and pixels are those of the kept ones
  std::vector<RejectedCount> rejected;  //!< in the order in which the cycles rejected them
};

/// Memory of `CountCycles`: 76 B per run of the largest bin and 8 B per entry.
struct CycleScratch {
  explicit CycleScratch(CountedBins const& bins)
      : found(bins.prepared.most_runs),
        others(bins.prepared.most_runs),
        last_outside(bins.prepared.most_runs),
        outside(bins.runs.most_entries()) {}
  std::size_t memory_bytes() const noexcept {
    return (found.capacity() + outside.capacity()) * sizeof(EntryLanes) +
           others.capacity() * sizeof(RunExtremes) +
           last_outside.capacity() * sizeof(std::uint32_t);
  }

  std::vector<EntryLanes> found;  // runs of a bin with a count that is looked at
  // [one of them] of counts that need not be looked at; then of the kept ones
  std::vector<RunExtremes> others;
  std::vector<std::uint32_t> last_outside;  // [one of them] behind its entries in `outside`
  std::vector<EntryLanes> outside;  // entries, within their runs, with counts that are looked at
};

/*!
 * The cycles of clipping of one bin in all frames of a group.
 *
 * A cycle knows V of the azimuthal model within bounds of the bin. Where these leave a pixel open,
 * it takes those of the windows, then forms the widest windows pixel by pixel, then V itself.
 */
class CountCycles {
 public:
  /// \param clipped its `rejected` is empty; is set
  CountCycles(CountedBins const& bins, CountedGroup& group, ClipRule const& rule,
              TurnedImage const& image, CycleScratch& scratch, ClippedBin& clipped);
  void run();

 private:
  // Relative; wider than what `clip_bin` leaves to rounding.
  static constexpr double undecided_width = 1e-9;

  struct Limits {  // of the mean; between the cuts it is not known
    double mean, least_cut, most_cut;
  };
  struct Removed {
    double normalization2 = 0.0, count = 0.0;
  };
  struct Cycle {
    PerLane<Limits> limits;
    PerLane<std::uint16_t> lower{}, upper;  // counts between are kept whatever the norm
    std::size_t runs = 0;                   // that were found
    LaneMask changed = 0, undecided = 0;
  };

  Cycle begin(LaneMask mask);
  void decide(LaneMask mask, Cycle& cycle);
  Cycle reject_once(LaneMask mask);
  Limits limits(std::size_t lane) const;
  void find_outside(LaneMask mask, Cycle const& cycle);
  std::span<EntryLanes const> outside_of(std::size_t k) const;
  LaneMask open_lanes(LaneMask of, Cycle const& cycle) const;
  VarianceBounds::Bounds bounds(std::size_t lane, Limits const& limits,
                                std::array<VarianceBounds::Part, most_windows>* parts) const;
  void narrow(std::size_t lane, VarianceBounds::Bounds const& variance, Limits& limits) const;
  bool form_widest(std::size_t lane, Cycle& cycle) const;
  void form_all(LaneMask open, Cycle& cycle) const;
  void visit(std::size_t k, LaneMask mask, Cycle& cycle);
  void reject(std::size_t lane, RejectedCount const& pixel);
  bool is_accurate(std::size_t lane) const;
  void forget(std::size_t lane);

  CountedBins const& bins_;
  CountedGroup& group_;
  ClipRule const& rule_;
  TurnedImage const& image_;
  CycleScratch& scratch_;
  ClippedBin& clipped_;
  std::span<BinRuns::Place const> runs_;  // of the bin
  BinMoments& sums_;
  double* squares_;                 // [lane] Σ s² of the kept pixels
  PerLane<double> squares_of_all_;  // [lane]
  PerLane<Removed> removed_{};
  std::size_t changed_before_;  // runs with an excluded entry
};

}  // namespace xrdct::kernels
