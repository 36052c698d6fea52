#include "kokkos/simd/bin_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <vector>

#include "io/codec/words/choose_simd.hpp"
#include "kokkos/bins/quantile_bin.hpp"
#include "tests/kokkos/test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

// Entries of one bin with values of all kinds.
struct Bin {
  std::vector<float> raw, dark, norm, coefficient;
  std::vector<double> variance;
  std::vector<LaneMask> excluded;

  Bin(std::size_t entries, bool has_invalid) {
    for (std::size_t e = 0; e < entries; ++e) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        std::uint64_t const random = noise(11 + lane, e);
        bool const invalid = has_invalid && (random % 7 == 0 || lane == 5);
        raw.push_back(invalid
                          ? std::numeric_limits<float>::quiet_NaN()
                          : static_cast<float>(random % 1000) * (random % 91 == 0 ? 1e4f : 0.25f));
      }
      dark.push_back(static_cast<float>(noise(1, e) % 50));
      norm.push_back(0.5f + static_cast<float>(noise(2, e) % 1000) / 999.0f);
      coefficient.push_back(static_cast<float>(noise(3, e) % 16777213 + 1) / 16777216.0f);
      variance.push_back(static_cast<double>(noise(4, e) % 777) / 13.0);
      excluded.push_back(static_cast<LaneMask>(noise(5, e) & noise(6, e) & noise(7, e)));
    }
  }
  BinEntries entries() const {
    bool const has_invalid =
        std::any_of(raw.begin(), raw.end(), [](float value) { return value != value; });
    return {norm.size(),     raw.data(), dark.data(), norm.data(), coefficient.data(),
            variance.data(), true,       has_invalid, false};
  }
};

bool can_use_avx2() { return codec::best_simd_of_processor() >= codec::Simd::avx2; }

template <class T>
void expect_same(PerLane<T> const& a, PerLane<T> const& b) {
  EXPECT_EQ(std::memcmp(a.data(), b.data(), sizeof(a)), 0);
}

void expect_same(BinMoments const& a, BinMoments const& b) {
  for (auto field : {&BinMoments::signal, &BinMoments::variance, &BinMoments::normalization,
                     &BinMoments::normalization2, &BinMoments::count, &BinMoments::spread})
    expect_same(a.*field, b.*field);
  expect_same(a.pixels, b.pixels);
}

TEST(BinKernels, GatherEachStorage) {
  std::vector<std::byte> image(40 * lanes * 4);
  for (std::size_t k = 0; k < image.size(); ++k) image[k] = static_cast<std::byte>(noise(8, k));
  std::vector<std::uint32_t> const place{3, 0, 17, 100, 4, 4, 99, 12};
  for (Storage storage : {Storage::u8, Storage::u16, Storage::f32})
    for (BinKernels const& kernels :
         {portable_bin_kernels(), can_use_avx2() ? avx2_bin_kernels() : portable_bin_kernels()}) {
      std::vector<float> raw(place.size() * lanes);
      kernels.gather(image.data(), place.data(), place.size(), storage, raw.data());
      for (std::size_t k = 0; k < raw.size(); ++k) {
        std::byte const* from =
            image.data() + place[k / lanes] * lanes + k % lanes * size_of(storage);
        std::uint16_t integer = 0;
        float expected = 0.0f;
        if (storage == Storage::f32) {
          std::memcpy(&expected, from, 4);
        } else {
          std::memcpy(&integer, from, size_of(storage));
          expected = integer;
        }
        ASSERT_EQ(std::bit_cast<std::uint32_t>(raw[k]), std::bit_cast<std::uint32_t>(expected));
      }
    }
}

TEST(BinKernels, GiveTheSameBitsWithEveryInstructionSet) {
  if (!can_use_avx2()) GTEST_SKIP() << "this processor has no AVX2";
  BinKernels const portable = portable_bin_kernels(), avx2 = avx2_bin_kernels();
  for (bool has_invalid : {false, true})
    for (std::size_t entries : {1, 2, 3, 7, 64, 501}) {
      Bin const bin(entries, has_invalid);
      BinEntries values = bin.entries();
      for (bool rounds : {false, true}) {
        values.rounds_weights = rounds;
        BinMoments a, b;
        portable.moments(values, bin.excluded.data(), 0x0f3f, a);
        avx2.moments(values, bin.excluded.data(), 0x0f3f, b);
        expect_same(a, b);
      }
      values.rounds_weights = false;
      for (BinKernels const& kernels : {portable, avx2}) {
        BinMoments all, some;
        portable.moments(values, bin.excluded.data(), 0xf0f3, all);
        kernels.respread(values, bin.excluded.data(), 0xf0f3, some);
        expect_same(all.signal, some.signal);
        expect_same(all.normalization, some.normalization);
        expect_same(all.spread, some.spread);
      }
      PerLane<float> lower, upper;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        lower[lane] = static_cast<float>(lane) * 2.0f - 20.0f;
        upper[lane] =
            lane == 3 ? std::numeric_limits<float>::infinity() : 150.0f + static_cast<float>(lane);
      }
      std::vector<EntryLanes> a(entries), b(entries);
      std::size_t const found = portable.find(values, lower, upper, a.data());
      ASSERT_EQ(avx2.find(values, lower, upper, b.data()), found);
      for (std::size_t k = 0; k < found; ++k) {
        EXPECT_EQ(a[k].entry, b[k].entry);
        EXPECT_EQ(a[k].lanes, b[k].lanes);
      }
      std::vector<float> p(lanes * entries), q(lanes * entries);
      portable.divide(values, entries, p.data());
      avx2.divide(values, entries, q.data());
      for (std::size_t k = 0; k < p.size(); ++k)
        EXPECT_TRUE(p[k] == q[k] || (p[k] != p[k] && q[k] != q[k])) << "value " << k;
    }
}

// Two ways of the same: where every entry counts, the norms are the same for all lanes.
TEST(BinKernels, SpreadIsThatOfTheMoments) {
  Bin const bin(333, false);
  BinEntries const values = bin.entries();
  std::vector<double> before, reciprocal;
  double sum = 0.0;
  for (std::size_t e = 0; e < values.entries; ++e) {
    before.push_back(sum);
    sum += static_cast<double>(bin.coefficient[e]) * static_cast<double>(bin.norm[e]);
    reciprocal.push_back(e == 0 ? 0.0 : 1.0 / (before[e] * sum));
  }
  std::vector<LaneMask> const none(values.entries);
  BinMoments of_all, direct;
  portable_bin_kernels().moments(values, none.data(), 0xffff, direct);
  portable_bin_kernels().spread(values, {before.data(), reciprocal.data()}, of_all);
  expect_same(of_all.spread, direct.spread);
  if (can_use_avx2()) avx2_bin_kernels().spread(values, {before.data(), reciprocal.data()}, of_all);
  expect_same(of_all.spread, direct.spread);
}

// The definition: all sorted.
std::vector<LaneMask> kept_by_sorting(std::vector<float> const& values,
                                      std::vector<float> const& weights,
                                      core::Quantiles const& quantiles) {
  std::vector<std::size_t> order;
  double total = 0.0;
  for (std::size_t e = 0; e < values.size(); ++e)
    if (values[e] == values[e]) order.push_back(e);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (std::size_t e : order) total += weights[e];
  auto const lower = static_cast<float>(quantiles.lower * total),
             upper = static_cast<float>(quantiles.upper * total);
  std::vector<LaneMask> kept(values.size());
  double running = 0.0;
  float before = 0.0f;
  for (std::size_t e : order) {
    running += weights[e];
    auto const after = static_cast<float>(running);
    kept[e] = (lower <= before && after <= upper) || (lower >= before && after >= upper) ? 4 : 0;
    before = after;
  }
  return kept;
}

// Values: 0 continuous, 1 few integers, 2 a few far above all others, 3 all equal.
float value_of(int kind, std::uint64_t random) {
  switch (kind) {
    case 0:
      return static_cast<float>(random >> 40) / 16777216.0f;
    case 1:
      return static_cast<float>(random % 5);
    case 2:
      return random % 97 == 0 ? 1e30f * static_cast<float>(random % 5)
                              : static_cast<float>(random % 1000) / 997.0f;
    default:
      return 3.25f;
  }
}

TEST(QuantileSelector, KeepsWhatSortingKeeps) {
  QuantileSelector selector(6000);
  for (int kind : {0, 1, 2, 3})
    for (std::size_t entries : {1, 2, 3, 40, 100, 1001, 6000})
      for (bool equal_weights : {true, false}) {
        std::vector<float> values, weights;
        for (std::size_t e = 0; e < entries; ++e) {
          std::uint64_t const random = noise(21, e + 1000 * static_cast<std::size_t>(kind));
          values.push_back(random / 65536 % 13 == 0 ? std::numeric_limits<float>::quiet_NaN()
                                                    : value_of(kind, random));
          weights.push_back(equal_weights ? 1.0f
                                          : static_cast<float>(noise(22, e) % 1000 + 1) / 999.0f);
        }
        for (core::Quantiles const& quantiles : {core::Quantiles{0.5, 0.5},
                                                 {0.0, 1.0},
                                                 {0.1, 0.9},
                                                 {0.25, 0.25},
                                                 {0.999, 1.0},
                                                 {0.0, 0.0}}) {
          std::vector<LaneMask> kept(entries);
          selector.select(values, weights, true, quantiles, 4, kept);
          EXPECT_EQ(kept, kept_by_sorting(values, weights, quantiles))
              << kind << " " << entries << " " << quantiles.lower;
        }
      }
}

}  // namespace
}  // namespace xrdct::kernels::test
