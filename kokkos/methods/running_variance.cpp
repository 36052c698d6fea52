// The azimuthal error model of plain sums, by N, S and V of the entries so far.
#include "kokkos/methods/running_variance.hpp"

#include <algorithm>

namespace xrdct::kernels {

RunningVariance::Plan::Plan(MethodSetup const& setup_, core::Reduction const& reduction)
    : setup(setup_),
      matrix(reduction.matrix, setup.plan.corrections.mask, setup.tile_pixels, TileOrder::by_bin),
      bins(reduction.matrix.bins) {}

RunningVariance::RunningVariance(Plan const& plan)
    : plan_(plan),
      sums_(plan.bins),
      shared_norms_(plan.bins),
      norms_differ_(plan.bins),
      norms_of_lane_(std::make_unique_for_overwrite<double[]>(plan.bins * lanes)) {}

void RunningVariance::add_tile(std::size_t tile, TilePixels const& pixels) {
  MethodSetup const& setup = plan_.setup;
  float const* const norms = setup.plan.corrections.normalization.data() + tile * setup.tile_pixels;
  setup.kernels.run.spread(plan_.matrix.tile(tile).singles, pixels, norms,
                           {shared_norms_.data(), norms_of_lane_.get(), norms_differ_.data()},
                           sums_.data());
}

void RunningVariance::finish(Group const&, core::PatternSums&, std::span<core::PixelTally>) {
  std::fill(shared_norms_.begin(), shared_norms_.end(), 0.0);
  std::fill(norms_differ_.begin(), norms_differ_.end(), std::uint8_t{0});
}

std::size_t RunningVariance::memory_bytes() const noexcept {
  return sums_.memory_bytes() + shared_norms_.capacity() * (lanes + 1) * sizeof(double) +
         norms_differ_.capacity();
}

}  // namespace xrdct::kernels
