// Clipping of counts by sums and extremes of runs.
#include "kokkos/bins/count_clipper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <numeric>

#include "io/codec/words/choose_simd.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/fused/group_reducer.hpp"
#include "tests/kokkos/test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

using core::ErrorModel;
using core::Method;

struct Detector {
  core::PixelType type = core::PixelType::u32;
  float least_norm = 0.8f, most_norm = 0.8004f;
  core::FrameShape shape{260, 101};
};

// One reduction for each model and threshold, without splitting; norms differ little, as those of
// the pixels of a ring do.
core::ReductionPlan make_clip_plan(Detector const& detector) {
  core::ReductionPlan plan = make_plan({.shape = detector.shape,
                                        .type = detector.type,
                                        .filter = core::Filter::bitshuffle_lz4,
                                        .bins = 20,
                                        .widest = 1,
                                        .mask = true});
  for (std::size_t p = 0; p < plan.shape.pixels(); ++p)
    plan.corrections.normalization[p] =
        detector.least_norm + (detector.most_norm - detector.least_norm) *
                                  static_cast<float>(noise(91, p) % 1000) / 1000.0f;
  core::Reduction const first = plan.reductions[0];
  plan.reductions.clear();
  for (ErrorModel model : {ErrorModel::azimuthal, ErrorModel::hybrid, ErrorModel::poisson})
    for (core::SigmaClip const& clip : {core::SigmaClip{5.0, 5}, {3.0, 20}, {2.0, 1}}) {
      plan.reductions.push_back(first);
      plan.reductions.back().method = Method::sigma_clip;
      plan.reductions.back().error_model = model;
      plan.reductions.back().clip = clip;
    }
  return plan;
}

std::vector<std::vector<double>> make_frames(core::ReductionPlan const& plan, double bright) {
  std::vector<std::vector<double>> frames;
  for (double background : {0.0, 2.0, 30.0, bright / 100.0})
    frames.push_back(make_spotty_frame(plan, frames.size(), background, bright));
  frames.push_back(make_frame(plan, 7, bright, true));
  frames.emplace_back(plan.shape.pixels(), 3.0);
  return frames;
}

core::ReducedBatch reduce(core::ReductionPlan const& plan,
                          std::vector<std::vector<double>> const& frames) {
  FrameReducer reducer(plan, Engine::fused);
  Stored const stored = store(plan, frames);
  core::ReducedBatch out;
  reducer.reduce(stored.batch, out);
  reducer.reduce(stored.batch, out);  // again, over what the first one left
  return out;
}

TEST(CountClipper, EqualsTheReference) {
  for (Detector const& detector :
       {Detector{}, Detector{core::PixelType::u16, 0.3f, 1.0f}, Detector{core::PixelType::u8}}) {
    core::ReductionPlan const plan = make_clip_plan(detector);
    auto const frames = make_frames(plan, detector.type == core::PixelType::u32   ? 1e6
                                          : detector.type == core::PixelType::u16 ? 5e4
                                                                                  : 200.0);
    expect_equal(reference(plan, frames), reduce(plan, frames), 1e-10);
  }
}

// V is bounded in windows; those with the widest bounds are formed, or, where norms differ much,
// all of them.
TEST(CountClipper, EqualsTheReferenceInManyTiles) {
  for (float most_norm : {0.81f, 1.2f}) {
    core::ReductionPlan plan = make_clip_plan({core::PixelType::u32, 0.8f, most_norm, {700, 202}});
    plan.reductions.resize(3);
    std::vector<std::vector<double>> frames;
    for (double background : {12.0, 100.0, 1000.0}) {
      std::vector<double> frame = make_spotty_frame(plan, frames.size(), background, 0.0);
      for (std::size_t p = 0; p < frame.size(); ++p)  // some near the limits
        if (frame[p] == 0.0)
          frame[p] =
              std::floor(background * (1.5 + static_cast<double>(noise(70, p) % 1000) / 500.0));
      frames.push_back(frame);
    }
    frames.push_back(make_spotty_frame(plan, 4, 3.0, 1e6));
    auto const together = reduce(plan, frames);
    expect_equal(reference(plan, frames), together, 1e-10);
    for (std::size_t f = 0; f < frames.size(); ++f)
      expect_same_bits(reduce(plan, {frames[f]}), 0, together, f);
  }
}

TEST(CountClipper, GivesTheSameBitsBesideOtherFrames) {
  core::ReductionPlan const plan = make_clip_plan({});
  auto const frames = make_frames(plan, 1e6);
  auto const together = reduce(plan, frames);
  for (std::size_t f = 0; f < frames.size(); ++f)
    expect_same_bits(reduce(plan, {frames[f]}), 0, together, f);
}

// Few counts of a tile need more than 8 bits: they are kept beside it. Some of them are clipped,
// others (of the frame around 175) are not; one frame has an invalid pixel in some tiles.
TEST(CountClipper, KeepsBrightCountsBesideTheTile) {
  core::ReductionPlan plan = make_clip_plan({});
  for (auto const& [method, model] : {std::pair{Method::quantile_mean, ErrorModel::none},
                                      {Method::mean, ErrorModel::poisson},
                                      {Method::sum, ErrorModel::none},
                                      {Method::maximum, ErrorModel::hybrid}}) {
    plan.reductions.push_back(plan.reductions[0]);
    plan.reductions.back().method = method;
    plan.reductions.back().error_model = model;
    plan.reductions.back().quantiles = {0.5, 0.5};
  }
  std::vector<std::vector<double>> frames;
  for (double background : {0.0, 2.0, 30.0, 175.0}) {
    std::vector<double> frame(plan.shape.pixels());
    for (std::size_t p = 0; p < frame.size(); ++p) {
      std::uint64_t const random = noise(frames.size() + 40, p);
      frame[p] = random % 640 == 0
                     ? static_cast<double>(random >> 8 & 0xfffff)
                     : std::floor(background *
                                  (0.5 + static_cast<double>(random >> 40) / std::exp2(24.0)));
    }
    frames.push_back(frame);
  }
  auto const touched_by = [&] {
    FusedPlan const fused(plan);
    GroupReducer group(fused);
    Stored const stored = store(plan, frames);
    core::ReducedBatch out = reduce(plan, frames);
    std::vector<std::size_t> all(frames.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    group.reduce(stored.batch, all, out);
    expect_equal(reference(plan, frames), out, 1e-10);
    return group.touched_pixel_bytes();
  };
  // decoded otherwise, for it ends in raw bytes
  std::size_t const last_block = plan.shape.pixels() % 2048;
  std::size_t const last_tile = plan.shape.pixels() % 8192,
                    narrow_pixels = plan.shape.pixels() - last_tile;
  ASSERT_NE(last_block % 8, 0u);
  EXPECT_LE(touched_by(), 16 * narrow_pixels + 64 * last_tile);
  auto const together = reduce(plan, frames);
  for (std::size_t f = 0; f < frames.size(); ++f)
    expect_same_bits(reduce(plan, {frames[f]}), 0, together, f);
  for (std::size_t p = 0; p < frames[1].size(); p += 9000) frames[1][p] = 4294967295.0;  // invalid
  EXPECT_GT(touched_by(), 32 * narrow_pixels);
  for (double& value : frames[2]) value *= 100.0;  // all of them are bright
  EXPECT_GT(touched_by(), 32 * narrow_pixels);
}

// A tile of 300 pixels in 4 bins.
struct Tile {
  std::vector<BinRun> runs;
  std::vector<std::uint16_t> pixel;
  std::vector<float> coefficient, norm;
  std::vector<std::int16_t> place_on_grid;
  std::vector<std::byte> values;
  std::vector<std::uint32_t> place{2, 0, 3, 1}, first_excluded{0, 1, 0, 0};
  std::vector<LaneMask> excluded{0};
  Storage storage;

  explicit Tile(Storage storage_) : values(300 * lanes * size_of(storage_)), storage(storage_) {
    constexpr std::uint32_t ends[] = {0, 1, 40, 240, 300};
    for (std::uint32_t bin = 0; bin < 5; ++bin) runs.push_back({bin, ends[bin]});
    for (std::uint16_t p = 0; p < 300; ++p) {
      pixel.push_back(static_cast<std::uint16_t>(p * 7 % 300));
      coefficient.push_back(1.0f);
      place_on_grid.push_back(
          static_cast<std::int16_t>(static_cast<int>(noise(5, p) % 32767) - 16383));
      norm.push_back(0.5f + static_cast<float>(noise(1, p) % 1000) / 999.0f);
    }
    for (std::size_t k = 0; k < 39; ++k) excluded.push_back(static_cast<LaneMask>(noise(2, k)));
    for (std::size_t k = 0; k < 300 * lanes; ++k) set(k, noise(3, k));
  }
  void set(std::size_t k, std::uint64_t random) {
    bool const bright = random % 97 == 0;
    if (storage == Storage::f32) {
      float const value = random % 41 == 0
                              ? std::numeric_limits<float>::quiet_NaN()
                              : static_cast<float>(bright ? random % 1000000 : random % 9);
      std::memcpy(values.data() + 4 * k, &value, 4);
    } else {
      std::uint64_t const value = bright ? random >> 8 : random % 9;
      std::memcpy(values.data() + k * size_of(storage), &value, size_of(storage));
    }
  }
  EntryRuns entries() const { return {std::span(runs).first(4), pixel.data(), coefficient.data()}; }
  TilePixels pixels() const { return {values.data(), storage, storage == Storage::f32}; }
};

// What each kernel writes.
struct Sums {
  std::vector<double> sums = std::vector<double>(4 * 2 * lanes),
                      third = std::vector<double>(4 * lanes), placed = third;
  std::vector<RunExtremes> extremes = std::vector<RunExtremes>(4);
  std::vector<std::uint32_t> found;
};

Sums add(CountKernels const& kernels, Tile const& tile, bool with_places = true,
         bool with_variance = true) {
  Sums result;
  kernels.add(tile.entries(), tile.pixels(),
              {result.sums.data(), result.third.data(), result.placed.data(),
               with_places ? tile.place_on_grid.data() : nullptr, tile.place.data(),
               result.extremes.data(), with_variance});
  PerLane<std::uint16_t> lower, upper;
  lower.fill(1);
  upper.fill(900);
  std::vector<EntryLanes> found(4);
  found.resize(kernels.find(result.extremes.data(), 4, lower, upper, found.data()));
  for (EntryLanes const& run : found) result.found.push_back(run.entry << 16 | run.lanes);
  return result;
}

Sums azimuthal_variance(CountKernels const& kernels, Tile const& tile) {
  Sums result;
  kernels.add_azimuthal_variance(tile.entries(), tile.pixels(), tile.norm.data(),
                                 {tile.first_excluded.data(), tile.excluded.data()},
                                 {result.sums.data(), result.third.data()});
  return result;
}

void expect_same(Sums const& a, Sums const& b) {
  EXPECT_EQ(std::memcmp(a.sums.data(), b.sums.data(), a.sums.size() * sizeof(double)), 0);
  EXPECT_EQ(std::memcmp(a.third.data(), b.third.data(), a.third.size() * sizeof(double)), 0);
  EXPECT_EQ(std::memcmp(a.placed.data(), b.placed.data(), a.placed.size() * sizeof(double)), 0);
  EXPECT_EQ(
      std::memcmp(a.extremes.data(), b.extremes.data(), a.extremes.size() * sizeof(RunExtremes)),
      0);
  EXPECT_EQ(a.found, b.found);
}

TEST(CountKernels, GiveTheSameBitsWithEveryInstructionSet) {
  if (codec::best_simd_of_processor() < codec::Simd::avx2)
    GTEST_SKIP() << "this processor has no AVX2";
  for (Storage storage : {Storage::u8, Storage::u16, Storage::f32}) {
    Tile const tile(storage);
    for (bool with_places : {false, true})
      for (bool with_variance : {false, true})
        expect_same(add(portable_count_kernels(), tile, with_places, with_variance),
                    add(avx2_count_kernels(), tile, with_places, with_variance));
    if (storage != Storage::f32)
      expect_same(azimuthal_variance(portable_count_kernels(), tile),
                  azimuthal_variance(avx2_count_kernels(), tile));
  }
  Tile largest(Storage::u8);  // as much as its sums of 15 and 31 bits can have to hold
  std::fill(largest.values.begin(), largest.values.end(), std::byte{255});
  std::fill(largest.place_on_grid.begin(), largest.place_on_grid.end(), std::int16_t{-16383});
  expect_same(add(portable_count_kernels(), largest), add(avx2_count_kernels(), largest));
}

// What `find_outside` writes of each run.
struct Outside {
  std::vector<std::uint32_t> found;
  std::vector<RunExtremes> others;
};

Outside find_outside(CountKernels const& kernels, Tile const& tile,
                     PerLane<std::uint16_t> const& lower, PerLane<std::uint16_t> const& upper,
                     LaneMask of) {
  Outside result;
  for (std::size_t run = 0; run < 4; ++run) {
    std::uint32_t const first = tile.runs[run].first_entry,
                        entries = tile.runs[run + 1].first_entry - first;
    std::uint32_t const excluded = tile.first_excluded[run];
    std::vector<EntryLanes> found(entries);
    result.others.emplace_back();
    found.resize(kernels.find_outside({std::span(tile.pixel).subspan(first, entries),
                                       excluded == 0 ? nullptr : tile.excluded.data() + excluded},
                                      tile.pixels(), lower, upper, of, result.others.back(),
                                      found.data()));
    for (EntryLanes const& entry : found)
      result.found.push_back((first + entry.entry) << 16 | entry.lanes);
  }
  return result;
}

TEST(CountKernels, FindTheSameCountsOutsideOfLimitsWithEveryInstructionSet) {
  if (codec::best_simd_of_processor() < codec::Simd::avx2)
    GTEST_SKIP() << "this processor has no AVX2";
  std::uint16_t const limits[] = {0, 1, 5, 8, 200, 254, 255, 256, 1000, 65534, 65535};
  for (Storage storage : {Storage::u8, Storage::u16, Storage::f32}) {
    Tile tile(storage);
    for (std::size_t k = 0; k < 300 * lanes && storage == Storage::u8; k += 53)
      tile.values[k] = std::byte{bright_placeholder};
    for (std::uint64_t round = 0; round < 40; ++round) {
      PerLane<std::uint16_t> lower, upper;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        lower[lane] = limits[noise(11 + round, lane) % std::size(limits)];
        upper[lane] = limits[noise(61 + round, lane) % std::size(limits)];
      }
      auto const of = static_cast<LaneMask>(round == 0 ? 0xffffu : noise(10, round));
      Outside const a = find_outside(portable_count_kernels(), tile, lower, upper, of),
                    b = find_outside(avx2_count_kernels(), tile, lower, upper, of);
      EXPECT_EQ(a.found, b.found);
      EXPECT_EQ(std::memcmp(a.others.data(), b.others.data(), 4 * sizeof(RunExtremes)), 0);
    }
  }
}

TEST(CountKernels, FindCountsOutsideOfLimits) {
  Tile tile(Storage::u8);
  std::fill(tile.values.begin(), tile.values.end(), std::byte{7});
  auto const set = [&](std::size_t entry, std::size_t lane, unsigned counts) {
    tile.values[tile.pixel[entry] * lanes + lane] = std::byte(counts);
  };
  set(50, 3, 2);
  set(60, 3, 9);
  set(60, 4, bright_placeholder);
  set(61, 3, 5);
  set(62, 5, 9);   // not asked for
  set(20, 6, 90);  // excluded
  tile.excluded[1 + 19] = LaneMask{1u << 6};
  PerLane<std::uint16_t> lower, upper;
  lower.fill(5);
  upper.fill(8);
  upper[4] = most_counts;
  for (CountKernels const& kernels : {portable_count_kernels(), avx2_count_kernels()}) {
    if (kernels.add != portable_count_kernels().add &&
        codec::best_simd_of_processor() < codec::Simd::avx2)
      continue;
    Outside const outside = find_outside(kernels, tile, lower, upper, LaneMask(~(1u << 5)));
    EXPECT_EQ(outside.found,
              (std::vector<std::uint32_t>{50u << 16 | 1u << 3, 60u << 16 | 1u << 3 | 1u << 4}));
    EXPECT_EQ(outside.others[2].smallest[3], 5);
    EXPECT_EQ(outside.others[2].largest[3], 7);
    EXPECT_EQ(outside.others[2].largest[4], 7);
    EXPECT_EQ(outside.others[1].largest[6], 7);
    upper[4] = 3;  // none is inside
    EXPECT_EQ(find_outside(kernels, tile, lower, upper, LaneMask{0}).others[0].smallest[4],
              most_counts);
    EXPECT_EQ(find_outside(kernels, tile, lower, upper, LaneMask{0}).others[0].largest[4], 0);
    upper[4] = most_counts;
  }
}

// V = Σ (s·N_{k−1} − ω·S_{k−1})²/(N_{k−1}·N_k) of the entries that count, in long double; the first
// ones of a run are excluded in some lanes.
TEST(CountKernels, AzimuthalVarianceByTheDefinition) {
  Tile tile(Storage::u16);
  for (std::size_t k = 1; k <= 3; ++k) tile.excluded[k] |= 0x00ff;
  Sums const found = azimuthal_variance(portable_count_kernels(), tile);
  for (std::size_t run = 0; run < 4; ++run)
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      long double signal = 0.0L, norm = 0.0L, sum = 0.0L;
      for (std::size_t e = tile.runs[run].first_entry; e < tile.runs[run + 1].first_entry; ++e) {
        if (run == 1 && (tile.excluded[1 + e - tile.runs[1].first_entry] >> lane & 1) != 0)
          continue;
        std::uint16_t count = 0;
        std::memcpy(&count, tile.values.data() + (tile.pixel[e] * lanes + lane) * 2, 2);
        long double const weight = tile.norm[tile.pixel[e]], apart = count * norm - weight * signal;
        if (norm > 0.0L) sum += apart * apart / (norm * (norm + weight));
        signal += count;
        norm += weight;
      }
      EXPECT_NEAR(found.sums[(run * 2 + 1) * lanes + lane], static_cast<double>(sum),
                  1e-13 * static_cast<double>(sum))
          << run << ", " << lane;
      EXPECT_NEAR(found.sums[run * 2 * lanes + lane], static_cast<double>(signal / norm),
                  1e-13 * static_cast<double>(signal / norm));
      EXPECT_NEAR(found.third[run * lanes + lane], static_cast<double>(norm),
                  1e-13 * static_cast<double>(norm));
    }
}

TEST(CountKernels, AddCountsAndFindRunsOutsideOfLimits) {
  Tile tile(Storage::u16);
  std::fill(tile.values.begin(), tile.values.end(), std::byte{0});
  std::uint16_t const counts[] = {5, 4000};
  std::memcpy(tile.values.data() + (tile.pixel[50] * lanes + 3) * 2, counts, 2);
  std::memcpy(tile.values.data() + (tile.pixel[60] * lanes + 3) * 2, counts + 1, 2);
  Sums const found = add(portable_count_kernels(), tile);
  EXPECT_EQ(found.sums[(2 * 2) * lanes + 3], 4005.0);
  EXPECT_EQ(found.sums[(2 * 2 + 1) * lanes + 3], 4005.0 + 198.0);
  EXPECT_EQ(found.third[2 * lanes + 3], 16000025.0);
  EXPECT_EQ(found.extremes[3].largest[3], 4000);
  EXPECT_EQ(found.extremes[3].smallest[3], 0);
  EXPECT_EQ(found.found, (std::vector<std::uint32_t>{0xffff, 0x1ffff, 0x2ffff, 0x3ffff}));
  Sums const without = add(portable_count_kernels(), tile, true, false);
  EXPECT_EQ(without.sums[(2 * 2) * lanes + 3], 4005.0);
  EXPECT_EQ(without.sums[(2 * 2 + 1) * lanes + 3], 0.0);
}

}  // namespace
}  // namespace xrdct::kernels::test
