// Bounds of the azimuthal variance of counts, from sums of bands of tiles.
#include "kokkos/bins/count_bands.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "kokkos/simd/count_kernels.hpp"
#include "tests/kokkos/test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

constexpr std::size_t tile_pixels = 512;

core::ReductionPlan make_band_plan(double slope, double roughness) {
  core::ReductionPlan plan =
      make_plan({.shape = {260, 101}, .bins = 12, .widest = 1, .mask = true});
  for (std::size_t p = 0; p < plan.shape.pixels(); ++p) {
    double const along = static_cast<double>(p) / static_cast<double>(plan.shape.pixels());
    double const rough = static_cast<double>(noise(91, p) % 1000) / 1000.0;
    plan.corrections.normalization[p] =
        static_cast<float>(0.7 + slope * along * along + roughness * rough);
    core::BinMatrix const& matrix = plan.reductions[0].matrix;
    if (matrix.entry_begin[p] == matrix.entry_begin[p + 1]) continue;
    std::uint32_t const bin = matrix.bin[matrix.entry_begin[p]];  // some are not everywhere
    if ((bin == 3 && along < 0.3) || (bin == 4 && along > 0.4 && along < 0.7) ||
        (bin == 5 && along > 0.6))
      plan.corrections.mask[p] = 1;
  }
  return plan;
}

// A group of frames, each with a background of its own, and the pixels that each rejects: the
// bright ones and some others.
struct Group {
  std::vector<float> values;       // [pixel][lane]
  std::vector<LaneMask> rejected;  // [pixel]

  explicit Group(core::ReductionPlan const& plan) : rejected(plan.shape.pixels()) {
    for (std::size_t p = 0; p < plan.shape.pixels(); ++p)
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        std::uint64_t const random = noise(lane, p);
        double const mean = lane == 0 ? 0.05 : lane == 15 ? 1e5 : 3.0 * static_cast<double>(lane);
        double const gauss =
            std::sqrt(-2.0 * std::log((static_cast<double>(random % 65536) + 0.5) / 65536.0)) *
            std::cos(6.283185307179586 * static_cast<double>(random >> 16 & 65535) / 65536.0);
        bool const bright = random >> 40 & 1 ? false : (random >> 41) % 150 == 0;
        double const value = bright ? 1e5 * static_cast<double>(1 + (random >> 50) % 9)
                                    : std::floor(std::max(0.0, mean + std::sqrt(mean) * gauss));
        values.push_back(static_cast<float>(value));
        if (lane != 1 && (bright || (random >> 45) % 60 == 0))
          rejected[p] |= static_cast<LaneMask>(1u << lane);
      }
  }
};

struct Exact {
  long double signal = 0.0L, norm = 0.0L, spread = 0.0L;
};

// The definition, over the kept pixels of a bin in one frame.
Exact spread_of(core::ReductionPlan const& plan, TileMatrix const& matrix,
                std::span<BinRuns::Place const> runs, Group const& group, std::size_t lane) {
  Exact exact;
  for (BinRuns::Place const& run : runs)
    for (std::uint32_t e = run.first_entry; e < run.first_entry + run.entries; ++e) {
      std::size_t const pixel = run.tile * tile_pixels + matrix.pixels()[e];
      if ((group.rejected[pixel] >> lane & 1) != 0) continue;
      long double const s = group.values[pixel * lanes + lane],
                        w = plan.corrections.normalization[pixel];
      long double const apart = s * exact.norm - w * exact.signal, after = exact.norm + w;
      if (exact.norm > 0.0L) exact.spread += apart * apart / (exact.norm * after);
      exact.signal += s;
      exact.norm = after;
    }
  return exact;
}

// What each band adds to V lies between its bounds; S and N of the pixels before it are known.
void expect_parts(std::span<CountBands::Part const> parts, BandPlan const& band_plan,
                  core::ReductionPlan const& plan, TileMatrix const& matrix,
                  std::span<BinRuns::Place const> runs, Group const& group, std::size_t lane) {
  Exact before;
  for (std::size_t band = 0, number = 0; band < parts.size(); ++band) {
    while (number < runs.size() && band_plan.band_of(runs[number].tile) <= band) ++number;
    Exact const after = spread_of(plan, matrix, runs.first(number), group, lane);
    auto const added = static_cast<double>(after.spread - before.spread);
    EXPECT_LE(parts[band].least - parts[band].rounding, added)
        << "band " << band << ", lane " << lane;
    EXPECT_GE(parts[band].most + parts[band].rounding, added)
        << "band " << band << ", lane " << lane;
    if (after.norm != before.norm) {
      EXPECT_EQ(parts[band].signal, static_cast<double>(before.signal));
      EXPECT_NEAR(parts[band].normalization, static_cast<double>(before.norm),
                  1e-12 * static_cast<double>(after.norm));
    }
    before = after;
  }
}

void expect_bounds(double slope, double roughness, double widest) {
  core::ReductionPlan const plan = make_band_plan(slope, roughness);
  TileMatrix const matrix(plan.reductions[0].matrix, plan.corrections.mask, tile_pixels,
                          TileOrder::by_bin);
  BinRuns const runs(matrix, plan.reductions[0].matrix.bins);
  BandPlan const band_plan(plan, matrix, runs, tile_pixels);
  EXPECT_GT(band_plan.bands(), 8u);
  CountBands bands(band_plan);
  Group const group(plan);
  std::vector<double> sums(runs.bins() * 2 * lanes), squares(runs.bins() * lanes),
      placed(runs.bins() * lanes);
  std::vector<RunExtremes> extremes(runs.places());
  std::vector<std::uint32_t> place(runs.places());
  for (std::size_t k = 0; k < place.size(); ++k) place[k] = static_cast<std::uint32_t>(k);
  for (std::size_t tile = 0; tile < matrix.tiles(); ++tile) {
    bands.begin(tile, sums.data(), squares.data(), placed.data());
    portable_count_kernels().add(
        matrix.tile(tile).singles, {group.values.data() + tile * tile_pixels * lanes, Storage::f32},
        {sums.data(), squares.data(), placed.data(), band_plan.places.data(),
         place.data() + matrix.first_run(tile), extremes.data()});
  }
  for (std::size_t bin = 0; bin < runs.bins(); ++bin) {
    if (runs.of(bin).empty()) continue;
    std::vector<RejectedCount> rejected;
    for (BinRuns::Place const& run : runs.of(bin))
      for (std::uint32_t e = run.first_entry; e < run.first_entry + run.entries; ++e) {
        std::size_t const pixel = run.tile * tile_pixels + matrix.pixels()[e];
        for (std::uint32_t lane = 0; lane < lanes; ++lane)
          if ((group.rejected[pixel] >> lane & 1) != 0)
            rejected.push_back({e, static_cast<std::uint32_t>(band_plan.band_of(run.tile)), lane,
                                group.values[pixel * lanes + lane],
                                plan.corrections.normalization[pixel]});
      }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      Exact const exact = spread_of(plan, matrix, runs.of(bin), group, lane);
      std::size_t const k = bin * lanes + lane;
      double const mean = static_cast<double>(exact.signal / exact.norm),
                   spread = static_cast<double>(exact.spread);
      std::array<CountBands::Part, most_bands> parts;
      CountBands::Whole const whole{sums[bin * 2 * lanes + lane], squares[k], placed[k], mean};
      auto const [least, most] = bands.bounds(bin, lane, whole, rejected, &parts);
      expect_parts(parts, band_plan, plan, matrix, runs.of(bin), group, lane);
      EXPECT_LE(least, spread) << "bin " << bin << ", lane " << lane;
      EXPECT_GE(most, spread) << "bin " << bin << ", lane " << lane;
      EXPECT_LE(most - least, widest * spread) << "bin " << bin << ", lane " << lane << ": "
                                               << least << " … " << spread << " … " << most;
    }
  }
}

TEST(CountBands, KnowWhichBinsTheyHave) {
  core::ReductionPlan const plan = make_band_plan(0.0, 0.0);
  TileMatrix const matrix(plan.reductions[0].matrix, plan.corrections.mask, tile_pixels,
                          TileOrder::by_bin);
  BandPlan const bands(plan, matrix, BinRuns(matrix, plan.reductions[0].matrix.bins), tile_pixels);
  std::uint32_t const last = 1u << (bands.bands() - 1);
  EXPECT_EQ(bands.present[3] & (last | 1u), last);
  EXPECT_EQ(bands.present[4] & (last | 1u | 1u << bands.bands() / 2), last | 1u);
  EXPECT_EQ(bands.present[5] & (last | 1u), 1u);
}

TEST(CountBands, BoundTheVarianceCloselyWhereNormsDifferLittleInABand) {
  expect_bounds(0.0, 0.0, 1e-3);
  expect_bounds(0.2, 0.0, 0.02);
  expect_bounds(-0.2, 0.01, 0.05);
}

TEST(CountBands, BoundTheVarianceWhereNormsDiffer) { expect_bounds(0.2, 0.5, 2.0); }

TEST(NormGrid, HoldsTheExtremesAndTheMiddle) {
  NormGrid const grid{1.0, 0.25 / 16383.0};
  EXPECT_EQ(grid.place_of(0.75), -16383);
  EXPECT_EQ(grid.place_of(1.0), 0);
  EXPECT_EQ(grid.place_of(1.25), 16383);
  EXPECT_EQ(grid.place_of(2.0), 16383);
  EXPECT_EQ((NormGrid{1.0, 0.0}.place_of(1.0)), 0);
}

}  // namespace
}  // namespace xrdct::kernels::test
