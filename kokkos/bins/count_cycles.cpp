// The cycles of clipping counts: find what lies outside of the limits, and reject it.
#include "kokkos/bins/count_cycles.hpp"

#include <algorithm>
#include <cmath>

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

constexpr double most_lost = 30.0;      // what may be taken off a sum, relative to the rest
constexpr double limits_margin = 1e-6;  // relative; wider than `undecided_width`

}  // namespace

CountCycles::CountCycles(CountedBins const& bins, CountedGroup& group, ClipRule const& rule,
                         TurnedImage const& image, CycleScratch& scratch, ClippedBin& clipped)
    : bins_(bins),
      group_(group),
      rule_(rule),
      image_(image),
      scratch_(scratch),
      clipped_(clipped),
      runs_(bins.runs.of(clipped.bin)),
      sums_(clipped.sums),
      squares_(group.squares.data() + clipped.bin * lanes),
      changed_before_(group.excluded.changed_runs()) {
  std::copy_n(squares_, lanes, squares_of_all_.begin());
}

void CountCycles::run() {
  LaneMask undecided = 0, left = clipped_.lanes_used;
  each_lane(clipped_.lanes_used, [&](std::size_t lane) {
    left = sums_.pixels[lane] > 0 ? left : static_cast<LaneMask>(left & ~bit_of(lane));
  });
  for (int cycle = 0; cycle < rule_.settings.cycles && left != 0; ++cycle) {
    Cycle const result = reject_once(left);
    undecided |= result.undecided;
    each_lane(static_cast<LaneMask>(result.changed & ~undecided), [&](std::size_t lane) {
      undecided |= is_accurate(lane) ? LaneMask{0} : bit_of(lane);
    });
    left = static_cast<LaneMask>(result.changed & ~undecided);
  }
  each_lane(undecided, [&](std::size_t lane) { forget(lane); });
  clipped_.undecided = undecided;
}

bool CountCycles::is_accurate(std::size_t lane) const {
  return sums_.pixels[lane] > 0 &&
         removed_[lane].normalization2 <= most_lost * sums_.normalization2[lane] &&
         removed_[lane].count <= most_lost * sums_.count[lane];
}

void CountCycles::forget(std::size_t lane) {
  core::each_field([lane](auto& to, auto const& from) { to[lane] = from[lane]; }, sums_,
                   clipped_.before);
  sums_.pixels[lane] = clipped_.before.pixels[lane];
  group_.excluded.restore(lane, changed_before_);
}

CountCycles::Limits CountCycles::limits(std::size_t lane) const {
  double least = sums_.variance[lane], most = least;
  double const mean = sums_.signal[lane] / sums_.normalization[lane];
  if (rule_.azimuthal_decides) {
    CountPlan const& prepared = bins_.prepared;
    std::size_t const bin = clipped_.bin;
    double const of_mean = mean * mean * sums_.normalization2[lane];
    double const slack = squares_rounding * (squares_of_all_[lane] + of_mean),
                 rest = squares_[lane] - of_mean;
    double const skew = mean * prepared.norm_deviation[bin],
                 heavier = double{prepared.most_norm[bin]} / double{prepared.least_norm[bin]};
    double const low = std::max(0.0, std::sqrt(std::max(0.0, skew * skew + rest - slack)) - skew);
    double const high = std::sqrt(std::max(0.0, skew * skew + rest + slack)) + skew;
    least = low * low / heavier * (1.0 - squares_rounding);
    most = high * high * heavier * (1.0 + squares_rounding);
  }
  double const cut = rule_.cut(sums_.count[lane]);
  return {mean, cut * std::sqrt(least / sums_.normalization2[lane]),
          cut * std::sqrt(most / sums_.normalization2[lane])};
}

// One cycle of some lanes: looks at the runs that have a count near or beyond the limits.
CountCycles::Cycle CountCycles::reject_once(LaneMask mask) {
  Cycle cycle = begin(mask);
  if (rule_.azimuthal_decides) decide(mask, cycle);
  for (std::size_t k = 0; k < cycle.runs; ++k)
    visit(k, static_cast<LaneMask>(scratch_.found[k].lanes & mask & ~cycle.undecided), cycle);
  return cycle;
}

CountCycles::Cycle CountCycles::begin(LaneMask mask) {
  CountPlan const& prepared = bins_.prepared;
  Cycle cycle;
  cycle.upper.fill(most_counts);
  each_lane(mask, [&](std::size_t lane) {
    Limits const& of_lane = cycle.limits[lane] = limits(lane);
    double const low = (of_lane.mean - of_lane.least_cut) * (1.0 + limits_margin) *
                       static_cast<double>(prepared.most_norm[clipped_.bin]);
    double const high = (of_lane.mean + of_lane.least_cut) * (1.0 - limits_margin) *
                        static_cast<double>(prepared.least_norm[clipped_.bin]);
    cycle.lower[lane] =
        static_cast<std::uint16_t>(std::ceil(std::clamp(low, 0.0, double{most_counts})));
    cycle.upper[lane] = static_cast<std::uint16_t>(std::clamp(high, 0.0, most_counts - 1.0));
  });
  cycle.runs = prepared.kernels.find(group_.extremes.data() + bins_.runs.first_place(clipped_.bin),
                                     runs_.size(), cycle.lower, cycle.upper, scratch_.found.data());
  find_outside(mask, cycle);
  return cycle;
}

// Of the runs that were found: the entries with counts that have to be looked at one by one.
void CountCycles::find_outside(LaneMask mask, Cycle const& cycle) {
  constexpr std::size_t far = 16, near = 8;
  auto const& found = scratch_.found;
  auto const fetch_far = [&](std::size_t k) {
    BinRuns::Place const& run = runs_[found[k].entry];
    __builtin_prefetch(bins_.pixels_of(run));
    group_.excluded.fetch(run.run);
  };
  for (std::size_t k = 0; k < std::min(far, cycle.runs); ++k) fetch_far(k);
  for (std::size_t k = 0; k < std::min(near, cycle.runs); ++k)
    bins_.fetch(runs_[found[k].entry], image_, false);
  std::uint32_t entries = 0;
  for (std::size_t k = 0; k < cycle.runs; ++k) {
    if (k + far < cycle.runs) fetch_far(k + far);
    if (k + near < cycle.runs) bins_.fetch(runs_[found[k + near].entry], image_, false);
    BinRuns::Place const& run = runs_[found[k].entry];
    std::uint16_t const* const pixels = bins_.pixels_of(run);
    RunEntries const of_run{{pixels, run.entries}, group_.excluded.of(run.run)};
    entries += static_cast<std::uint32_t>(bins_.prepared.kernels.find_outside(
        of_run, image_.pixels(run.tile), cycle.lower, cycle.upper,
        static_cast<LaneMask>(found[k].lanes & mask), scratch_.others[k],
        scratch_.outside.data() + entries));
    scratch_.last_outside[k] = entries;
    for (auto const& [entry, outside] : outside_of(k))
      __builtin_prefetch(bins_.norms_of(run.tile) + pixels[entry]);
  }
}

std::span<EntryLanes const> CountCycles::outside_of(std::size_t k) const {
  std::size_t const first = k == 0 ? 0 : scratch_.last_outside[k - 1];
  return std::span(scratch_.outside).subspan(first, scratch_.last_outside[k] - first);
}

// Rejects counts of one of the runs that were found, and sets the extremes of the others.
void CountCycles::visit(std::size_t k, LaneMask mask, Cycle& cycle) {
  BinRuns::Place const& run = runs_[scratch_.found[k].entry];
  RunExtremes& kept = scratch_.others[k];
  std::uint16_t const* const pixels = bins_.pixels_of(run);
  float const* const norms = bins_.norms_of(run.tile);
  with_counts(image_.pixels(run.tile), [&](auto count) {
    for (auto const& [entry, outside] : outside_of(k)) {
      std::size_t const pixel = pixels[entry];
      double const norm = norms[pixel];
      each_lane(static_cast<LaneMask>(outside & mask), [&, e = entry, p = pixel](std::size_t lane) {
        auto const& [mean, least_cut, most_cut] = cycle.limits[lane];
        double const s = count(p, lane);
        if (s < cycle.lower[lane] || s > cycle.upper[lane]) {
          double const apart = std::abs(s - norm * mean),
                       slack = undecided_width * (s + norm * mean);
          if (apart > norm * most_cut + slack) {
            group_.excluded.exclude(run, e, bit_of(lane));
            cycle.changed |= bit_of(lane);
            auto const window =
                static_cast<std::uint32_t>(bins_.prepared.windows.window_of(run.tile));
            return reject(lane,
                          {run.first_entry + e, window, static_cast<std::uint32_t>(lane), s, norm});
          }
          if (!(apart < norm * least_cut - slack)) cycle.undecided |= bit_of(lane);
        }
        auto const counts = static_cast<std::uint16_t>(std::min(s, double{most_counts}));
        kept.smallest[lane] = std::min(kept.smallest[lane], counts);
        kept.largest[lane] = std::max(kept.largest[lane], counts);
      });
    }
  });
  RunExtremes& extremes =
      group_.extremes[bins_.runs.first_place(clipped_.bin) + scratch_.found[k].entry];
  each_lane(mask, [&](std::size_t lane) {
    extremes.smallest[lane] = kept.smallest[lane];
    extremes.largest[lane] = kept.largest[lane];
  });
}

void CountCycles::reject(std::size_t lane, RejectedCount const& pixel) {
  double const s = pixel.counts, norm = pixel.norm;
  sums_.signal[lane] -= s;
  sums_.variance[lane] -= std::max(s, 1.0);
  sums_.normalization[lane] -= norm;
  sums_.normalization2[lane] -= norm * norm;
  sums_.count[lane] -= 1.0;
  --sums_.pixels[lane];
  squares_[lane] -= s * s;
  removed_[lane].normalization2 += norm * norm;
  removed_[lane].count += 1.0;
  clipped_.rejected.push_back(pixel);
}

}  // namespace xrdct::kernels
