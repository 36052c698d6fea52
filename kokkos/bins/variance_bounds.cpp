// Bounds of the azimuthal variance; derived in docs/decisions/0018-bounds-of-the-variance.md.
#include "kokkos/bins/variance_bounds.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace xrdct::kernels {
namespace {

constexpr std::size_t entries_per_window = 64;
constexpr std::size_t fields = 3;
constexpr double most_place = 16383.0;
constexpr double rounding = 1e-12;  // relative error of a sum, generously
// Of the norms of all pixels; what is left of fewer is too inaccurate.
constexpr double least_share = 1e-6;

std::size_t number_of_windows(std::size_t entries, std::size_t bins, std::size_t tiles) {
  return std::clamp<std::size_t>(entries / (entries_per_window * std::max<std::size_t>(bins, 1)), 1,
                                 std::min(most_windows, std::max<std::size_t>(tiles, 1)));
}

}  // namespace

WindowPlan::WindowPlan(core::ReductionPlan const& plan, TileMatrix const& matrix,
                       BinRuns const& runs, std::size_t tile_pixels)
    : bins(runs.bins()) {
  std::size_t entries = 0;
  for (std::size_t bin = 0; bin < bins; ++bin)
    for (BinRuns::Place const& run : runs.of(bin)) entries += run.entries;
  window_tiles = (matrix.tiles() + number_of_windows(entries, bins, matrix.tiles()) - 1) /
                 number_of_windows(entries, bins, matrix.tiles());
  window_tiles = std::max<std::size_t>(window_tiles, 1);
  std::size_t const number = (matrix.tiles() + window_tiles - 1) / window_tiles;
  norms.resize(bins * number);
  auto const each = [&](std::size_t bin, auto visit) {
    for (BinRuns::Place const& run : runs.of(bin))
      for (std::uint32_t e = run.first_entry; e < run.first_entry + run.entries; ++e)
        visit(e, norms[bin * number + window_of(run.tile)],
              double{plan.corrections.normalization[run.tile * tile_pixels + matrix.pixels()[e]]});
  };
  places.resize(entries);
  grids.resize(bins);
  present.resize(bins);
  for (std::size_t bin = 0; bin < bins; ++bin) {
    double least = std::numeric_limits<double>::infinity(), most = 0.0;
    each(bin, [&](std::uint32_t, WindowNorms& of_window, double norm) {
      of_window.least = of_window.most == 0.0 ? norm : std::min(of_window.least, norm);
      of_window.most = std::max(of_window.most, norm);
      least = std::min(least, norm);
      most = std::max(most, norm);
    });
    if (most == 0.0) continue;
    NormGrid const grid = grids[bin] = {0.5 * (least + most), (most - least) / (2.0 * most_place)};
    each(bin, [&](std::uint32_t entry, WindowNorms& of_window, double norm) {
      places[entry] = grid.place_of(norm);
      of_window.pixels += 1.0;
      double const on_grid = grid.at(places[entry]);
      of_window.sum += norm;
      of_window.squares += norm * norm;
      of_window.products += norm * on_grid;
      of_window.deviation += (norm - on_grid) * (norm - on_grid);
    });
    for (std::size_t b = 0; b < number; ++b) {
      WindowNorms& of_window = norms[bin * number + b];
      present[bin] |= static_cast<std::uint32_t>(of_window.most != 0.0) << b;
      of_window.deviation = std::sqrt(of_window.deviation) * (1.0 + rounding) +
                            rounding * std::sqrt(of_window.squares);
    }
  }
}

std::int16_t NormGrid::place_of(double norm) const noexcept {
  return step > 0.0 ? static_cast<std::int16_t>(
                          std::clamp(std::round((norm - origin) / step), -most_place, most_place))
                    : std::int16_t{0};
}

VarianceBounds::VarianceBounds(WindowPlan const& plan)
    : plan_(plan),
      sums_(plan.bins * (std::max<std::size_t>(plan.windows(), 1) - 1) * fields * lanes) {}

void VarianceBounds::begin(std::size_t tile, double const* sums, double const* squares,
                           double const* placed) {
  for (; windows_done_ < plan_.window_of(tile); ++windows_done_)
    for (std::size_t bin = 0; bin < plan_.bins; ++bin) {
      if (!plan_.has(bin, windows_done_)) continue;
      double* const to =
          sums_.data() + (bin * (plan_.windows() - 1) + windows_done_) * fields * lanes;
      std::memcpy(to, sums + bin * 2 * lanes, lanes * sizeof(double));
      std::memcpy(to + lanes, squares + bin * lanes, lanes * sizeof(double));
      std::memcpy(to + 2 * lanes, placed + bin * lanes, lanes * sizeof(double));
    }
}

// Sums of the kept pixels of the windows that have pixels of the bin; others are not set.
std::array<VarianceBounds::Kept, most_windows> VarianceBounds::sums_of_kept(
    std::size_t bin, std::size_t lane, Whole const& whole,
    std::span<RejectedCount const> rejected) const {
  std::array<Kept, most_windows> kept;
  std::size_t const windows = plan_.windows();
  WindowNorms const* const norms = plan_.norms.data() + bin * windows;
  NormGrid const& grid = plan_.grids[bin];
  double signal = 0.0, squares = 0.0, placed = 0.0;
  for (std::size_t w = 0; w < windows; ++w) {
    if (!plan_.has(bin, w)) continue;
    bool const known = w < windows_done_;
    double const* end = sums_.data() + (bin * (windows - 1) + w) * fields * lanes + lane;
    double const s = known ? end[0] : whole.signal, s2 = known ? end[lanes] : whole.squares,
                 qs = known ? end[2 * lanes] : whole.placed;
    kept[w] = {s - signal,   s2 - squares,     qs - placed,
               norms[w].sum, norms[w].squares, norms[w].products};
    signal = s;
    squares = s2;
    placed = qs;
  }
  for (RejectedCount const& pixel : rejected) {
    if (pixel.lane != lane) continue;
    Kept& of_window = kept[pixel.window];
    of_window.signal -= pixel.counts;
    of_window.squares -= pixel.counts * pixel.counts;
    std::int16_t const place = grid.place_of(pixel.norm);
    of_window.placed -= place * pixel.counts;
    of_window.norm -= pixel.norm;
    of_window.norm2 -= pixel.norm * pixel.norm;
    of_window.products -= pixel.norm * grid.at(place);
  }
  return kept;
}

// √W, W = Σ (s − m·ω)². \param inexact absolute error of the sums of counts
VarianceBounds::Bounds VarianceBounds::bound_root(Kept const& kept, WindowNorms const& norms,
                                                  NormGrid const& grid, double m, double inexact) {
  double const skew = m * norms.deviation;
  double const sloping =
      grid.origin * kept.signal + grid.step * kept.placed - m * kept.products;  // Σ ω'·r
  double const rest = kept.squares - m * m * kept.norm2 - 2.0 * m * sloping;
  double const slack = inexact + rounding * (kept.squares + m * m * norms.squares);
  return {std::max(0.0, std::sqrt(std::max(0.0, skew * skew + rest - slack)) - skew),
          std::sqrt(std::max(0.0, skew * skew + rest + slack)) + skew};
}

// Not less than E = Σ |Q_k − Q_{k−1}|. \param most_root not less than √W
double VarianceBounds::bound_changes(Kept const& kept, WindowNorms const& norms, double most_root,
                                     Running const& before, Running const& after) {
  double const change = after.quotient() - before.quotient(),
               squares_over_norm = most_root * most_root / norms.least;
  double const changes = squares_over_norm + std::max(0.0, squares_over_norm - change);
  if (!(before.normalization > 0.0)) return changes;
  double const apart = std::sqrt(norms.pixels) * most_root,
               most_r = 0.5 * (std::abs(before.r) + std::abs(after.r) + apart),
               share = most_r / before.normalization;
  return std::min(changes, 2.0 * share * apart + most_root * most_root / before.normalization +
                               share * share * kept.norm);
}

VarianceBounds::Bounds VarianceBounds::bounds(std::size_t bin, std::size_t lane, Whole const& whole,
                                              std::span<RejectedCount const> rejected,
                                              std::array<Part, most_windows>* parts) const {
  auto const kept = sums_of_kept(bin, lane, whole, rejected);
  WindowNorms const* const norms = plan_.norms.data() + bin * plan_.windows();
  NormGrid const& grid = plan_.grids[bin];
  double const m = whole.mean, least_inexact = 9007199254740992.0;  // 2⁵³
  double inexact = whole.squares < least_inexact ? 0.0 : rounding * whole.squares;
  if (!(whole.signal * (most_place + 1.0) < least_inexact))
    inexact += 2.0 * m * rounding * most_place * grid.step * whole.signal;
  Running before;
  double norm_of_all = 0.0, size = 0.0;
  if (parts != nullptr) parts->fill({});
  Bounds bounds{0.0, 0.0};
  for (std::size_t w = 0; w < plan_.windows(); ++w) {
    if (!plan_.has(bin, w)) continue;
    norm_of_all += norms[w].sum;
    Running const after = before.with(kept[w], m);
    if (after.normalization < least_share * norm_of_all &&
        (after.normalization != 0.0 || after.r != 0.0))
      return {0.0, std::numeric_limits<double>::infinity()};
    auto const [low, high] = bound_root(kept[w], norms[w], grid, m, inexact);
    double const changes = bound_changes(kept[w], norms[w], high, before, after),
                 change = after.quotient() - before.quotient();
    double const middle = 0.5 * (norms[w].most + norms[w].least),
                 aside = 0.5 * (norms[w].most - norms[w].least) * changes;
    double const least = std::max(0.0, low * low - middle * change - aside),
                 most = std::max(0.0, high * high - middle * change + aside);
    bounds.least += least;
    bounds.most += most;
    if (parts != nullptr)
      (*parts)[w] = {least, most, rounding * (kept[w].squares + m * m * norms[w].squares),
                     before.signal, before.normalization};
    size += norms[w].most * (after.quotient() + before.quotient() + changes +
                             high * high / norms[w].least + std::abs(after.r) * m);
    before = after;
  }
  double const slack = rounding * size;
  return {std::max(0.0, bounds.least - slack), bounds.most + slack};
}

}  // namespace xrdct::kernels
