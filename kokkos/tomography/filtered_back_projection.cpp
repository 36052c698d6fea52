// Filters projections and projects them back.
#include "kokkos/tomography/filtered_back_projection.hpp"

#include <algorithm>
#include <cmath>

namespace xrdct::kernels {
namespace {

constexpr std::size_t spare_taps = 8;  // the loops look so far beyond the last distance

/// Numbers of a filter for all distances of two samples, and some 0 on both sides.
template <class Tap>
std::vector<float> taps_of(std::size_t distances, Tap const& tap) {
  auto const middle = static_cast<std::int64_t>(distances + spare_taps);
  std::vector<float> taps(2 * static_cast<std::size_t>(middle) + 1, 0.0F);
  auto const reach = static_cast<std::int64_t>(distances) - 1;
  for (std::int64_t distance = -reach; distance <= reach; ++distance)
    taps[static_cast<std::size_t>(middle + distance)] = static_cast<float>(tap(distance));
  return taps;
}

}  // namespace

FilterTaps filter_taps(std::size_t line, double step, core::FilterWindow window) {
  auto const ramp = core::ramp_filter(line, step, window);
  auto const tap = [&](std::int64_t distance) {
    auto const k = static_cast<std::size_t>(std::abs(distance));
    return k < ramp.size() ? ramp[k] : 0.0;
  };
  return {.ramp = taps_of(line, tap),
          .own = taps_of(line, [&](auto distance) { return tap(distance) * tap(distance); }),
          .next = taps_of(line, [&](auto distance) { return tap(distance) * tap(distance + 1); }),
          .middle = line + spare_taps,
          .odd_only = window == core::FilterWindow::none};
}

FilteredBackProjection::FilteredBackProjection(core::SliceGeometry const& geometry,
                                               std::span<double const> weights,
                                               core::FilterWindow window)
    : projector_(geometry, Footprint::linear),
      weights_(weights.begin(), weights.end()),
      taps_(filter_taps(projector_.line(), geometry.step, window)) {}

void FilteredBackProjection::convolve(std::span<float const> sinogram, std::size_t bins,
                                      Taps const& taps, double power_of_weight,
                                      LargeFloats& padded) const {
  auto const& geometry = projector_.geometry();
  std::size_t const samples = geometry.translations, line = projector_.line();
  auto const loops = slice_kernels(codec::simd(), bins / bins_of_vector);
  padded.clear();  // where it grows, nothing is to be copied
  padded.resize(projector_.padded_samples() * bins);
  bool const of_next = &taps == &taps_.next;
  share_out("filter", geometry.projections(), [&](std::size_t p) {
    auto const weight = static_cast<float>(std::pow(weights_[p], power_of_weight));
    std::vector<float> weighted(taps);
    for (auto& tap : weighted) tap *= weight;
    loops.convolve({.in = sinogram.data() + p * samples * bins,
                    .samples = samples,
                    .out = padded.data() + p * line * bins,
                    .before = projector_.before(),
                    .total = line,
                    .taps = weighted.data() + taps_.middle,
                    .odd_taps_only = taps_.odd_only && !of_next,
                    // one of two neighbouring taps is 0, but where one of them is the middle
                    .reach = taps_.odd_only && of_next ? 1 : line});
  });
}

void FilteredBackProjection::reconstruct(std::span<float const> sinogram, std::size_t bins,
                                         LargeFloats& scratch, std::span<float> slice) {
  convolve(sinogram, bins, taps_.ramp, 1.0, scratch);
  projector_.back(scratch, bins, slice);
  leave_circle(projector_.geometry(), bins, slice);
}

void FilteredBackProjection::variance(std::span<float const> variance, std::size_t bins,
                                      LargeFloats& scratch, LargeFloats& more_scratch,
                                      std::span<float> slice) {
  convolve(variance, bins, taps_.own, 2.0, scratch);
  convolve(variance, bins, taps_.next, 2.0, more_scratch);
  projector_.variance(scratch, more_scratch, bins, slice);
  leave_circle(projector_.geometry(), bins, slice);
}

}  // namespace xrdct::kernels
