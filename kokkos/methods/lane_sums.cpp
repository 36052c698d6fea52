// S and V of a group of frames: adding tiles to them, and handing them out.
#include "kokkos/methods/lane_sums.hpp"

#include <algorithm>

#include "kokkos/simd/lane_mask.hpp"
#include "kokkos/tile/bright_counts.hpp"

namespace xrdct::kernels {

void LaneSums::write(std::size_t first, std::size_t last, Group const& group, bool with_variance,
                     core::PatternSums& out) {
  each_lane(group.good, [&](std::size_t lane) {
    double* const signal = out.signal.data() + group.frames[lane] * out.bins;
    double* const variance = out.variance.data() + group.frames[lane] * out.bins;
    double const* const of_lane = values_.data() + lane;
    for (std::size_t bin = first; bin < last; ++bin) signal[bin] = of_lane[bin * 2 * lanes];
    if (!with_variance) std::fill(variance + first, variance + last, 0.0);
    for (std::size_t bin = first; bin < last && with_variance; ++bin)
      variance[bin] = of_lane[(bin * 2 + 1) * lanes];
  });
  std::fill_n(values_.data() + first * 2 * lanes, (last - first) * 2 * lanes, 0.0);
}

void write_zeros(std::size_t first, std::size_t last, Group const& group, core::PatternSums& out) {
  each_lane(group.good, [&](std::size_t lane) {
    std::size_t const begin = group.frames[lane] * out.bins;
    std::fill(out.signal.data() + begin + first, out.signal.data() + begin + last, 0.0);
    std::fill(out.variance.data() + begin + first, out.variance.data() + begin + last, 0.0);
  });
}

TileAdder::TileAdder(MethodSetup const& setup, core::Reduction const& reduction)
    : bins(reduction.matrix),
      multiply(setup.kernels.lane.multiply),
      tile_pixels(setup.tile_pixels),
      with_variance(core::counts_vary(reduction.error_model)) {}

void TileAdder::add(TileMatrix const& matrix, std::size_t tile, TilePixels const& pixels,
                    LaneSums& sums) const {
  TileEntries const entries = matrix.tile(tile);
  multiply(entries, pixels, with_variance, sums.data());
  add_bright(bins, entries.singles, pixels, tile * tile_pixels, with_variance, sums.data());
}

}  // namespace xrdct::kernels
