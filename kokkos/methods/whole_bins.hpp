#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/words/patterns.hpp"
#include "kokkos/bins/bin_gatherer.hpp"
#include "kokkos/methods/group.hpp"
#include "kokkos/tile/tile_matrix.hpp"

namespace xrdct::kernels {

/// What methods prepare that need all pixels of a bin at once: nothing can be said of one before
/// all are known. Memory: `TileMatrix` and `BinRuns`.
struct WholeBinsPlan {
  WholeBinsPlan(MethodSetup const& setup, core::Reduction const& reduction);

  GroupNeeds needs() const noexcept { return {.image = true, .entries = runs.most_entries()}; }
  std::size_t memory_bytes() const noexcept { return matrix.memory_bytes() + runs.memory_bytes(); }

  MethodSetup const& setup;
  core::Reduction const& reduction;
  TileMatrix matrix;
  BinRuns runs;
  bool splits_pixels;  //!< some pixel has several bins
};

/// The entries of a bin in all frames of a group; valid until the next call.
BinEntries const& gather_bin(WholeBinsPlan const& plan, Group const& group,
                             std::span<BinRuns::Place const> runs);

/// The sums of a bin in the good frames, as they stand in `from`; 0 in other lanes.
BinMoments load_bin(core::PatternSums const& from, std::size_t bin, Group const& group);
void store_bin(BinMoments const& sums, std::size_t bin, Group const& group, core::PatternSums& to);

/// Replaces the sums of all bins with a pixel by what `reduce` makes of them.
/// \param reduce called with the bin, its runs and its sums
/// \return by how many pixels all bins together have less
template <class Reduce>
PerLane<std::int64_t> reduce_bins(WholeBinsPlan const& plan, Group const& group,
                                  core::PatternSums& out, Reduce reduce) {
  PerLane<std::int64_t> rejected{};
  for (std::size_t bin = 0; bin < plan.runs.bins(); ++bin) {
    auto const runs = plan.runs.of(bin);
    if (runs.empty()) continue;
    BinMoments sums = load_bin(out, bin, group);
    PerLane<std::int32_t> const before = sums.pixels;
    reduce(bin, runs, sums);
    store_bin(sums, bin, group, out);
    for (std::size_t lane = 0; lane < lanes; ++lane)
      rejected[lane] += before[lane] - sums.pixels[lane];
  }
  return rejected;
}

/// Makes used pixels of the good frames rejected ones.
void reject_pixels(PerLane<std::int64_t> const& rejected, Group const& group,
                   std::span<core::PixelTally> tally);

}  // namespace xrdct::kernels
