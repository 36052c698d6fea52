// Goes through the bins of a group of frames after all tiles are there.
#include "kokkos/methods/whole_bins.hpp"

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

bool has_split_pixel(core::BinMatrix const& matrix) {
  for (std::size_t p = 0; p < matrix.pixels(); ++p)
    if (matrix.entry_begin[p + 1] - matrix.entry_begin[p] > 1) return true;
  return false;
}

}  // namespace

WholeBinsPlan::WholeBinsPlan(MethodSetup const& setup_, core::Reduction const& reduction_)
    : setup(setup_),
      reduction(reduction_),
      matrix(reduction.matrix, setup.plan.corrections.mask, setup.tile_pixels, TileOrder::by_bin),
      runs(matrix, reduction.matrix.bins),
      splits_pixels(has_split_pixel(reduction.matrix)) {}

BinEntries const& gather_bin(WholeBinsPlan const& plan, Group const& group,
                             std::span<BinRuns::Place const> runs) {
  return group.scratch.gatherer.gather(plan.reduction, plan.matrix, runs, *group.image,
                                       plan.setup.kernels.bin);
}

BinMoments load_bin(core::PatternSums const& from, std::size_t bin, Group const& group) {
  BinMoments sums;
  each_lane(group.good, [&](std::size_t lane) {
    std::size_t const k = group.frames[lane] * from.bins + bin;
    core::each_field([&](auto& here, auto const& there) { here[lane] = there[k]; }, sums, from);
    sums.pixels[lane] = from.pixels[k];
  });
  return sums;
}

void store_bin(BinMoments const& sums, std::size_t bin, Group const& group, core::PatternSums& to) {
  each_lane(group.good, [&](std::size_t lane) {
    std::size_t const k = group.frames[lane] * to.bins + bin;
    core::each_field([&](auto const& here, auto& there) { there[k] = here[lane]; }, sums, to);
    to.pixels[k] = sums.pixels[lane];
  });
}

void reject_pixels(PerLane<std::int64_t> const& rejected, Group const& group,
                   std::span<core::PixelTally> tally) {
  each_lane(group.good, [&](std::size_t lane) {
    tally[group.frames[lane]].used -= rejected[lane];
    tally[group.frames[lane]].rejected += rejected[lane];
  });
}

}  // namespace xrdct::kernels
