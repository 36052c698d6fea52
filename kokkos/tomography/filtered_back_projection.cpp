// Filters projections and projects them back.
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "kokkos/space/host_work.hpp"

#include <algorithm>
#include <cmath>

namespace xrdct::kernels {
namespace {

constexpr std::size_t spare_taps = 8;  // the loops look so far beyond the last distance

constexpr double negligible = 0x1p-24;  // of the tap in the middle

/// The least distance beyond which taps together have no more than a share of that of 0.
template <class Tap>
std::size_t reach_of(std::size_t distances, Tap const& tap, double share) {
  double const least = share * std::abs(tap(0));
  double beyond = 0.0;
  std::size_t reach = distances - 1;
  for (; reach > 1; --reach) {
    auto const k = static_cast<std::int64_t>(reach);
    beyond += std::abs(tap(k)) + std::abs(tap(-k));
    if (beyond > least) break;
  }
  return reach;
}

/// Numbers of a filter, and some 0 on both sides.
template <class Tap>
Taps taps_of(std::size_t distances, std::size_t reach, bool odd_only, Tap const& tap) {
  Taps taps{{}, distances + spare_taps, reach, odd_only};
  taps.tap.assign(2 * taps.middle + 1, 0.0F);
  auto const last = static_cast<std::int64_t>(reach);
  for (std::int64_t distance = -last; distance <= last; ++distance)
    taps.tap[static_cast<std::size_t>(static_cast<std::int64_t>(taps.middle) + distance)] =
        static_cast<float>(tap(distance));
  return taps;
}

}  // namespace

FilterTaps filter_taps(std::size_t line, double step, core::FilterWindow window) {
  auto const ramp = core::ramp_filter(line, step, window);
  auto const tap = [&](std::int64_t distance) {
    auto const k = static_cast<std::size_t>(std::abs(distance));
    return k < ramp.size() ? ramp[k] : 0.0;
  };
  auto const own = [&](std::int64_t k) { return tap(k) * tap(k); };
  auto const next = [&](std::int64_t k) { return tap(k) * tap(k + 1); };
  bool const odd_only = window == core::FilterWindow::none;
  return {.ramp = taps_of(line, line - 1, odd_only, tap),
          .own = taps_of(line, reach_of(line, own, negligible), odd_only, own),
          // without a window one of two neighbours is 0, but where one of them is the middle
          .next = taps_of(line, reach_of(line, next, negligible), false, next)};
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
  share_on_host("xrdct::slices filter", geometry.projections(), [&](std::size_t p) {
    auto const weight = static_cast<float>(std::pow(weights_[p], power_of_weight));
    std::vector<float> weighted(taps.tap);
    for (auto& tap : weighted) tap *= weight;
    loops.convolve({.in = sinogram.data() + p * samples * bins,
                    .samples = samples,
                    .out = padded.data() + p * line * bins,
                    .before = projector_.before(),
                    .total = line,
                    .taps = weighted.data() + taps.middle,
                    .odd_taps_only = taps.odd_only,
                    .reach = taps.reach});
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
