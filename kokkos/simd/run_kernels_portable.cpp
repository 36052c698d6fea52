// Largest pixels and running variances of a tile, for every processor.
#include <algorithm>

#include "kokkos/simd/run_kernels.hpp"
#include "kokkos/tile/bright_counts.hpp"

namespace xrdct::kernels {

float raw_of(TilePixels const& pixels, std::size_t pixel, std::size_t lane) noexcept {
  std::size_t const k = pixel * lanes + lane;
  switch (pixels.storage) {
    case Storage::u8:
      if (auto const value = static_cast<std::uint8_t const*>(pixels.values)[k];
          value != bright_placeholder || pixels.bright.empty())
        return value;
      return count_at_placeholder(pixels.bright, k);
    case Storage::u16:
      return static_cast<std::uint16_t const*>(pixels.values)[k];
    case Storage::f32:
      break;
  }
  return static_cast<float const*>(pixels.values)[k];
}

namespace {

float signal_of(TilePixels const& pixels, std::size_t pixel, std::size_t lane) {
  float const raw = raw_of(pixels, pixel, lane);
  return pixels.dark == nullptr ? raw : raw - pixels.dark[pixel];
}

std::size_t find_above(EntryRuns const& entries, TilePixels const& pixels, float const* limits,
                       RunLanes* found) {
  std::size_t number = 0;
  for (std::size_t r = 0; r < entries.runs.size(); ++r) {
    BinRun const* const run = entries.runs.data() + r;
    LaneMask above = 0;
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e)
      for (std::size_t lane = 0; lane < lanes; ++lane)
        if (signal_of(pixels, entries.pixel[e], lane) > limits[run->bin * lanes + lane])
          above = static_cast<LaneMask>(above | 1u << lane);
    if (above != 0) found[number++] = {static_cast<std::uint32_t>(r), above};
  }
  return number;
}

void add_running_variance(EntryRuns const& entries, TilePixels const& pixels, float const* norm,
                          NormsSoFar const& norms, double* sums) {
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size();
       ++run) {
    double* const of_lane = norms.of_lane + run->bin * lanes;
    if (norms.differs[run->bin] == 0) std::fill_n(of_lane, lanes, norms.shared[run->bin]);
    norms.differs[run->bin] = 1;
    double *const s = sums + run->bin * 2 * lanes, *const v = s + lanes;
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
      std::size_t const pixel = entries.pixel[e];
      double const c = entries.coefficient[e], weight = c * static_cast<double>(norm[pixel]);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        float const signal = signal_of(pixels, pixel, lane);
        if (signal != signal) continue;
        double const part = c * static_cast<double>(signal), before = of_lane[lane],
                     after = before + weight;
        double const apart = part * before - weight * s[lane];
        if (before != 0.0) v[lane] += apart * apart * (1.0 / (before * after));
        s[lane] += part;
        of_lane[lane] = after;
      }
    }
  }
}

}  // namespace

RunKernels portable_run_kernels() { return {find_above, add_running_variance}; }

}  // namespace xrdct::kernels
