// The largest pixel of each bin, found tile by tile.
#include "kokkos/methods/largest_pixels.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "kokkos/simd/lane_mask.hpp"
#include "kokkos/tile/bright_counts.hpp"
#include "kokkos/tile/static_sums.hpp"

namespace xrdct::kernels {
namespace {

constexpr float no_limit = -std::numeric_limits<float>::infinity();
constexpr double margin = 1e-6;  // relative error of a limit in float32, generously
constexpr std::uint32_t no_pixel = ~std::uint32_t{0};

std::size_t most_runs_of(TileMatrix const& matrix) {
  std::size_t most = 0;
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile)
    most = std::max(most, matrix.tile(tile).singles.runs.size());
  return most;
}

std::vector<float> smallest_norms_of(core::ReductionPlan const& plan,
                                     core::BinMatrix const& matrix) {
  std::vector<float> smallest(matrix.bins, std::numeric_limits<float>::infinity());
  for (std::size_t p = 0; p < matrix.pixels(); ++p) {
    if (plan.corrections.mask[p] != 0) continue;
    float const norm =
        plan.corrections.normalization[p] > 0.0f ? plan.corrections.normalization[p] : no_limit;
    for (std::uint32_t e = matrix.entry_begin[p]; e < matrix.entry_begin[p + 1]; ++e)
      smallest[matrix.bin[e]] = std::min(smallest[matrix.bin[e]], norm);
  }
  return smallest;
}

}  // namespace

LargestPixels::Plan::Plan(MethodSetup const& setup_, core::Reduction const& reduction_)
    : setup(setup_),
      reduction(reduction_),
      matrix(reduction.matrix, setup.plan.corrections.mask, setup.tile_pixels, TileOrder::by_bin),
      most_runs(most_runs_of(matrix)),
      smallest_norms(smallest_norms_of(setup.plan, reduction.matrix)) {}

LargestPixels::LargestPixels(Plan const& plan)
    : plan_(plan),
      corrections_(plan.setup.plan.corrections),
      limits_(plan.smallest_norms.size() * lanes, no_limit),
      raw_(limits_.size()),
      norms_(limits_.size(), 1.0f),
      pixel_(limits_.size(), no_pixel),
      found_(plan.most_runs + 1) {}

std::size_t LargestPixels::memory_bytes() const noexcept {
  return (limits_.capacity() + raw_.capacity() + norms_.capacity()) * sizeof(float) +
         pixel_.capacity() * sizeof(std::uint32_t) + found_.capacity() * sizeof(RunLanes);
}

void LargestPixels::add_tile(std::size_t tile, TilePixels const& pixels) {
  EntryRuns const entries = plan_.matrix.tile(tile).singles;
  std::size_t const first_pixel = tile * plan_.setup.tile_pixels;
  std::size_t const number =
      plan_.setup.kernels.run.find_above(entries, pixels, limits_.data(), found_.data());
  for (std::size_t k = 0; k < number; ++k) enter(entries, pixels, first_pixel, found_[k]);
  // Found or not: their placeholders may not have been above the limit.
  for (BrightCount const& bright : pixels.bright)
    each_run_of(plan_.reduction.matrix, entries.runs, first_pixel + bright.place / lanes,
                [&](std::size_t run) {
                  enter(entries, pixels, first_pixel,
                        {static_cast<std::uint32_t>(run),
                         static_cast<LaneMask>(1u << bright.place % lanes)});
                });
}

void LargestPixels::enter(EntryRuns const& entries, TilePixels const& pixels,
                          std::size_t first_pixel, RunLanes const& found) {
  BinRun const* const run = entries.runs.data() + found.run;
  for (unsigned bits = found.lanes; bits != 0; bits &= bits - 1) {
    auto const lane = static_cast<std::size_t>(std::countr_zero(bits));
    std::size_t const k = run->bin * lanes + lane;
    double signal_of_largest = pixel_[k] == no_pixel ? -std::numeric_limits<double>::infinity()
                                                     : signal_of(raw_[k], pixel_[k]);
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
      std::size_t const pixel = first_pixel + entries.pixel[e];
      float const raw = raw_of(pixels, entries.pixel[e], lane), signal = signal_of(raw, pixel),
                  norm = corrections_.normalization[pixel];
      if (!(signal > limits_[k]) ||
          !is_larger(signal, norm, signal_of_largest, norms_[k], run->bin))
        continue;
      signal_of_largest = signal;
      raw_[k] = raw;
      norms_[k] = norm;
      pixel_[k] = static_cast<std::uint32_t>(pixel);
      limits_[k] = limit_above(static_cast<double>(signal) / static_cast<double>(norm), run->bin);
    }
  }
}

float LargestPixels::signal_of(float raw, std::size_t pixel) const noexcept {
  return corrections_.dark.empty() ? raw : raw - corrections_.dark[pixel];
}

// Of float32, products are exact in double, and quotients that differ do so by more than double
// rounds: no division, the same answer.
bool LargestPixels::is_larger(double signal, double norm, double than_signal, double than_norm,
                              std::size_t bin) const noexcept {
  if (plan_.smallest_norms[bin] == no_limit) return signal / norm > than_signal / than_norm;
  return signal * than_norm > than_signal * norm;
}

float LargestPixels::limit_above(double value, std::size_t bin) const noexcept {
  if (value < 0.0 || plan_.smallest_norms[bin] == no_limit) return no_limit;
  auto const limit =
      static_cast<float>(value * static_cast<double>(plan_.smallest_norms[bin]) * (1.0 - margin));
  return limit < std::numeric_limits<float>::min()
             ? 0.0f
             : limit;  // below it, float32 has a larger relative error
}

double LargestPixels::variance_of(float raw, std::size_t pixel) const noexcept {
  double const of_dark = corrections_.dark_variance.empty()
                             ? 0.0
                             : static_cast<double>(corrections_.dark_variance[pixel]);
  switch (plan_.reduction.error_model) {
    case core::ErrorModel::none:
    case core::ErrorModel::azimuthal:
      return 0.0;
    case core::ErrorModel::variance:
      return static_cast<double>(corrections_.variance[pixel]) + of_dark;
    case core::ErrorModel::poisson:
    case core::ErrorModel::hybrid:
      return of_dark + static_cast<double>(std::max(raw, 1.0f));
  }
  return 0.0;
}

void LargestPixels::finish(Group const& group, core::PatternSums& sums,
                           std::span<core::PixelTally>) {
  for (std::size_t first = 0; first < sums.bins; first += block_bins) {
    std::size_t const last = std::min(first + block_bins, sums.bins);
    each_lane(group.good, [&](std::size_t lane) {
      for (std::size_t bin = first; bin < last; ++bin) {
        std::uint32_t const pixel = pixel_[bin * lanes + lane];
        if (pixel == no_pixel) continue;
        float const raw = raw_[bin * lanes + lane];
        double const norm = norms_[bin * lanes + lane];
        std::size_t const k = group.frames[lane] * sums.bins + bin;
        sums.signal[k] = static_cast<double>(signal_of(raw, pixel));
        sums.variance[k] = variance_of(raw, pixel);
        sums.normalization[k] = norm;
        sums.normalization2[k] = norm * norm;
      }
    });
    std::fill(limits_.begin() + static_cast<std::ptrdiff_t>(first * lanes),
              limits_.begin() + static_cast<std::ptrdiff_t>(last * lanes), no_limit);
    std::fill(pixel_.begin() + static_cast<std::ptrdiff_t>(first * lanes),
              pixel_.begin() + static_cast<std::ptrdiff_t>(last * lanes), no_pixel);
    std::fill(norms_.begin() + static_cast<std::ptrdiff_t>(first * lanes),
              norms_.begin() + static_cast<std::ptrdiff_t>(last * lanes), 1.0f);
  }
}

}  // namespace xrdct::kernels
