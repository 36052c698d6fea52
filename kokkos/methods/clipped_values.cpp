// Sigma clipping bin by bin, from gathered pixels.
#include "kokkos/methods/clipped_values.hpp"

#include <algorithm>
#include <utility>

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

void note_rejected(std::size_t entries, GroupScratch& scratch) {
  std::span const pixels = scratch.gatherer.pixels();
  for (std::size_t e = 0; e < entries; ++e)
    if (scratch.clip.rejected[e] != 0)
      scratch.rejected.push_back({pixels[e], scratch.clip.rejected[e]});
}

// For the tally: a pixel is rejected when all its bins do.
PerLane<std::int64_t> count_rejected(core::BinMatrix const& matrix,
                                     std::vector<PixelLanes>& rejected) {
  std::sort(rejected.begin(), rejected.end(),
            [](PixelLanes const& a, PixelLanes const& b) { return a.pixel < b.pixel; });
  PerLane<std::int64_t> count{};
  auto const& begin = matrix.entry_begin;
  for (std::size_t k = 0; k < rejected.size();) {
    std::uint32_t const pixel = rejected[k].pixel;
    std::size_t const bins = begin[pixel + 1] - begin[pixel];
    std::size_t found = 0;
    LaneMask in_all = static_cast<LaneMask>(~0u);
    for (; k < rejected.size() && rejected[k].pixel == pixel; ++k, ++found)
      in_all &= rejected[k].lanes;
    if (found == bins) each_lane(in_all, [&](std::size_t lane) { ++count[lane]; });
  }
  return count;
}

}  // namespace

ClippedValues::Plan::Plan(WholeBinsPlan&& bins_)
    : bins(std::move(bins_)),
      rule(bins.reduction, bins.setup.norms_are_positive),
      adder(bins.setup, bins.reduction) {}

void ClippedValues::finish(Group const& group, core::PatternSums& out,
                           std::span<core::PixelTally> tally) {
  GroupScratch& scratch = group.scratch;
  scratch.rejected.clear();
  auto rejected = reduce_bins(
      plan_.bins, group, out,
      [&](std::size_t, std::span<BinRuns::Place const> runs, BinMoments& sums) {
        PerLane<std::int32_t> const before = sums.pixels;
        BinEntries const& entries = gather_bin(plan_.bins, group, runs);
        clip_bin(entries, plan_.rule, plan_.bins.setup.kernels.bin, group.good, sums, scratch.clip);
        if (plan_.bins.splits_pixels && before != sums.pixels)
          note_rejected(entries.entries, scratch);
      });
  if (plan_.bins.splits_pixels)
    rejected = count_rejected(plan_.bins.reduction.matrix, scratch.rejected);
  reject_pixels(rejected, group, tally);
}

}  // namespace xrdct::kernels
