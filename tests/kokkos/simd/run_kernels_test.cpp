#include "kokkos/simd/run_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "io/codec/words/choose_simd.hpp"
#include "tests/kokkos/test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

bool can_use_avx2() { return codec::best_simd_of_processor() >= codec::Simd::avx2; }

// A tile of 300 pixels, each in one of the odd bins; runs of several lengths.
struct Tile {
  static constexpr std::size_t pixels = 300, bins = 30;
  std::vector<BinRun> runs;
  std::vector<std::uint16_t> pixel;
  std::vector<float> coefficient, dark, norm;
  std::vector<std::byte> values;
  Storage storage;
  bool has_dark, has_invalid;

  Tile(Storage storage_, bool has_dark_, bool has_invalid_, std::uint64_t seed)
      : values(pixels * lanes * size_of(storage_)),
        storage(storage_),
        has_dark(has_dark_),
        has_invalid(has_invalid_) {
    for (std::uint32_t bin = 1; bin < bins; bin += 2) {
      runs.push_back({bin, static_cast<std::uint32_t>(pixel.size())});
      for (std::size_t k = 0; k <= bin % 9; ++k)
        pixel.push_back(static_cast<std::uint16_t>(noise(seed, 10 * bin + k) % pixels));
    }
    runs.push_back({0, static_cast<std::uint32_t>(pixel.size())});
    for (std::size_t e = 0; e < pixel.size(); ++e)
      coefficient.push_back(static_cast<float>(noise(seed + 1, e) % 1000 + 1) / 999.0f);
    for (std::size_t p = 0; p < pixels; ++p) {
      dark.push_back(static_cast<float>(noise(seed + 2, p) % 50) / 3.0f);
      norm.push_back(0.5f + static_cast<float>(noise(seed + 3, p) % 1000) / 999.0f);
    }
    for (std::size_t k = 0; k < pixels * lanes; ++k) fill(k, noise(seed + 4, k));
  }
  void fill(std::size_t k, std::uint64_t random) {
    auto const integer = static_cast<std::uint16_t>(random % (random % 11 == 0 ? 65536 : 8));
    float number = static_cast<float>(integer) * 1.25f;
    if (has_invalid && random >> 32 < (std::uint64_t{1} << 26))
      number = std::numeric_limits<float>::quiet_NaN();
    if (storage == Storage::f32)
      std::memcpy(values.data() + 4 * k, &number, 4);
    else
      std::memcpy(values.data() + size_of(storage) * k, &integer,
                  size_of(storage));  // little endian: the low bytes
  }
  EntryRuns entries() const {
    return {std::span(runs).first(runs.size() - 1), pixel.data(), coefficient.data()};
  }
  TilePixels turned() const {
    return {values.data(), storage, has_invalid, has_dark ? dark.data() : nullptr};
  }
};

struct Content {
  Storage storage;
  bool has_dark, has_invalid;
};

constexpr Content contents[] = {{Storage::u8, false, false},  {Storage::u16, false, false},
                                {Storage::f32, false, false}, {Storage::f32, true, false},
                                {Storage::f32, false, true},  {Storage::f32, true, true}};

TEST(RunKernels, FindAllLanesAboveALimit) {
  for (auto const& [storage, has_dark, has_invalid] : contents) {
    Tile const tile(storage, has_dark, has_invalid, 40);
    constexpr float some[] = {-std::numeric_limits<float>::infinity(),
                              0.0f,
                              3.0f,
                              6.999f,
                              254.5f,
                              256.0f,
                              4000.25f,
                              70000.0f,
                              1e12f};
    std::vector<float> limits;
    for (std::size_t k = 0; k < Tile::bins * lanes; ++k)
      limits.push_back(some[noise(50, k) % std::size(some)]);
    std::vector<RunLanes> exact(tile.runs.size()), found(tile.runs.size());
    exact.resize(portable_run_kernels().find_above(tile.entries(), tile.turned(), limits.data(),
                                                   exact.data()));
    EXPECT_GT(exact.size(), 5u);
    if (!can_use_avx2()) GTEST_SKIP() << "this processor has no AVX2";
    found.resize(
        avx2_run_kernels().find_above(tile.entries(), tile.turned(), limits.data(), found.data()));
    for (RunLanes const& run : exact) {
      auto const same = std::find_if(found.begin(), found.end(),
                                     [&](RunLanes const& other) { return other.run == run.run; });
      ASSERT_NE(same, found.end());
      EXPECT_EQ(run.lanes & ~same->lanes, 0);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        if (limits[tile.runs[run.run].bin * lanes + lane] > 250.0f)
          continue;  // where storage saturates
        EXPECT_EQ(run.lanes >> lane & 1, same->lanes >> lane & 1);
      }
    }
  }
}

// The memory of `NormsSoFar` and of the sums.
struct Sums {
  std::vector<double> shared = std::vector<double>(Tile::bins),
                      of_lane = std::vector<double>(Tile::bins * lanes),
                      sums = std::vector<double>(Tile::bins * 2 * lanes);
  std::vector<std::uint8_t> differs = std::vector<std::uint8_t>(Tile::bins);
  NormsSoFar norms() { return {shared.data(), of_lane.data(), differs.data()}; }
};

TEST(RunKernels, RunningVarianceHasTheSameBitsWithEveryInstructionSet) {
  if (!can_use_avx2()) GTEST_SKIP() << "this processor has no AVX2";
  Sums portable, avx2;
  for (auto const& [storage, has_dark, has_invalid] :
       contents) {  // one tile after the other; at the end, with invalid pixels
    Tile const tile(storage, has_dark, has_invalid, 60);
    portable_run_kernels().add_running_variance(tile.entries(), tile.turned(), tile.norm.data(),
                                                portable.norms(), portable.sums.data());
    avx2_run_kernels().add_running_variance(tile.entries(), tile.turned(), tile.norm.data(),
                                            avx2.norms(), avx2.sums.data());
    ASSERT_EQ(
        std::memcmp(portable.sums.data(), avx2.sums.data(), avx2.sums.size() * sizeof(double)), 0)
        << static_cast<int>(storage);
    bool const any_differs = std::count(avx2.differs.begin(), avx2.differs.end(), 1) > 0;
    EXPECT_EQ(any_differs, has_invalid);
  }
}

}  // namespace
}  // namespace xrdct::kernels::test
