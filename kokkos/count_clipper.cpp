#include "kokkos/count_clipper.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace xrdct::kernels {
namespace {

constexpr double most_lost = 30.0;        // what may be taken off a sum, relative to the rest
constexpr double undecided_width = 1e-9;  // relative; wider than what `clip_bin` leaves to rounding
constexpr double window_margin = 1e-6;    // relative; wider still

LaneMask bit_of(std::size_t lane) { return static_cast<LaneMask>(1u << lane); }

template <class Visit>
void each_lane(LaneMask mask, Visit visit) {
  for (unsigned bits = mask; bits != 0; bits &= bits - 1) visit(static_cast<std::size_t>(std::countr_zero(bits)));
}

}  // namespace

CountClipper::CountClipper(core::ReductionPlan const& plan, CountPlan const& prepared, BinRuns const& runs, TileMatrix const& matrix,
                           core::BinMatrix const& bins)
    : plan_(plan),
      prepared_(prepared),
      runs_(runs),
      matrix_(matrix),
      bins_(bins),
      extremes_(runs.places()),
      squares_(runs.bins() * lanes),
      placed_(prepared.bands.bins * lanes),
      found_(prepared.most_runs),
      inside_(prepared.most_runs),
      last_outside_(prepared.most_runs),
      outside_(runs.most_entries()),
      first_excluded_(runs.places()),
      bands_(prepared.bands),
      by_tiles_(runs.bins()) {
  changed_runs_.reserve(runs.places() / 8);
  excluded_.reserve(matrix.tiles() * 64);
}

std::size_t CountClipper::memory_bytes() const noexcept {
  return bands_.memory_bytes() + rejected_.capacity() * sizeof(RejectedCount) + extremes_.capacity() * sizeof(RunExtremes) +
         (squares_.capacity() + placed_.capacity()) * sizeof(double) + (found_.capacity() + outside_.capacity()) * sizeof(EntryLanes) +
         inside_.capacity() * sizeof(RunExtremes) + last_outside_.capacity() * sizeof(std::uint32_t) +
         (first_excluded_.capacity() + changed_runs_.capacity() + bright_runs_.capacity()) * sizeof(std::uint32_t) +
         (excluded_.capacity() + by_tiles_.capacity()) * sizeof(LaneMask);
}

void CountClipper::clear() {
  bands_.clear();
  std::fill(squares_.begin(), squares_.end(), 0.0);
  std::fill(placed_.begin(), placed_.end(), 0.0);
  for (std::uint32_t run : changed_runs_) first_excluded_[run] = 0;
  changed_runs_.clear();
  excluded_.assign(1, 0);  // 0 is none
  bright_runs_.clear();
  std::fill(by_tiles_.begin(), by_tiles_.end(), LaneMask{0});
}

void CountClipper::add_tile(std::size_t tile, TilePixels const& pixels, double* sums) {
  if (!placed_.empty()) bands_.begin(tile, sums, squares_.data(), placed_.data());
  prepared_.kernels.add(matrix_.tile(tile).singles, pixels,
                        {sums, squares_.data(), placed_.data(), placed_.empty() ? nullptr : prepared_.bands.places.data(),
                         prepared_.place.data() + matrix_.first_run(tile), extremes_.data()});
  add_bright(tile, pixels, sums);
}

// What bright counts have more than their marks.
void CountClipper::add_bright(std::size_t tile, TilePixels const& pixels, double* sums) {
  std::span const runs = matrix_.tile(tile).singles.runs;
  std::size_t const first_pixel = tile * prepared_.tile_pixels, first_of_tile = bright_runs_.size();
  for (auto const& [place, counts] : pixels.bright)
    each_run_of(bins_, runs, first_pixel + place / lanes, [&, place = place, counts = counts](std::size_t k) {
      std::uint32_t const run = matrix_.first_run(tile) + static_cast<std::uint32_t>(k);
      std::size_t const bin = runs[k].bin, lane = place % lanes, of_bin = bin * lanes + lane;
      double const s = counts, more = s - bright_mark;
      sums[bin * 2 * lanes + lane] += more;
      sums[(bin * 2 + 1) * lanes + lane] += more;
      squares_[of_bin] += s * s - double{bright_mark} * bright_mark;
      if (!placed_.empty()) {
        std::uint16_t const* const first = matrix_.pixels() + matrix_.run(run).first_entry;
        std::uint16_t const* const found = std::lower_bound(first, matrix_.pixels() + matrix_.run(run + 1).first_entry, place / lanes);
        placed_[of_bin] += prepared_.bands.places[static_cast<std::size_t>(found - matrix_.pixels())] * more;
      }
      std::uint16_t& largest = extremes_[prepared_.place[run]].largest[lane];
      largest = std::max(largest, static_cast<std::uint16_t>(std::min(s, double{most_counts})));
      if (bright_runs_.size() == first_of_tile || bright_runs_.back() != run) bright_runs_.push_back(run);
    });
  std::sort(bright_runs_.begin() + static_cast<std::ptrdiff_t>(first_of_tile), bright_runs_.end());
}

// Whether some lane keeps a count of the run that may be bright.
bool CountClipper::keeps_bright(std::size_t place) const {
  auto const& largest = extremes_[place].largest;
  std::uint16_t most = 0;  // on vectors, for there is nothing to stop at
  for (std::uint16_t counts : largest) most = std::max(most, counts);
  return most >= bright_mark;
}

LaneMask* CountClipper::excluded_of(BinRuns::Place const& run) {
  std::uint32_t& first = first_excluded_[run.run];
  if (first == 0) {
    first = static_cast<std::uint32_t>(excluded_.size());
    excluded_.resize(excluded_.size() + run.entries);
    changed_runs_.push_back(run.run);
  }
  return excluded_.data() + first;
}

LaneMask CountClipper::clip(std::size_t bin, ClipRule const& rule, TurnedImage const& image, LaneMask lanes_used, BinMoments& sums) {
  BinMoments const before = sums;
  by_tiles_[bin] = lanes_used;
  removed_ = {};
  rejected_.clear();
  whole_signal_ = sums.signal;
  first_changed_ = changed_runs_.size();
  for (std::size_t lane = 0; lane < lanes; ++lane) largest_square_sum_[lane] = squares_[bin * lanes + lane];
  LaneMask undecided = 0, left = lanes_used;
  each_lane(lanes_used, [&](std::size_t lane) { left = sums.pixels[lane] > 0 ? left : static_cast<LaneMask>(left & ~bit_of(lane)); });
  for (int cycle = 0; cycle < rule.settings.cycles && left != 0; ++cycle) {
    Cycle const result = reject_once(bin, rule, image, left, sums);
    undecided |= result.undecided;
    each_lane(static_cast<LaneMask>(result.changed & ~undecided),
              [&](std::size_t lane) { undecided |= is_accurate(sums, lane) ? LaneMask{0} : bit_of(lane); });
    left = static_cast<LaneMask>(result.changed & ~undecided);
  }
  each_lane(undecided, [&](std::size_t lane) { forget(lane, before, sums); });
  undecided_ = undecided;
  return undecided;
}

void CountClipper::forget(std::size_t lane, BinMoments const& before, BinMoments& sums) {
  for (auto field : {&BinMoments::signal, &BinMoments::variance, &BinMoments::normalization, &BinMoments::normalization2, &BinMoments::count})
    (sums.*field)[lane] = (before.*field)[lane];
  sums.pixels[lane] = before.pixels[lane];
  for (std::size_t k = first_changed_; k < changed_runs_.size(); ++k) {
    std::uint32_t const run = changed_runs_[k], entries = matrix_.run(run + 1).first_entry - matrix_.run(run).first_entry;
    for (std::size_t e = 0; e < entries; ++e) excluded_[first_excluded_[run] + e] &= static_cast<LaneMask>(~bit_of(lane));
  }
}

bool CountClipper::is_accurate(BinMoments const& sums, std::size_t lane) const {
  return sums.pixels[lane] > 0 && removed_[lane].normalization2 <= most_lost * sums.normalization2[lane] &&
         removed_[lane].count <= most_lost * sums.count[lane];
}

CountClipper::Window CountClipper::window(std::size_t bin, ClipRule const& rule, BinMoments const& sums, std::size_t lane) const {
  double least = sums.variance[lane], most = least;
  double const mean = sums.signal[lane] / sums.normalization[lane];
  if (rule.spread_decides) {
    double const of_mean = mean * mean * sums.normalization2[lane], squares = squares_[bin * lanes + lane];
    double const slack = squares_rounding * (largest_square_sum_[lane] + of_mean), rest = squares - of_mean;
    double const skew = mean * prepared_.norm_spread[bin], heavier = double{prepared_.most_norm[bin]} / double{prepared_.least_norm[bin]};
    double const low = std::max(0.0, std::sqrt(std::max(0.0, skew * skew + rest - slack)) - skew);
    double const high = std::sqrt(std::max(0.0, skew * skew + rest + slack)) + skew;
    least = low * low / heavier * (1.0 - squares_rounding);
    most = high * high * heavier * (1.0 + squares_rounding);
  }
  double const cut = rule.cut(sums.count[lane]);
  return {mean, cut * std::sqrt(least / sums.normalization2[lane]), cut * std::sqrt(most / sums.normalization2[lane])};
}

// One cycle of some lanes: looks at the runs that have a count near or beyond the limits.
CountClipper::Cycle CountClipper::reject_once(std::size_t bin, ClipRule const& rule, TurnedImage const& image, LaneMask mask, BinMoments& sums) {
  Cycle cycle;
  cycle.upper.fill(most_counts);
  each_lane(mask, [&](std::size_t lane) {
    Window const& window = cycle.window[lane] = this->window(bin, rule, sums, lane);
    double const low = (window.mean - window.least_cut) * (1.0 + window_margin) * static_cast<double>(prepared_.most_norm[bin]);
    double const high = (window.mean + window.least_cut) * (1.0 - window_margin) * static_cast<double>(prepared_.least_norm[bin]);
    cycle.lower[lane] = static_cast<std::uint16_t>(std::ceil(std::clamp(low, 0.0, double{most_counts})));
    cycle.upper[lane] = static_cast<std::uint16_t>(std::clamp(high, 0.0, most_counts - 1.0));
  });
  auto const of_bin = runs_.of(bin);
  std::size_t const number =
      prepared_.kernels.find(extremes_.data() + runs_.first_place(bin), of_bin.size(), cycle.lower, cycle.upper, found_.data());
  find_outside(bin, number, mask, image, cycle);
  LaneMask open = rule.spread_decides ? open_lanes(bin, number, mask, image, cycle) : LaneMask{0};
  each_lane(open, [&](std::size_t lane) { narrow(bin, rule, sums, lane, cycle.window[lane]); });
  if (open != 0) open = open_lanes(bin, number, open, image, cycle);
  if (open != 0) close(bin, rule, image, open, sums, cycle);
  for (std::size_t k = 0; k < number; ++k) visit(bin, k, static_cast<LaneMask>(found_[k].lanes & mask & ~cycle.undecided), image, cycle, sums);
  return cycle;
}

// Of the runs that were found: the entries with counts that have to be looked at one by one.
void CountClipper::find_outside(std::size_t bin, std::size_t number, LaneMask mask, TurnedImage const& image, Cycle const& cycle) {
  constexpr std::size_t far = 16, near = 8;
  auto const of_bin = runs_.of(bin);
  auto const fetch_far = [&](std::size_t k) {
    BinRuns::Place const& run = of_bin[found_[k].entry];
    __builtin_prefetch(matrix_.pixels() + run.first_entry);
    __builtin_prefetch(first_excluded_.data() + run.run);
  };
  for (std::size_t k = 0; k < std::min(far, number); ++k) fetch_far(k);
  for (std::size_t k = 0; k < std::min(near, number); ++k) fetch(of_bin[found_[k].entry], image, false);
  std::uint32_t entries = 0;
  for (std::size_t k = 0; k < number; ++k) {
    if (k + far < number) fetch_far(k + far);
    if (k + near < number) fetch(of_bin[found_[k + near].entry], image, false);
    BinRuns::Place const& run = of_bin[found_[k].entry];
    std::uint32_t const excluded = first_excluded_[run.run];
    RunEntries const of_run{{matrix_.pixels() + run.first_entry, run.entries}, excluded == 0 ? nullptr : excluded_.data() + excluded};
    entries += static_cast<std::uint32_t>(prepared_.kernels.find_outside(of_run, image.pixels(run.tile), cycle.lower, cycle.upper,
                                                                         static_cast<LaneMask>(found_[k].lanes & mask), inside_[k],
                                                                         outside_.data() + entries));
    last_outside_[k] = entries;
    for (auto const& [entry, outside] : outside_of(k)) __builtin_prefetch(norms_of(run.tile) + matrix_.pixels()[run.first_entry + entry]);
  }
}

std::span<EntryLanes const> CountClipper::outside_of(std::size_t k) const {
  std::size_t const first = k == 0 ? 0 : last_outside_[k - 1];
  return std::span(outside_).subspan(first, last_outside_[k] - first);
}

// Closer bounds of V, by bands.
void CountClipper::narrow(std::size_t bin, ClipRule const& rule, BinMoments const& sums, std::size_t lane, Window& window) const {
  auto const [least, most] =
      bands_.bounds(bin, lane, {whole_signal_[lane], largest_square_sum_[lane], placed_[bin * lanes + lane], window.mean}, rejected_);
  double const cut = rule.cut(sums.count[lane]);
  window.least_cut = std::max(window.least_cut, cut * std::sqrt(least / sums.normalization2[lane]));
  window.most_cut = std::min(window.most_cut, cut * std::sqrt(most / sums.normalization2[lane]));
}

void CountClipper::fetch(BinRuns::Place const& run, TurnedImage const& image, bool with_norms) const {
  TilePixels const pixels = image.pixels(run.tile);
  for (std::size_t e = 0; e < run.entries; ++e) {
    std::size_t const pixel = matrix_.pixels()[run.first_entry + e];
    __builtin_prefetch(static_cast<std::byte const*>(pixels.values) + pixel * lanes * size_of(pixels.storage));
    if (with_norms) __builtin_prefetch(norms_of(run.tile) + pixel);
  }
}

// In which lanes the bounds leave a pixel between the cuts.
LaneMask CountClipper::open_lanes(std::size_t bin, std::size_t number, LaneMask of, TurnedImage const& image, Cycle const& cycle) const {
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
          double const apart = std::abs(s - norm * window.mean), slack = undecided_width * (s + norm * window.mean);
          if (!(apart > norm * window.most_cut + slack || apart < norm * window.least_cut - slack)) open |= bit_of(lane);
        });
      }
    });
  }
  return open;
}

// Forms V of the kept pixels of one bin, where its bounds are not enough.
void CountClipper::close(std::size_t bin, ClipRule const& rule, TurnedImage const& image, LaneMask open, BinMoments const& sums, Cycle& cycle) const {
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
      prepared_.kernels.spread({std::span(alone, 1), matrix_.pixels(), matrix_.coefficients()}, pixels, norms_of(run.tile),
                               {first_excluded_.data() + run.run, excluded_.data()}, formed);
  }
  each_lane(open, [&](std::size_t lane) {
    double const cut = rule.cut(sums.count[lane]) * std::sqrt(spread[lanes + lane] / sums.normalization2[lane]);
    cycle.window[lane].least_cut = cycle.window[lane].most_cut = cut;
  });
}

// Rejects counts of one of the runs that were found, and sets the extremes of the others.
void CountClipper::visit(std::size_t bin, std::size_t k, LaneMask mask, TurnedImage const& image, Cycle& cycle, BinMoments& sums) {
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
          double const apart = std::abs(s - norm * mean), slack = undecided_width * (s + norm * mean);
          if (apart > norm * most_cut + slack) {
            excluded_of(run)[e] |= bit_of(lane);
            cycle.changed |= bit_of(lane);
            auto const band = static_cast<std::uint32_t>(prepared_.bands.band_of(run.tile));
            return reject(bin, lane, {run.first_entry + e, band, static_cast<std::uint32_t>(lane), s, norm}, sums);
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

void CountClipper::reject(std::size_t bin, std::size_t lane, RejectedCount const& pixel, BinMoments& sums) {
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

void CountClipper::exclude(std::size_t bin, std::span<LaneMask const> rejected, LaneMask lanes_of_bin) {
  std::size_t entry = 0;
  for (BinRuns::Place const& run : runs_.of(bin)) {
    for (std::size_t k = 0; k < run.entries; ++k, ++entry) {
      auto const mask = static_cast<LaneMask>(rejected[entry] & lanes_of_bin);
      if (mask != 0) excluded_of(run)[k] |= mask;
    }
  }
}

// Sums are lessened in the order of the entries, whatever the order in which they were rejected, or formed again where more is lost than kept.
void CountClipper::finish(std::size_t bin, LaneMask lanes_used, BinMoments const& before, BinMoments& sums) {
  LaneMask lessened = 0, formed = 0;
  each_lane(lanes_used, [&](std::size_t lane) {
    std::int32_t const kept = sums.pixels[lane], lost = before.pixels[lane] - kept;
    (lost <= kept ? lessened : formed) |= bit_of(lane);
    sums.normalization[lane] = lost <= kept ? before.normalization[lane] : 0.0;
    sums.normalization2[lane] = lost <= kept ? before.normalization2[lane] : 0.0;
  });
  if (auto const by_entry = static_cast<LaneMask>(formed | (lessened & undecided_)); by_entry != 0)
    for (BinRuns::Place const& run : runs_.of(bin)) finish_run(run, static_cast<LaneMask>(lessened & by_entry), formed, sums);
  std::sort(rejected_.begin(), rejected_.end(), [](RejectedCount const& a, RejectedCount const& b) { return a.entry < b.entry; });
  for (RejectedCount const& pixel : rejected_) {
    if (((lessened & ~undecided_) >> pixel.lane & 1) == 0) continue;
    sums.normalization[pixel.lane] -= pixel.norm;
    sums.normalization2[pixel.lane] -= pixel.norm * pixel.norm;
  }
}

void CountClipper::finish_run(BinRuns::Place const& run, LaneMask lessened, LaneMask formed, BinMoments& sums) const {
  std::uint32_t const first = first_excluded_[run.run];
  std::uint16_t const* const pixel = matrix_.pixels() + run.first_entry;
  float const* const norms = norms_of(run.tile);
  for (std::size_t e = 0; e < run.entries; ++e) {
    double const norm = norms[pixel[e]];
    LaneMask const excluded = first == 0 ? LaneMask{0} : excluded_[first + e];
    each_lane(static_cast<LaneMask>(lessened & excluded), [&](std::size_t lane) {
      sums.normalization[lane] -= norm;
      sums.normalization2[lane] -= norm * norm;
    });
    each_lane(static_cast<LaneMask>(formed & ~excluded), [&](std::size_t lane) {
      sums.normalization[lane] += norm;
      sums.normalization2[lane] += norm * norm;
    });
  }
}

void CountClipper::spread(TurnedImage const& image, std::span<std::size_t const> frames, double* sums, core::PatternSums& out) {
  std::fill(squares_.begin(), squares_.end(), 0.0);
  SpreadSums const to{sums, squares_.data()};
  std::span<std::uint32_t const> bright = bright_runs_;
  for (std::size_t tile = 0; tile < matrix_.tiles(); ++tile) {
    std::span const of_tile =
        bright.first(static_cast<std::size_t>(std::lower_bound(bright.begin(), bright.end(), matrix_.first_run(tile + 1)) - bright.begin()));
    if (!matrix_.tile(tile).singles.runs.empty()) spread_tile(tile, image.pixels(tile), of_tile, to);
    bright = bright.subspan(of_tile.size());
  }
  for (std::size_t bin = 0; bin < runs_.bins(); ++bin) {
    double* const of_bin = sums + bin * 2 * lanes;
    each_lane(by_tiles_[bin], [&](std::size_t lane) { out.variance[frames[lane] * out.bins + bin] = of_bin[lanes + lane]; });
    std::fill_n(of_bin, 2 * lanes, 0.0);
  }
}

// Runs that keep a bright count are taken out of those that are done together.
void CountClipper::spread_tile(std::size_t tile, TilePixels const& pixels, std::span<std::uint32_t const> bright, SpreadSums const& to) const {
  EntryRuns const entries = matrix_.tile(tile).singles;
  float const* const norms = norms_of(tile);
  std::uint32_t const begin = matrix_.first_run(tile), end = matrix_.first_run(tile + 1);
  auto const spread_between = [&](std::uint32_t first, std::uint32_t last) {
    EntryRuns const some{entries.runs.subspan(first - begin, last - first), entries.pixel, entries.coefficient};
    prepared_.kernels.spread(some, pixels, norms, {first_excluded_.data() + first, excluded_.data()}, to);
  };
  std::uint32_t done = begin;
  for (std::uint32_t const run : bright) {
    if (run < done || !keeps_bright(prepared_.place[run])) continue;
    spread_between(done, run);
    spread_bright(run, entries.runs[run - begin], pixels, norms, to);
    done = run + 1;
  }
  spread_between(done, end);
}

// One run, with all its counts as floats. \param first and where the run ends
void CountClipper::spread_bright(std::uint32_t run, BinRun const& first, TilePixels const& pixels, float const* norms, SpreadSums const& to) const {
  constexpr std::size_t most = 64;
  std::array<float, most * lanes> values;
  std::array<float, most> norm;
  std::array<std::uint16_t, most> place;
  std::uint16_t const* const pixel = matrix_.pixels() + first.first_entry;
  std::size_t const entries = (&first)[1].first_entry - first.first_entry;
  for (std::size_t e = 0; e < entries; e += most) {
    std::size_t const number = std::min(most, entries - e);
    with_counts(pixels, [&](auto count) {
      for (std::size_t k = 0; k < number; ++k) {
        for (std::size_t lane = 0; lane < lanes; ++lane) values[k * lanes + lane] = static_cast<float>(count(pixel[e + k], lane));
        norm[k] = norms[pixel[e + k]];
        place[k] = static_cast<std::uint16_t>(k);
      }
    });
    BinRun const part[] = {{first.bin, 0}, {0, static_cast<std::uint32_t>(number)}};
    std::uint32_t const excluded = first_excluded_[run] == 0 ? 0 : first_excluded_[run] + static_cast<std::uint32_t>(e);
    prepared_.kernels.spread({std::span(part, 1), place.data(), nullptr}, {values.data(), Storage::f32, false}, norm.data(),
                             {&excluded, excluded_.data()}, to);
  }
}

}  // namespace xrdct::kernels
