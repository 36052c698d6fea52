#include "kokkos/bins/count_bands.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace xrdct::kernels {
namespace {

constexpr std::size_t entries_per_band = 64;
constexpr std::size_t fields = 3;
constexpr double most_place = 16383.0;
constexpr double rounding = 1e-12;  // relative error of a sum, generously
constexpr double least_share =
    1e-6;  // of the norms of all pixels; what is left of fewer is too inaccurate

std::size_t number_of_bands(std::size_t entries, std::size_t bins, std::size_t tiles) {
  return std::clamp<std::size_t>(entries / (entries_per_band * std::max<std::size_t>(bins, 1)), 1,
                                 std::min(most_bands, std::max<std::size_t>(tiles, 1)));
}

}  // namespace

BandPlan::BandPlan(core::ReductionPlan const& plan, TileMatrix const& matrix, BinRuns const& runs,
                   std::size_t tile_pixels)
    : bins(runs.bins()) {
  std::size_t entries = 0;
  for (std::size_t bin = 0; bin < bins; ++bin)
    for (BinRuns::Place const& run : runs.of(bin)) entries += run.entries;
  band_tiles = (matrix.tiles() + number_of_bands(entries, bins, matrix.tiles()) - 1) /
               number_of_bands(entries, bins, matrix.tiles());
  band_tiles = std::max<std::size_t>(band_tiles, 1);
  std::size_t const number = (matrix.tiles() + band_tiles - 1) / band_tiles;
  norms.resize(bins * number);
  auto const each = [&](std::size_t bin, auto visit) {
    for (BinRuns::Place const& run : runs.of(bin))
      for (std::uint32_t e = run.first_entry; e < run.first_entry + run.entries; ++e)
        visit(e, norms[bin * number + band_of(run.tile)],
              double{plan.corrections.normalization[run.tile * tile_pixels + matrix.pixels()[e]]});
  };
  places.resize(entries);
  grids.resize(bins);
  present.resize(bins);
  for (std::size_t bin = 0; bin < bins; ++bin) {
    double least = std::numeric_limits<double>::infinity(), most = 0.0;
    each(bin, [&](std::uint32_t, BandNorms& of_band, double norm) {
      of_band.least = of_band.most == 0.0 ? norm : std::min(of_band.least, norm);
      of_band.most = std::max(of_band.most, norm);
      least = std::min(least, norm);
      most = std::max(most, norm);
    });
    if (most == 0.0) continue;
    NormGrid const grid = grids[bin] = {0.5 * (least + most), (most - least) / (2.0 * most_place)};
    each(bin, [&](std::uint32_t entry, BandNorms& of_band, double norm) {
      places[entry] = grid.place_of(norm);
      of_band.pixels += 1.0;
      double const on_grid = grid.at(places[entry]);
      of_band.sum += norm;
      of_band.squares += norm * norm;
      of_band.products += norm * on_grid;
      of_band.deviation += (norm - on_grid) * (norm - on_grid);
    });
    for (std::size_t b = 0; b < number; ++b) {
      BandNorms& of_band = norms[bin * number + b];
      present[bin] |= static_cast<std::uint32_t>(of_band.most != 0.0) << b;
      of_band.deviation =
          std::sqrt(of_band.deviation) * (1.0 + rounding) + rounding * std::sqrt(of_band.squares);
    }
  }
}

std::int16_t NormGrid::place_of(double norm) const noexcept {
  return step > 0.0 ? static_cast<std::int16_t>(
                          std::clamp(std::round((norm - origin) / step), -most_place, most_place))
                    : std::int16_t{0};
}

CountBands::CountBands(BandPlan const& plan)
    : plan_(plan),
      sums_(plan.bins * (std::max<std::size_t>(plan.bands(), 1) - 1) * fields * lanes) {}

void CountBands::begin(std::size_t tile, double const* sums, double const* squares,
                       double const* placed) {
  for (; bands_done_ < plan_.band_of(tile); ++bands_done_)
    for (std::size_t bin = 0; bin < plan_.bins; ++bin) {
      if ((plan_.present[bin] >> bands_done_ & 1) == 0) continue;
      double* const to = sums_.data() + (bin * (plan_.bands() - 1) + bands_done_) * fields * lanes;
      std::memcpy(to, sums + bin * 2 * lanes, lanes * sizeof(double));
      std::memcpy(to + lanes, squares + bin * lanes, lanes * sizeof(double));
      std::memcpy(to + 2 * lanes, placed + bin * lanes, lanes * sizeof(double));
    }
}

CountBands::Bounds CountBands::bounds(std::size_t bin, std::size_t lane, Whole const& whole,
                                      std::span<RejectedCount const> rejected,
                                      std::array<Part, most_bands>* parts) const {
  struct Kept {
    double signal, squares, placed, norm, norm2, products;
  };
  std::array<Kept, most_bands> kept;
  std::size_t const bands = plan_.bands();
  BandNorms const* const norms = plan_.norms.data() + bin * bands;
  NormGrid const& grid = plan_.grids[bin];
  double signal = 0.0, squares = 0.0, placed = 0.0;
  for (std::size_t b = 0; b < bands; ++b) {
    if ((plan_.present[bin] >> b & 1) == 0) continue;
    bool const known = b < bands_done_;
    double const* end = sums_.data() + (bin * (bands - 1) + b) * fields * lanes + lane;
    double const s = known ? end[0] : whole.signal, s2 = known ? end[lanes] : whole.squares,
                 qs = known ? end[2 * lanes] : whole.placed;
    kept[b] = {s - signal,   s2 - squares,     qs - placed,
               norms[b].sum, norms[b].squares, norms[b].products};
    signal = s;
    squares = s2;
    placed = qs;
  }
  for (RejectedCount const& pixel : rejected) {
    if (pixel.lane != lane) continue;
    Kept& of_band = kept[pixel.band];
    of_band.signal -= pixel.counts;
    of_band.squares -= pixel.counts * pixel.counts;
    std::int16_t const place = grid.place_of(pixel.norm);
    of_band.placed -= place * pixel.counts;
    of_band.norm -= pixel.norm;
    of_band.norm2 -= pixel.norm * pixel.norm;
    of_band.products -= pixel.norm * grid.at(place);
  }
  double const m = whole.mean,
               least_inexact = 9007199254740992.0;  // sums of integers are exact below 2⁵³
  double inexact = whole.squares < least_inexact ? 0.0 : rounding * whole.squares;
  if (!(whole.signal * (most_place + 1.0) < least_inexact))
    inexact += 2.0 * m * rounding * most_place * grid.step * whole.signal;
  double r = 0.0, n = 0.0, n_of_all = 0.0, quotient = 0.0, size = 0.0;
  double signal_before = 0.0;
  if (parts != nullptr) parts->fill({});
  Bounds bounds{0.0, 0.0};
  for (std::size_t b = 0; b < bands; ++b) {
    if ((plan_.present[bin] >> b & 1) == 0) continue;
    Kept const& of_band = kept[b];
    BandNorms const& of_all = norms[b];
    double const of_r = of_band.signal - m * of_band.norm, skew = m * of_all.deviation;
    double const sloping =
        grid.origin * of_band.signal + grid.step * of_band.placed - m * of_band.products;  // Σ ω'·r
    double const rest = of_band.squares - m * m * of_band.norm2 - 2.0 * m * sloping;
    double const slack = inexact + rounding * (of_band.squares + m * m * of_all.squares);
    double const low = std::max(0.0, std::sqrt(std::max(0.0, skew * skew + rest - slack)) - skew);
    double const high = std::sqrt(std::max(0.0, skew * skew + rest + slack)) + skew;
    double const r_before = r, n_before = n, before = quotient;
    r += of_r;
    n += of_band.norm;
    n_of_all += of_all.sum;
    if (n < least_share * n_of_all && (n != 0.0 || r != 0.0))
      return {0.0, std::numeric_limits<double>::infinity()};
    quotient = n != 0.0 ? r * r / n : 0.0;
    double const change = quotient - before, squares_over_norm = high * high / of_all.least;
    double changes = squares_over_norm + std::max(0.0, squares_over_norm - change);
    if (n_before > 0.0) {
      double const apart = std::sqrt(of_all.pixels) * high,
                   most_r = 0.5 * (std::abs(r_before) + std::abs(r) + apart),
                   share = most_r / n_before;
      changes = std::min(
          changes, 2.0 * share * apart + high * high / n_before + share * share * of_band.norm);
    }
    double const middle = 0.5 * (of_all.most + of_all.least),
                 aside = 0.5 * (of_all.most - of_all.least) * changes;
    double const least = std::max(0.0, low * low - middle * change - aside),
                 most = std::max(0.0, high * high - middle * change + aside);
    bounds.least += least;
    bounds.most += most;
    if (parts != nullptr)
      (*parts)[b] = {least, most, rounding * (of_band.squares + m * m * of_all.squares),
                     signal_before, n_before};
    signal_before += of_band.signal;
    size += of_all.most * (quotient + before + changes + squares_over_norm + std::abs(r) * m);
  }
  double const slack = rounding * size;
  return {std::max(0.0, bounds.least - slack), bounds.most + slack};
}

}  // namespace xrdct::kernels
