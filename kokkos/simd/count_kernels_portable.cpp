// Loops over the counts of a tile for clipping, for every processor.
#include <algorithm>
#include <cmath>

#include "kokkos/simd/count_kernels.hpp"

namespace xrdct::kernels {
namespace {

// 65535 where it is larger or NaN.
std::uint16_t capped(float value) {
  return value < static_cast<float>(most_counts) ? static_cast<std::uint16_t>(value) : most_counts;
}

template <class T>
void add_run(EntryRuns const& entries, T const* values, BinRun const* run, CountSums const& to,
             RunExtremes& extremes) {
  extremes.smallest.fill(most_counts);
  extremes.largest.fill(0);
  double *signal = to.sums + std::size_t{run->bin} * 2 * lanes, *variance = signal + lanes,
         *squares = to.squares + std::size_t{run->bin} * lanes;
  double* placed = to.places == nullptr ? nullptr : to.placed + std::size_t{run->bin} * lanes;
  for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e)
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      float const value = values[entries.pixel[e] * lanes + lane];
      std::uint16_t const counts = capped(value);
      extremes.smallest[lane] = std::min(extremes.smallest[lane], counts);
      extremes.largest[lane] = std::max(extremes.largest[lane], counts);
      if (value != value) continue;
      double const s = value;
      signal[lane] += s;
      if (to.with_variance) variance[lane] += std::max(s, 1.0);
      squares[lane] += s * s;
      if (placed != nullptr) placed[lane] += to.places[e] * s;
    }
}

void add(EntryRuns const& entries, TilePixels const& pixels, CountSums const& sums) {
  for (std::size_t run = 0; run < entries.runs.size(); ++run)
    with_values(pixels, [&](auto const* values) {
      add_run(entries, values, entries.runs.data() + run, sums, sums.extremes[sums.place[run]]);
    });
}

std::size_t find(RunExtremes const* extremes, std::size_t number,
                 PerLane<std::uint16_t> const& lower, PerLane<std::uint16_t> const& upper,
                 EntryLanes* found) {
  std::size_t runs = 0;
  for (std::size_t run = 0; run < number; ++run) {
    unsigned outside = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane)
      outside |= static_cast<unsigned>(extremes[run].smallest[lane] < lower[lane] ||
                                       extremes[run].largest[lane] > upper[lane])
                 << lane;
    if (outside != 0)
      found[runs++] = {static_cast<std::uint32_t>(run), static_cast<LaneMask>(outside)};
  }
  return runs;
}

template <class T>
std::size_t find_outside_of(RunEntries const& run, T const* values,
                            PerLane<std::uint16_t> const& lower,
                            PerLane<std::uint16_t> const& upper, LaneMask of, RunExtremes& others,
                            EntryLanes* found) {
  others.smallest.fill(most_counts);
  others.largest.fill(0);
  std::size_t entries = 0;
  for (std::size_t e = 0; e < run.pixel.size(); ++e) {
    unsigned outside = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (run.excluded != nullptr && (run.excluded[e] >> lane & 1) != 0) continue;
      std::uint16_t const counts = capped(values[run.pixel[e] * lanes + lane]);
      if (counts < lower[lane] || counts > upper[lane] ||
          (sizeof(T) == 1 && counts == bright_placeholder)) {
        outside |= 1u << lane;
      } else {
        others.smallest[lane] = std::min(others.smallest[lane], counts);
        others.largest[lane] = std::max(others.largest[lane], counts);
      }
    }
    if ((outside & of) != 0)
      found[entries++] = {static_cast<std::uint32_t>(e), static_cast<LaneMask>(outside & of)};
  }
  return entries;
}

std::size_t find_outside(RunEntries const& run, TilePixels const& pixels,
                         PerLane<std::uint16_t> const& lower, PerLane<std::uint16_t> const& upper,
                         LaneMask of, RunExtremes& others, EntryLanes* found) {
  return with_values(pixels, [&](auto const* values) {
    return find_outside_of(run, values, lower, upper, of, others, found);
  });
}

template <class T>
void add_variance_of_run(EntryRuns const& entries, T const* values, float const* norm,
                         BinRun const* run, LaneMask const* excluded, MeanAndVariance const& to) {
  double *mean = to.sums + std::size_t{run->bin} * 2 * lanes, *sum = mean + lanes;
  double* normalization = to.normalization + std::size_t{run->bin} * lanes;
  for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
    double const weight = norm[entries.pixel[e]];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (excluded != nullptr && (excluded[e - run->first_entry] >> lane & 1) != 0) continue;
      double const before = normalization[lane],
                   apart = std::fma(-weight, mean[lane],
                                    static_cast<double>(values[entries.pixel[e] * lanes + lane]));
      normalization[lane] = before + weight;
      double const step = apart * (1.0 / normalization[lane]);
      sum[lane] = std::fma(step * before, apart, sum[lane]);
      mean[lane] += step;
    }
  }
}

void add_azimuthal_variance(EntryRuns const& entries, TilePixels const& pixels, float const* norm,
                            ExcludedLanes const& excluded, MeanAndVariance const& sums) {
  for (std::size_t run = 0; run < entries.runs.size(); ++run) {
    std::uint32_t const first = excluded.first[run];
    LaneMask const* const of_run = first == 0 ? nullptr : excluded.lanes + first;
    with_values(pixels, [&](auto const* values) {
      add_variance_of_run(entries, values, norm, entries.runs.data() + run, of_run, sums);
    });
  }
}

}  // namespace

CountKernels portable_count_kernels() { return {add, find, find_outside, add_azimuthal_variance}; }

}  // namespace xrdct::kernels
