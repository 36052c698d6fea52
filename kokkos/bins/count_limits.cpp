// Clipping limits that decide on every count of a cycle, where the azimuthal variance is bounded.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "kokkos/bins/count_cycles.hpp"
#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

constexpr std::size_t most_formed = 8;        // of 32 windows
constexpr double close_enough = 1.0 / 128.0;  // relative; more is left to all pixels

}  // namespace

// Narrows the limits step by step, at greater and greater expense, in the lanes where they leave a
// count open.
void CountCycles::decide(LaneMask mask, Cycle& cycle) {
  LaneMask open = open_lanes(mask, cycle);
  each_lane(open, [&](std::size_t lane) {
    narrow(lane, bounds(lane, cycle.limits[lane], nullptr), cycle.limits[lane]);
  });
  if (open != 0) open = open_lanes(open, cycle);
  each_lane(open, [&](std::size_t lane) {
    if (form_widest(lane, cycle)) open &= static_cast<LaneMask>(~bit_of(lane));
  });
  if (open != 0) form_all(open, cycle);
}

// In which lanes the bounds leave a pixel between the cuts.
LaneMask CountCycles::open_lanes(LaneMask of, Cycle const& cycle) const {
  LaneMask open = 0;
  for (std::size_t k = 0; k < cycle.runs && open != of; ++k) {
    BinRuns::Place const& run = runs_[scratch_.found[k].entry];
    std::uint16_t const* const pixels = bins_.pixels_of(run);
    float const* const norms = bins_.norms_of(run.tile);
    with_counts(image_.pixels(run.tile), [&](auto count) {
      for (auto const& [entry, outside] : outside_of(k)) {
        std::size_t const pixel = pixels[entry];
        double const norm = norms[pixel];
        each_lane(static_cast<LaneMask>(outside & of & ~open), [&, p = pixel](std::size_t lane) {
          Limits const& limits = cycle.limits[lane];
          double const s = count(p, lane);
          if (s >= cycle.lower[lane] && s <= cycle.upper[lane]) return;
          double const apart = std::abs(s - norm * limits.mean),
                       slack = undecided_width * (s + norm * limits.mean);
          if (!(apart > norm * limits.most_cut + slack || apart < norm * limits.least_cut - slack))
            open |= bit_of(lane);
        });
      }
    });
  }
  return open;
}

VarianceBounds::Bounds CountCycles::bounds(
    std::size_t lane, Limits const& limits,
    std::array<VarianceBounds::Part, most_windows>* parts) const {
  return group_.windows.bounds(clipped_.bin, lane,
                               {clipped_.before.signal[lane], squares_of_all_[lane],
                                group_.placed[clipped_.bin * lanes + lane], limits.mean},
                               clipped_.rejected, parts);
}

// With closer bounds of V.
void CountCycles::narrow(std::size_t lane, VarianceBounds::Bounds const& variance,
                         Limits& limits) const {
  double const cut = rule_.cut(sums_.count[lane]);
  limits.least_cut = std::max(limits.least_cut, cut * std::sqrt(std::max(0.0, variance.least) /
                                                                sums_.normalization2[lane]));
  limits.most_cut =
      std::min(limits.most_cut, cut * std::sqrt(variance.most / sums_.normalization2[lane]));
}

// Forms what the windows with the widest bounds add to V, one after the other, if the bounds become
// close by that. \return whether they decide
bool CountCycles::form_widest(std::size_t lane, Cycle& cycle) const {
  std::array<VarianceBounds::Part, most_windows> parts;
  VarianceBounds::Bounds bounds = this->bounds(lane, cycle.limits[lane], &parts);
  if (!std::isfinite(bounds.most)) return false;
  std::array<std::size_t, most_windows> order;
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto const width = [&](std::size_t window) { return parts[window].most - parts[window].least; };
  std::partial_sort(order.begin(), order.begin() + most_formed, order.end(),
                    [&](std::size_t a, std::size_t b) { return width(a) > width(b); });
  double rest = bounds.most - bounds.least;
  for (std::size_t k = 0; k < most_formed; ++k) rest -= width(order[k]);
  if (rest > close_enough * bounds.most) return false;
  auto const first_of = [&](std::size_t tile) {
    return std::partition_point(runs_.begin(), runs_.end(),
                                [&](BinRuns::Place const& run) { return run.tile < tile; });
  };
  AzimuthalVariance const variance(bins_, group_, image_);
  std::size_t const window_tiles = bins_.prepared.windows.window_tiles;
  for (std::size_t k = 0; k < most_formed; ++k) {
    VarianceBounds::Part const& part = parts[order[k]];
    std::size_t const tile = order[k] * window_tiles;
    double const formed =
        variance.of_window({first_of(tile), first_of(tile + window_tiles)}, lane, part);
    bounds.least += formed - part.rounding - part.least;
    bounds.most += formed + part.rounding - part.most;
    narrow(lane, bounds, cycle.limits[lane]);
    if (open_lanes(bit_of(lane), cycle) == 0) return true;
  }
  return false;
}

// Forms V of the kept pixels of the bin, where all bounds are not enough.
void CountCycles::form_all(LaneMask open, Cycle& cycle) const {
  PerLane<double> const variance = AzimuthalVariance(bins_, group_, image_).of_bin(clipped_.bin);
  each_lane(open, [&](std::size_t lane) {
    double const cut =
        rule_.cut(sums_.count[lane]) * std::sqrt(variance[lane] / sums_.normalization2[lane]);
    cycle.limits[lane].least_cut = cycle.limits[lane].most_cut = cut;
  });
}

}  // namespace xrdct::kernels
