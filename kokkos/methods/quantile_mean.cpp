// Medians and trimmed means, bin by bin, from gathered pixels.
#include "kokkos/methods/quantile_mean.hpp"

#include <algorithm>

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

void note_kept(std::size_t entries, GroupScratch& scratch) {
  std::span const pixels = scratch.gatherer.pixels();
  for (std::size_t e = 0; e < entries; ++e)
    scratch.pixel_masks[pixels[e]] |= static_cast<LaneMask>(~scratch.clip.rejected[e]);
}

PerLane<std::int64_t> count_kept(std::span<LaneMask const> kept_pixels) {
  PerLane<std::int64_t> count{};
  for (LaneMask const mask : kept_pixels) {
    if (mask == 0) continue;
    for (std::size_t lane = 0; lane < lanes; ++lane) count[lane] += mask >> lane & 1;
  }
  return count;
}

}  // namespace

GroupNeeds QuantileMean::Plan::needs() const noexcept {
  GroupNeeds needs = bins.needs();
  needs.quantile_entries = needs.entries;
  needs.pixel_masks = bins.splits_pixels ? bins.setup.plan.shape.pixels() : 0;
  return needs;
}

// For the tally: a pixel is kept when one of its bins keeps it.
void QuantileMean::finish(Group const& group, core::PatternSums& out,
                          std::span<core::PixelTally> tally) {
  GroupScratch& scratch = group.scratch;
  bool const by_pixel = plan_.bins.splits_pixels;
  if (by_pixel) std::fill(scratch.pixel_masks.begin(), scratch.pixel_masks.end(), LaneMask{0});
  auto rejected =
      reduce_bins(plan_.bins, group, out,
                  [&](std::size_t, std::span<BinRuns::Place const> runs, BinMoments& sums) {
                    BinEntries const& entries = gather_bin(plan_.bins, group, runs);
                    average_between(entries, group, sums);
                    if (by_pixel) note_kept(entries.entries, scratch);
                  });
  if (by_pixel) {
    auto const kept = count_kept(scratch.pixel_masks);
    each_lane(group.good, [&](std::size_t lane) {
      rejected[lane] = tally[group.frames[lane]].used - kept[lane];
    });
  }
  reject_pixels(rejected, group, tally);
}

void QuantileMean::average_between(BinEntries const& bin, Group const& group,
                                   BinMoments& sums) const {
  core::Reduction const& reduction = plan_.bins.reduction;
  BinKernels const& kernels = plan_.bins.setup.kernels.bin;
  QuantileScratch& scratch = *group.scratch.quantiles;
  std::span const weights = std::span(scratch.weights).first(bin.entries);
  std::span const rejected = std::span(group.scratch.clip.rejected).first(bin.entries);
  std::fill(rejected.begin(), rejected.end(), LaneMask{0});
  for (std::size_t e = 0; e < bin.entries; ++e)
    weights[e] = static_cast<float>(static_cast<double>(bin.coefficient[e]) *
                                    static_cast<double>(bin.norm[e]));
  kernels.divide(bin, scratch.stride, scratch.quotients.data());
  each_lane(group.good, [&](std::size_t lane) {
    if (sums.pixels[lane] == 0) return;
    scratch.selector.select(
        std::span(scratch.quotients).subspan(lane * scratch.stride, bin.entries), weights,
        plan_.bins.setup.norms_are_positive, reduction.quantiles, bit_of(lane), rejected);
  });
  for (LaneMask& lanes_of_entry : rejected) lanes_of_entry = static_cast<LaneMask>(~lanes_of_entry);
  BinEntries rounded = bin;
  rounded.rounds_weights = true;
  sums = {};
  kernels.moments(rounded, rejected.data(), group.good, sums);
  if (reduction.error_model == core::ErrorModel::azimuthal) sums.variance = sums.azimuthal_variance;
}

}  // namespace xrdct::kernels
