// Sigma clipping of counts: by their sums, and pixel by pixel where these do not decide.
#include "kokkos/methods/clipped_counts.hpp"

#include <utility>

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {

ClippedCounts::Plan::Plan(WholeBinsPlan&& bins_)
    : bins(std::move(bins_)),
      rule(bins.reduction, bins.setup.norms_are_positive),
      counts(bins.setup.plan, bins.matrix, bins.runs, bins.setup.tile_pixels, rule,
             bins.setup.kernels.count) {}

bool ClippedCounts::Plan::applies_to(WholeBinsPlan const& bins) {
  return bins.setup.norms_are_positive &&
         CountPlan::applies_to(bins.setup.plan, bins.reduction, bins.runs);
}

ClippedCounts::ClippedCounts(Plan const& plan)
    : plan_(plan),
      sums_(plan.bins.reduction.matrix.bins),
      clipper_(plan.bins.setup.plan, plan.counts, plan.bins.runs, plan.bins.matrix,
               plan.bins.reduction.matrix) {
  clipper_.clear();
}

void ClippedCounts::write(std::size_t first, std::size_t last, Group const& group,
                          core::PatternSums& out) {
  sums_.write(first, last, group, plan_.counts.with_variance, out);
}

void ClippedCounts::finish(Group const& group, core::PatternSums& out,
                           std::span<core::PixelTally> tally) {
  auto const rejected = reduce_bins(plan_.bins, group, out,
                                    [&](std::size_t bin, std::span<BinRuns::Place const> runs,
                                        BinMoments& sums) { clip(group, bin, runs, sums); });
  if (plan_.rule.azimuthal_remains)
    clipper_.form_azimuthal_variance(*group.image, group.frames, sums_.data(), out);
  clipper_.clear();
  reject_pixels(rejected, group, tally);
}

void ClippedCounts::clip(Group const& group, std::size_t bin, std::span<BinRuns::Place const> runs,
                         BinMoments& sums) {
  LaneMask valid = 0;
  each_lane(group.good, [&](std::size_t lane) {
    valid |= static_cast<LaneMask>((sums.pixels[lane] == plan_.counts.pixels[bin]) << lane);
  });
  ClippedBin clipped = clipper_.clip(bin, plan_.rule, *group.image, valid, sums);
  ClipScratch& scratch = group.scratch.clip;
  if (auto const left = static_cast<LaneMask>(clipped.undecided | (group.good & ~valid));
      left != 0) {
    BinEntries const& entries = gather_bin(plan_.bins, group, runs);
    clip_bin(entries, plan_.rule, plan_.bins.setup.kernels.bin, left, clipped.sums, scratch);
  }
  sums = clipper_.finish(std::move(clipped), scratch.rejected);
}

}  // namespace xrdct::kernels
