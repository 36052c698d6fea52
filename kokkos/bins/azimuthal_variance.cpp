// The azimuthal variance of kept counts, pixel by pixel.
#include "kokkos/bins/azimuthal_variance.hpp"

#include <algorithm>
#include <array>

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {

void AzimuthalVariance::form(double* sums, double* normalization) const {
  TileMatrix const& matrix = bins_.matrix;
  std::span<std::uint32_t const> bright = group_.bright_runs;
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile) {
    std::span const of_tile = bright.first(static_cast<std::size_t>(
        std::lower_bound(bright.begin(), bright.end(), matrix.first_run(tile + 1)) -
        bright.begin()));
    if (!matrix.tile(tile).singles.runs.empty()) add_tile(tile, of_tile, {sums, normalization});
    bright = bright.subspan(of_tile.size());
  }
}

// Runs that keep a bright count are taken out of those that are done together.
void AzimuthalVariance::add_tile(std::size_t tile, std::span<std::uint32_t const> bright,
                                 MeanAndVariance const& to) const {
  TileMatrix const& matrix = bins_.matrix;
  EntryRuns const entries = matrix.tile(tile).singles;
  TilePixels const pixels = image_.pixels(tile);
  float const* const norms = bins_.norms_of(tile);
  std::uint32_t const begin = matrix.first_run(tile), end = matrix.first_run(tile + 1);
  auto const add_between = [&](std::uint32_t first, std::uint32_t last) {
    EntryRuns const some{entries.runs.subspan(first - begin, last - first), entries.pixel,
                         entries.coefficient};
    bins_.prepared.kernels.add_azimuthal_variance(some, pixels, norms, group_.excluded.from(first),
                                                  to);
  };
  std::uint32_t done = begin;
  for (std::uint32_t const run : bright) {
    if (run < done || !group_.keeps_bright(bins_.prepared.place[run])) continue;
    add_between(done, run);
    add_bright(run, entries.runs[run - begin], pixels, norms, to);
    done = run + 1;
  }
  add_between(done, end);
}

// One run, with all its counts as floats. \param first and where the run ends
void AzimuthalVariance::add_bright(std::uint32_t run, BinRun const& first, TilePixels const& pixels,
                                   float const* norms, MeanAndVariance const& to) const {
  constexpr std::size_t most = 64;
  std::array<float, most * lanes> values;
  std::array<float, most> norm;
  std::array<std::uint16_t, most> place;
  std::uint16_t const* const pixel = bins_.matrix.pixels() + first.first_entry;
  std::size_t const entries = (&first)[1].first_entry - first.first_entry;
  ExcludedLanes const excluded = group_.excluded.from(run);
  for (std::size_t e = 0; e < entries; e += most) {
    std::size_t const number = std::min(most, entries - e);
    with_counts(pixels, [&](auto count) {
      for (std::size_t k = 0; k < number; ++k) {
        for (std::size_t lane = 0; lane < lanes; ++lane)
          values[k * lanes + lane] = static_cast<float>(count(pixel[e + k], lane));
        norm[k] = norms[pixel[e + k]];
        place[k] = static_cast<std::uint16_t>(k);
      }
    });
    BinRun const part[] = {{first.bin, 0}, {0, static_cast<std::uint32_t>(number)}};
    std::uint32_t const first_excluded =
        *excluded.first == 0 ? 0 : *excluded.first + static_cast<std::uint32_t>(e);
    bins_.prepared.kernels.add_azimuthal_variance({std::span(part, 1), place.data(), nullptr},
                                                  {values.data(), Storage::f32, false}, norm.data(),
                                                  {&first_excluded, excluded.lanes}, to);
  }
}

PerLane<double> AzimuthalVariance::of_bin(std::size_t bin) const {
  std::array<double, 2 * lanes> sums{};
  PerLane<double> normalization{};
  constexpr std::size_t far = 16, near = 8;
  TileMatrix const& matrix = bins_.matrix;
  auto const of_bin = bins_.runs.of(bin);
  for (std::size_t k = 0; k < of_bin.size(); ++k) {
    BinRuns::Place const& run = of_bin[k];
    if (k + far < of_bin.size()) __builtin_prefetch(bins_.pixels_of(of_bin[k + far]));
    if (k + near < of_bin.size()) bins_.fetch(of_bin[k + near], image_, true);
    BinRun const alone[] = {{0, run.first_entry}, {0, run.first_entry + run.entries}};
    TilePixels const pixels = image_.pixels(run.tile);
    float const* const norms = bins_.norms_of(run.tile);
    MeanAndVariance const to{sums.data(), normalization.data()};
    if (!pixels.bright.empty() && group_.keeps_bright(bins_.runs.first_place(bin) + k))
      add_bright(run.run, alone[0], pixels, norms, to);
    else
      bins_.prepared.kernels.add_azimuthal_variance(
          {std::span(alone, 1), matrix.pixels(), matrix.coefficients()}, pixels, norms,
          group_.excluded.from(run.run), to);
  }
  PerLane<double> variance;
  std::copy_n(sums.begin() + lanes, lanes, variance.begin());
  return variance;
}

double AzimuthalVariance::of_window(std::span<BinRuns::Place const> runs, std::size_t lane,
                                    VarianceBounds::Part const& part) const {
  double signal = part.signal, normalization = part.normalization, variance = 0.0;
  for (BinRuns::Place const& run : runs) __builtin_prefetch(bins_.pixels_of(run));
  for (BinRuns::Place const& run : runs) bins_.fetch(run, image_, true);
  for (BinRuns::Place const& run : runs) {
    LaneMask const* const excluded = group_.excluded.of(run.run);
    std::uint16_t const* const pixels = bins_.pixels_of(run);
    float const* const norms = bins_.norms_of(run.tile);
    with_counts(image_.pixels(run.tile), [&](auto count) {
      for (std::uint32_t e = 0; e < run.entries; ++e) {
        if (excluded != nullptr && (excluded[e] >> lane & 1) != 0) continue;
        double const s = count(pixels[e], lane), norm = norms[pixels[e]],
                     after = normalization + norm;
        double const apart = s * normalization - norm * signal;
        if (normalization > 0.0) variance += apart * apart / (normalization * after);
        normalization = after;
        signal += s;
      }
    });
  }
  return variance;
}

}  // namespace xrdct::kernels
