#include "kokkos/bins/count_clipper.hpp"

#include <algorithm>
#include <array>

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {

CountClipper::CountClipper(core::ReductionPlan const& plan, CountPlan const& prepared,
                           BinRuns const& runs, TileMatrix const& matrix,
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
  return bands_.memory_bytes() + rejected_.capacity() * sizeof(RejectedCount) +
         extremes_.capacity() * sizeof(RunExtremes) +
         (squares_.capacity() + placed_.capacity()) * sizeof(double) +
         (found_.capacity() + outside_.capacity()) * sizeof(EntryLanes) +
         inside_.capacity() * sizeof(RunExtremes) +
         last_outside_.capacity() * sizeof(std::uint32_t) +
         (first_excluded_.capacity() + changed_runs_.capacity() + bright_runs_.capacity()) *
             sizeof(std::uint32_t) +
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
                        {sums, squares_.data(), placed_.data(),
                         placed_.empty() ? nullptr : prepared_.bands.places.data(),
                         prepared_.place.data() + matrix_.first_run(tile), extremes_.data(),
                         prepared_.with_variance});
  add_bright(tile, pixels, sums);
}

// What bright counts have more than their marks.
void CountClipper::add_bright(std::size_t tile, TilePixels const& pixels, double* sums) {
  std::span const runs = matrix_.tile(tile).singles.runs;
  std::size_t const first_pixel = tile * prepared_.tile_pixels, first_of_tile = bright_runs_.size();
  constexpr std::size_t far = 16, near = 8;
  auto const pixel_of = [&](std::size_t k) { return first_pixel + pixels.bright[k].place / lanes; };
  for (std::size_t k = 0; k < std::min(far, pixels.bright.size()); ++k)
    __builtin_prefetch(&bins_.entry_begin[pixel_of(k)]);
  for (std::size_t k = 0; k < pixels.bright.size(); ++k) {
    if (k + far < pixels.bright.size()) __builtin_prefetch(&bins_.entry_begin[pixel_of(k + far)]);
    if (k + near < pixels.bright.size())
      __builtin_prefetch(bins_.bin.data() + bins_.entry_begin[pixel_of(k + near)]);
    auto const& [place, counts] = pixels.bright[k];
    each_run_of(
        bins_, runs, first_pixel + place / lanes,
        [&, place = place, counts = counts](std::size_t index) {
          std::uint32_t const run = matrix_.first_run(tile) + static_cast<std::uint32_t>(index);
          std::size_t const bin = runs[index].bin, lane = place % lanes,
                            of_bin = bin * lanes + lane;
          double const s = counts, more = s - bright_mark;
          sums[bin * 2 * lanes + lane] += more;
          if (prepared_.with_variance) sums[(bin * 2 + 1) * lanes + lane] += more;
          squares_[of_bin] += s * s - double{bright_mark} * bright_mark;
          if (!placed_.empty()) {
            std::uint16_t const* const first = matrix_.pixels() + matrix_.run(run).first_entry;
            std::uint16_t const* const found = std::lower_bound(
                first, matrix_.pixels() + matrix_.run(run + 1).first_entry, place / lanes);
            placed_[of_bin] +=
                prepared_.bands.places[static_cast<std::size_t>(found - matrix_.pixels())] * more;
          }
          std::uint16_t& largest = extremes_[prepared_.place[run]].largest[lane];
          largest = std::max(largest, static_cast<std::uint16_t>(std::min(s, double{most_counts})));
          if (bright_runs_.size() == first_of_tile || bright_runs_.back() != run)
            bright_runs_.push_back(run);
        });
  }
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

LaneMask CountClipper::clip(std::size_t bin, ClipRule const& rule, TurnedImage const& image,
                            LaneMask lanes_used, BinMoments& sums) {
  BinMoments const before = sums;
  by_tiles_[bin] = lanes_used;
  removed_ = {};
  rejected_.clear();
  whole_signal_ = sums.signal;
  first_changed_ = changed_runs_.size();
  for (std::size_t lane = 0; lane < lanes; ++lane)
    largest_square_sum_[lane] = squares_[bin * lanes + lane];
  LaneMask undecided = 0, left = lanes_used;
  each_lane(lanes_used, [&](std::size_t lane) {
    left = sums.pixels[lane] > 0 ? left : static_cast<LaneMask>(left & ~bit_of(lane));
  });
  for (int cycle = 0; cycle < rule.settings.cycles && left != 0; ++cycle) {
    Cycle const result = reject_once(bin, rule, image, left, sums);
    undecided |= result.undecided;
    each_lane(static_cast<LaneMask>(result.changed & ~undecided), [&](std::size_t lane) {
      undecided |= is_accurate(sums, lane) ? LaneMask{0} : bit_of(lane);
    });
    left = static_cast<LaneMask>(result.changed & ~undecided);
  }
  each_lane(undecided, [&](std::size_t lane) { forget(lane, before, sums); });
  undecided_ = undecided;
  return undecided;
}

void CountClipper::forget(std::size_t lane, BinMoments const& before, BinMoments& sums) {
  for (auto field : {&BinMoments::signal, &BinMoments::variance, &BinMoments::normalization,
                     &BinMoments::normalization2, &BinMoments::count})
    (sums.*field)[lane] = (before.*field)[lane];
  sums.pixels[lane] = before.pixels[lane];
  for (std::size_t k = first_changed_; k < changed_runs_.size(); ++k) {
    std::uint32_t const run = changed_runs_[k],
                        entries = matrix_.run(run + 1).first_entry - matrix_.run(run).first_entry;
    for (std::size_t e = 0; e < entries; ++e)
      excluded_[first_excluded_[run] + e] &= static_cast<LaneMask>(~bit_of(lane));
  }
}

void CountClipper::exclude(std::size_t bin, std::span<LaneMask const> rejected,
                           LaneMask lanes_of_bin) {
  std::size_t entry = 0;
  for (BinRuns::Place const& run : runs_.of(bin)) {
    for (std::size_t k = 0; k < run.entries; ++k, ++entry) {
      auto const mask = static_cast<LaneMask>(rejected[entry] & lanes_of_bin);
      if (mask != 0) excluded_of(run)[k] |= mask;
    }
  }
}

// Sums are lessened in the order of the entries, whatever the order in which they were rejected, or
// formed again where more is lost than kept.
void CountClipper::finish(std::size_t bin, LaneMask lanes_used, BinMoments const& before,
                          BinMoments& sums) {
  LaneMask lessened = 0, formed = 0;
  each_lane(lanes_used, [&](std::size_t lane) {
    std::int32_t const kept = sums.pixels[lane], lost = before.pixels[lane] - kept;
    (lost <= kept ? lessened : formed) |= bit_of(lane);
    sums.normalization[lane] = lost <= kept ? before.normalization[lane] : 0.0;
    sums.normalization2[lane] = lost <= kept ? before.normalization2[lane] : 0.0;
  });
  if (auto const by_entry = static_cast<LaneMask>(formed | (lessened & undecided_)); by_entry != 0)
    for (BinRuns::Place const& run : runs_.of(bin))
      finish_run(run, static_cast<LaneMask>(lessened & by_entry), formed, sums);
  std::sort(rejected_.begin(), rejected_.end(),
            [](RejectedCount const& a, RejectedCount const& b) { return a.entry < b.entry; });
  for (RejectedCount const& pixel : rejected_) {
    if (((lessened & ~undecided_) >> pixel.lane & 1) == 0) continue;
    sums.normalization[pixel.lane] -= pixel.norm;
    sums.normalization2[pixel.lane] -= pixel.norm * pixel.norm;
  }
}

void CountClipper::finish_run(BinRuns::Place const& run, LaneMask lessened, LaneMask formed,
                              BinMoments& sums) const {
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

void CountClipper::spread(TurnedImage const& image, std::span<std::size_t const> frames,
                          double* sums, core::PatternSums& out) {
  std::fill(squares_.begin(), squares_.end(), 0.0);
  SpreadSums const to{sums, squares_.data()};
  std::span<std::uint32_t const> bright = bright_runs_;
  for (std::size_t tile = 0; tile < matrix_.tiles(); ++tile) {
    std::span const of_tile = bright.first(static_cast<std::size_t>(
        std::lower_bound(bright.begin(), bright.end(), matrix_.first_run(tile + 1)) -
        bright.begin()));
    if (!matrix_.tile(tile).singles.runs.empty())
      spread_tile(tile, image.pixels(tile), of_tile, to);
    bright = bright.subspan(of_tile.size());
  }
  for (std::size_t bin = 0; bin < runs_.bins(); ++bin) {
    double* const of_bin = sums + bin * 2 * lanes;
    each_lane(by_tiles_[bin], [&](std::size_t lane) {
      out.variance[frames[lane] * out.bins + bin] = of_bin[lanes + lane];
    });
    std::fill_n(of_bin, 2 * lanes, 0.0);
  }
}

// Runs that keep a bright count are taken out of those that are done together.
void CountClipper::spread_tile(std::size_t tile, TilePixels const& pixels,
                               std::span<std::uint32_t const> bright, SpreadSums const& to) const {
  EntryRuns const entries = matrix_.tile(tile).singles;
  float const* const norms = norms_of(tile);
  std::uint32_t const begin = matrix_.first_run(tile), end = matrix_.first_run(tile + 1);
  auto const spread_between = [&](std::uint32_t first, std::uint32_t last) {
    EntryRuns const some{entries.runs.subspan(first - begin, last - first), entries.pixel,
                         entries.coefficient};
    prepared_.kernels.spread(some, pixels, norms,
                             {first_excluded_.data() + first, excluded_.data()}, to);
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
void CountClipper::spread_bright(std::uint32_t run, BinRun const& first, TilePixels const& pixels,
                                 float const* norms, SpreadSums const& to) const {
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
        for (std::size_t lane = 0; lane < lanes; ++lane)
          values[k * lanes + lane] = static_cast<float>(count(pixel[e + k], lane));
        norm[k] = norms[pixel[e + k]];
        place[k] = static_cast<std::uint16_t>(k);
      }
    });
    BinRun const part[] = {{first.bin, 0}, {0, static_cast<std::uint32_t>(number)}};
    std::uint32_t const excluded =
        first_excluded_[run] == 0 ? 0 : first_excluded_[run] + static_cast<std::uint32_t>(e);
    prepared_.kernels.spread({std::span(part, 1), place.data(), nullptr},
                             {values.data(), Storage::f32, false}, norm.data(),
                             {&excluded, excluded_.data()}, to);
  }
}

}  // namespace xrdct::kernels
