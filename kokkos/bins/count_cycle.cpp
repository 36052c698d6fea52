#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "kokkos/bins/count_clipper.hpp"
#include "kokkos/simd/lane_mask.hpp"

// One cycle of clipping.
namespace xrdct::kernels {
namespace {

constexpr double most_lost = 30.0;        // what may be taken off a sum, relative to the rest
constexpr double undecided_width = 1e-9;  // relative; wider than what `clip_bin` leaves to rounding
constexpr double window_margin = 1e-6;    // relative; wider still
constexpr std::size_t most_formed = 8;    // of 32 bands
constexpr double close_enough = 1.0 / 128.0;  // relative; more is left to all pixels

}  // namespace

bool CountClipper::is_accurate(BinMoments const& sums, std::size_t lane) const {
  return sums.pixels[lane] > 0 &&
         removed_[lane].normalization2 <= most_lost * sums.normalization2[lane] &&
         removed_[lane].count <= most_lost * sums.count[lane];
}

CountClipper::Window CountClipper::window(std::size_t bin, ClipRule const& rule,
                                          BinMoments const& sums, std::size_t lane) const {
  double least = sums.variance[lane], most = least;
  double const mean = sums.signal[lane] / sums.normalization[lane];
  if (rule.spread_decides) {
    double const of_mean = mean * mean * sums.normalization2[lane],
                 squares = squares_[bin * lanes + lane];
    double const slack = squares_rounding * (largest_square_sum_[lane] + of_mean),
                 rest = squares - of_mean;
    double const skew = mean * prepared_.norm_spread[bin],
                 heavier = double{prepared_.most_norm[bin]} / double{prepared_.least_norm[bin]};
    double const low = std::max(0.0, std::sqrt(std::max(0.0, skew * skew + rest - slack)) - skew);
    double const high = std::sqrt(std::max(0.0, skew * skew + rest + slack)) + skew;
    least = low * low / heavier * (1.0 - squares_rounding);
    most = high * high * heavier * (1.0 + squares_rounding);
  }
  double const cut = rule.cut(sums.count[lane]);
  return {mean, cut * std::sqrt(least / sums.normalization2[lane]),
          cut * std::sqrt(most / sums.normalization2[lane])};
}

// One cycle of some lanes: looks at the runs that have a count near or beyond the limits.
CountClipper::Cycle CountClipper::reject_once(std::size_t bin, ClipRule const& rule,
                                              TurnedImage const& image, LaneMask mask,
                                              BinMoments& sums) {
  Cycle cycle;
  cycle.upper.fill(most_counts);
  each_lane(mask, [&](std::size_t lane) {
    Window const& window = cycle.window[lane] = this->window(bin, rule, sums, lane);
    double const low = (window.mean - window.least_cut) * (1.0 + window_margin) *
                       static_cast<double>(prepared_.most_norm[bin]);
    double const high = (window.mean + window.least_cut) * (1.0 - window_margin) *
                        static_cast<double>(prepared_.least_norm[bin]);
    cycle.lower[lane] =
        static_cast<std::uint16_t>(std::ceil(std::clamp(low, 0.0, double{most_counts})));
    cycle.upper[lane] = static_cast<std::uint16_t>(std::clamp(high, 0.0, most_counts - 1.0));
  });
  auto const of_bin = runs_.of(bin);
  std::size_t const number =
      prepared_.kernels.find(extremes_.data() + runs_.first_place(bin), of_bin.size(), cycle.lower,
                             cycle.upper, found_.data());
  find_outside(bin, number, mask, image, cycle);
  LaneMask open = rule.spread_decides ? open_lanes(bin, number, mask, image, cycle) : LaneMask{0};
  each_lane(open, [&](std::size_t lane) {
    narrow(rule, sums, lane, bounds(bin, lane, cycle.window[lane]), cycle.window[lane]);
  });
  if (open != 0) open = open_lanes(bin, number, open, image, cycle);
  each_lane(open, [&](std::size_t lane) {
    if (form_widest(bin, number, lane, rule, image, sums, cycle))
      open &= static_cast<LaneMask>(~bit_of(lane));
  });
  if (open != 0) close(bin, rule, image, open, sums, cycle);
  for (std::size_t k = 0; k < number; ++k)
    visit(bin, k, static_cast<LaneMask>(found_[k].lanes & mask & ~cycle.undecided), image, cycle,
          sums);
  return cycle;
}

// Of the runs that were found: the entries with counts that have to be looked at one by one.
void CountClipper::find_outside(std::size_t bin, std::size_t number, LaneMask mask,
                                TurnedImage const& image, Cycle const& cycle) {
  constexpr std::size_t far = 16, near = 8;
  auto const of_bin = runs_.of(bin);
  auto const fetch_far = [&](std::size_t k) {
    BinRuns::Place const& run = of_bin[found_[k].entry];
    __builtin_prefetch(matrix_.pixels() + run.first_entry);
    __builtin_prefetch(first_excluded_.data() + run.run);
  };
  for (std::size_t k = 0; k < std::min(far, number); ++k) fetch_far(k);
  for (std::size_t k = 0; k < std::min(near, number); ++k)
    fetch(of_bin[found_[k].entry], image, false);
  std::uint32_t entries = 0;
  for (std::size_t k = 0; k < number; ++k) {
    if (k + far < number) fetch_far(k + far);
    if (k + near < number) fetch(of_bin[found_[k + near].entry], image, false);
    BinRuns::Place const& run = of_bin[found_[k].entry];
    std::uint32_t const excluded = first_excluded_[run.run];
    RunEntries const of_run{{matrix_.pixels() + run.first_entry, run.entries},
                            excluded == 0 ? nullptr : excluded_.data() + excluded};
    entries += static_cast<std::uint32_t>(prepared_.kernels.find_outside(
        of_run, image.pixels(run.tile), cycle.lower, cycle.upper,
        static_cast<LaneMask>(found_[k].lanes & mask), inside_[k], outside_.data() + entries));
    last_outside_[k] = entries;
    for (auto const& [entry, outside] : outside_of(k))
      __builtin_prefetch(norms_of(run.tile) + matrix_.pixels()[run.first_entry + entry]);
  }
}

std::span<EntryLanes const> CountClipper::outside_of(std::size_t k) const {
  std::size_t const first = k == 0 ? 0 : last_outside_[k - 1];
  return std::span(outside_).subspan(first, last_outside_[k] - first);
}

CountBands::Bounds CountClipper::bounds(std::size_t bin, std::size_t lane, Window const& window,
                                        std::array<CountBands::Part, most_bands>* parts) const {
  return bands_.bounds(
      bin, lane,
      {whole_signal_[lane], largest_square_sum_[lane], placed_[bin * lanes + lane], window.mean},
      rejected_, parts);
}

// With closer bounds of V.
void CountClipper::narrow(ClipRule const& rule, BinMoments const& sums, std::size_t lane,
                          CountBands::Bounds const& spread, Window& window) {
  double const cut = rule.cut(sums.count[lane]);
  window.least_cut = std::max(
      window.least_cut, cut * std::sqrt(std::max(0.0, spread.least) / sums.normalization2[lane]));
  window.most_cut =
      std::min(window.most_cut, cut * std::sqrt(spread.most / sums.normalization2[lane]));
}

void CountClipper::fetch(BinRuns::Place const& run, TurnedImage const& image,
                         bool with_norms) const {
  TilePixels const pixels = image.pixels(run.tile);
  for (std::size_t e = 0; e < run.entries; ++e) {
    std::size_t const pixel = matrix_.pixels()[run.first_entry + e];
    __builtin_prefetch(static_cast<std::byte const*>(pixels.values) +
                       pixel * lanes * size_of(pixels.storage));
    if (with_norms) __builtin_prefetch(norms_of(run.tile) + pixel);
  }
}

// In which lanes the bounds leave a pixel between the cuts.
LaneMask CountClipper::open_lanes(std::size_t bin, std::size_t number, LaneMask of,
                                  TurnedImage const& image, Cycle const& cycle) const {
  LaneMask open = 0;
  for (std::size_t k = 0; k < number && open != of; ++k) {
    BinRuns::Place const& run = runs_.of(bin)[found_[k].entry];
    with_counts(image.pixels(run.tile), [&](auto count) {
      for (auto const& [entry, outside] : outside_of(k)) {
        std::size_t const pixel = matrix_.pixels()[run.first_entry + entry];
        double const norm = norms_of(run.tile)[pixel];
        each_lane(static_cast<LaneMask>(outside & of & ~open), [&, p = pixel](std::size_t lane) {
          Window const& window = cycle.window[lane];
          double const s = count(p, lane);
          if (s >= cycle.lower[lane] && s <= cycle.upper[lane]) return;
          double const apart = std::abs(s - norm * window.mean),
                       slack = undecided_width * (s + norm * window.mean);
          if (!(apart > norm * window.most_cut + slack || apart < norm * window.least_cut - slack))
            open |= bit_of(lane);
        });
      }
    });
  }
  return open;
}

// Forms what the bands with the widest bounds add to V, one after the other, if the bounds become
// close by that. \return whether they decide
bool CountClipper::form_widest(std::size_t bin, std::size_t number, std::size_t lane,
                               ClipRule const& rule, TurnedImage const& image,
                               BinMoments const& sums, Cycle& cycle) const {
  std::array<CountBands::Part, most_bands> parts;
  CountBands::Bounds bounds = this->bounds(bin, lane, cycle.window[lane], &parts);
  if (!std::isfinite(bounds.most)) return false;
  std::array<std::size_t, most_bands> order;
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto const width = [&](std::size_t band) { return parts[band].most - parts[band].least; };
  std::partial_sort(order.begin(), order.begin() + most_formed, order.end(),
                    [&](std::size_t a, std::size_t b) { return width(a) > width(b); });
  double rest = bounds.most - bounds.least;
  for (std::size_t k = 0; k < most_formed; ++k) rest -= width(order[k]);
  if (rest > close_enough * bounds.most) return false;
  auto const of_bin = runs_.of(bin);
  auto const first_of = [&](std::size_t tile) {
    return std::partition_point(of_bin.begin(), of_bin.end(),
                                [&](BinRuns::Place const& run) { return run.tile < tile; });
  };
  for (std::size_t k = 0; k < most_formed; ++k) {
    CountBands::Part const& part = parts[order[k]];
    std::size_t const tile = order[k] * prepared_.bands.band_tiles;
    double const formed =
        spread_of({first_of(tile), first_of(tile + prepared_.bands.band_tiles)}, lane, part, image);
    bounds.least += formed - part.rounding - part.least;
    bounds.most += formed + part.rounding - part.most;
    narrow(rule, sums, lane, bounds, cycle.window[lane]);
    if (open_lanes(bin, number, bit_of(lane), image, cycle) == 0) return true;
  }
  return false;
}

// What the kept pixels of some runs, those of a band, add to V.
double CountClipper::spread_of(std::span<BinRuns::Place const> of_band, std::size_t lane,
                               CountBands::Part const& part, TurnedImage const& image) const {
  double signal = part.signal, normalization = part.normalization, spread = 0.0;
  for (BinRuns::Place const& run : of_band) __builtin_prefetch(matrix_.pixels() + run.first_entry);
  for (BinRuns::Place const& run : of_band) fetch(run, image, true);
  for (BinRuns::Place const& run : of_band) {
    std::uint32_t const first = first_excluded_[run.run];
    with_counts(image.pixels(run.tile), [&](auto count) {
      for (std::uint32_t e = 0; e < run.entries; ++e) {
        if (first != 0 && (excluded_[first + e] >> lane & 1) != 0) continue;
        std::size_t const pixel = matrix_.pixels()[run.first_entry + e];
        double const s = count(pixel, lane), norm = norms_of(run.tile)[pixel],
                     after = normalization + norm;
        double const apart = s * normalization - norm * signal;
        if (normalization > 0.0) spread += apart * apart / (normalization * after);
        normalization = after;
        signal += s;
      }
    });
  }
  return spread;
}

// Forms V of the kept pixels of one bin, where all bounds are not enough.
void CountClipper::close(std::size_t bin, ClipRule const& rule, TurnedImage const& image,
                         LaneMask open, BinMoments const& sums, Cycle& cycle) const {
  std::array<double, 2 * lanes> spread{};
  PerLane<double> normalization{};
  constexpr std::size_t far = 16, near = 8;
  auto const of_bin = runs_.of(bin);
  for (std::size_t k = 0; k < of_bin.size(); ++k) {
    BinRuns::Place const& run = of_bin[k];
    if (k + far < of_bin.size()) __builtin_prefetch(matrix_.pixels() + of_bin[k + far].first_entry);
    if (k + near < of_bin.size()) fetch(of_bin[k + near], image, true);
    BinRun const alone[] = {{0, run.first_entry}, {0, run.first_entry + run.entries}};
    TilePixels const pixels = image.pixels(run.tile);
    SpreadSums const formed{spread.data(), normalization.data()};
    if (!pixels.bright.empty() && keeps_bright(runs_.first_place(bin) + k))
      spread_bright(run.run, alone[0], pixels, norms_of(run.tile), formed);
    else
      prepared_.kernels.spread({std::span(alone, 1), matrix_.pixels(), matrix_.coefficients()},
                               pixels, norms_of(run.tile),
                               {first_excluded_.data() + run.run, excluded_.data()}, formed);
  }
  each_lane(open, [&](std::size_t lane) {
    double const cut =
        rule.cut(sums.count[lane]) * std::sqrt(spread[lanes + lane] / sums.normalization2[lane]);
    cycle.window[lane].least_cut = cycle.window[lane].most_cut = cut;
  });
}

// Rejects counts of one of the runs that were found, and sets the extremes of the others.
void CountClipper::visit(std::size_t bin, std::size_t k, LaneMask mask, TurnedImage const& image,
                         Cycle& cycle, BinMoments& sums) {
  BinRuns::Place const& run = runs_.of(bin)[found_[k].entry];
  RunExtremes& kept = inside_[k];
  with_counts(image.pixels(run.tile), [&](auto count) {
    for (auto const& [entry, outside] : outside_of(k)) {
      std::size_t const pixel = matrix_.pixels()[run.first_entry + entry];
      double const norm = norms_of(run.tile)[pixel];
      each_lane(static_cast<LaneMask>(outside & mask), [&, e = entry, p = pixel](std::size_t lane) {
        auto const& [mean, least_cut, most_cut] = cycle.window[lane];
        double const s = count(p, lane);
        if (s < cycle.lower[lane] || s > cycle.upper[lane]) {
          double const apart = std::abs(s - norm * mean),
                       slack = undecided_width * (s + norm * mean);
          if (apart > norm * most_cut + slack) {
            excluded_of(run)[e] |= bit_of(lane);
            cycle.changed |= bit_of(lane);
            auto const band = static_cast<std::uint32_t>(prepared_.bands.band_of(run.tile));
            return reject(bin, lane,
                          {run.first_entry + e, band, static_cast<std::uint32_t>(lane), s, norm},
                          sums);
          }
          if (!(apart < norm * least_cut - slack)) cycle.undecided |= bit_of(lane);
        }
        auto const counts = static_cast<std::uint16_t>(std::min(s, double{most_counts}));
        kept.smallest[lane] = std::min(kept.smallest[lane], counts);
        kept.largest[lane] = std::max(kept.largest[lane], counts);
      });
    }
  });
  RunExtremes& extremes = extremes_[runs_.first_place(bin) + found_[k].entry];
  each_lane(mask, [&](std::size_t lane) {
    extremes.smallest[lane] = kept.smallest[lane];
    extremes.largest[lane] = kept.largest[lane];
  });
}

void CountClipper::reject(std::size_t bin, std::size_t lane, RejectedCount const& pixel,
                          BinMoments& sums) {
  auto const [entry, band, of_lane, s, norm] = pixel;
  sums.signal[lane] -= s;
  sums.variance[lane] -= std::max(s, 1.0);
  sums.normalization[lane] -= norm;
  sums.normalization2[lane] -= norm * norm;
  sums.count[lane] -= 1.0;
  --sums.pixels[lane];
  squares_[bin * lanes + lane] -= s * s;
  removed_[lane].normalization2 += norm * norm;
  removed_[lane].count += 1.0;
  rejected_.push_back(pixel);
}

}  // namespace xrdct::kernels
