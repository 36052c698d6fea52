#include "kokkos/simd/multiply.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <map>
#include <vector>

#include "io/codec/words/choose_simd.hpp"
#include "io/codec/words/simd.hpp"
#include "kokkos/tile/tile_matrix.hpp"
#include "tests/kokkos/test_plans.hpp"

namespace xrdct::kernels {
LaneKernels avx512_kernels_emulated();
}

namespace xrdct::kernels::test {
namespace {

struct NamedKernels {
  char const* name;
  LaneKernels kernels;
};

// The instruction sets that this processor has, and AVX-512 in emulated instructions.
std::vector<NamedKernels> usable_kernels() {
  std::vector<NamedKernels> result{{"portable", portable_kernels()}};
  if (codec::best_simd_of_processor() >= codec::Simd::avx2)
    result.push_back({"avx2", avx2_kernels()});
  if (codec::best_simd_of_processor() >= codec::Simd::avx512)
    result.push_back({"avx512", avx512_kernels()});
#if XRDCT_HAVE_SIMDE
  result.push_back({"emulated avx512", avx512_kernels_emulated()});
#endif
  return result;
}

TEST(Turn, MakesFramesTheFastestIndex) {
  constexpr std::size_t stride = 4 * 133;
  std::vector<std::byte> rows(lanes * stride);
  for (std::size_t k = 0; k < rows.size(); ++k) rows[k] = static_cast<std::byte>(noise(3, k));
  for (auto const& [name, kernels] : usable_kernels())
    for (Storage storage : {Storage::u8, Storage::u16, Storage::f32})
      for (std::size_t pixels : {0, 1, 3, 15, 16, 17, 64, 133}) {
        std::size_t const bytes = size_of(storage);
        std::vector<std::byte> turned(pixels * lanes * bytes + 1, std::byte{0x5a});
        kernels.turn(rows.data(), stride, pixels, storage, turned.data());
        for (std::size_t p = 0; p < pixels; ++p)
          for (std::size_t lane = 0; lane < lanes; ++lane)
            ASSERT_EQ(std::memcmp(&turned[(p * lanes + lane) * bytes],
                                  &rows[lane * stride + p * bytes], bytes),
                      0)
                << name << " pixel " << p;
        EXPECT_EQ(turned.back(), std::byte{0x5a}) << name;
      }
}

// Runs of several lengths, one of them longer than what kernels take at once, some of bins that
// follow each other.
struct Runs {
  std::vector<BinRun> runs;
  std::vector<std::uint16_t> pixel;
  std::vector<float> coefficient;

  Runs(std::size_t bins, std::size_t coefficients, std::size_t pixels, bool all_one) {
    for (std::uint32_t bin = 1; bin + coefficients <= bins; bin += 1 + bin % 2) {
      runs.push_back({bin, static_cast<std::uint32_t>(pixel.size())});
      for (std::size_t k = 0; k < (bin == 13 ? 700 : bin % 7); ++k)
        pixel.push_back(static_cast<std::uint16_t>(noise(5, 1000 * bin + k) % pixels));
    }
    for (std::size_t e = 0; e < pixel.size() * coefficients; ++e)
      coefficient.push_back(all_one ? 1.0f
                            : e % 11 == 10
                                ? 0.0f
                                : static_cast<float>(noise(6, e) % 16777213 + 1) / 16777216.0f);
    runs.push_back({0, static_cast<std::uint32_t>(pixel.size())});
  }
  EntryRuns entries() const {
    return {std::span(runs).first(runs.size() - 1), pixel.data(), coefficient.data()};
  }
};

// A tile of 200 pixels, its entries, and what may be set in `TilePixels`.
struct Tile {
  static constexpr std::size_t pixels = 200, bins = 40;
  Runs singles, pairs;
  bool all_one;
  std::vector<float> values, dark;

  Tile(Storage storage, bool has_invalid, bool all_one_, std::uint64_t largest = ~std::uint64_t{0})
      : singles(bins, 1, pixels, all_one_),
        pairs(bins, 2, pixels, false),
        all_one(all_one_),
        values(pixels * lanes),
        dark(pixels) {
    auto* out = reinterpret_cast<std::byte*>(values.data());
    for (std::size_t k = 0; k < values.size(); ++k) {
      std::uint64_t const random = noise(7, k) % 3 == 0 ? 0 : noise(7, k) & largest;
      float const number = has_invalid && random % 5 == 0
                               ? std::numeric_limits<float>::quiet_NaN()
                               : static_cast<float>(random % 100000) / 3.0f - 5.0f;
      storage == Storage::f32 ? std::memcpy(out + k * 4, &number, 4)
                              : std::memcpy(out + k * size_of(storage), &random, size_of(storage));
    }
    for (std::size_t p = 0; p < pixels; ++p)
      dark[p] = static_cast<float>(noise(8, p) % 1000) / 7.0f;
  }

  double value_at(Storage storage, std::size_t p, std::size_t lane) const {
    auto const* from =
        reinterpret_cast<std::byte const*>(values.data()) + (p * lanes + lane) * size_of(storage);
    if (storage == Storage::f32) {
      float value;
      std::memcpy(&value, from, 4);
      return value;
    }
    std::uint16_t value = 0;
    std::memcpy(&value, from, size_of(storage));
    return value;
  }
};

// volatile: neither contracted nor reordered by any compiler, whatever its options.
double add_product(double sum, double a, double b) {
  double volatile const product = a * b;
  double volatile const result = sum + product;
  return result;
}

// Sums that are no multiples of a power of two: what is added to them is rounded.
std::vector<double> sums_before() {
  std::vector<double> sums(Tile::bins * 2 * lanes);
  for (std::size_t k = 0; k < sums.size(); ++k)
    sums[k] = 1.0 / static_cast<double>(noise(9, k) % 1000 + 3);
  return sums;
}

// The specification: entry by entry, singles before pairs; singles that are all 1 run by run.
void add_runs(Tile const& tile, Runs const& runs, std::size_t coefficients, Storage storage,
              bool has_dark, bool with_variance, double* sums) {
  bool const by_runs = coefficients == 1 && tile.all_one;
  for (std::size_t r = 0; r + 1 < runs.runs.size(); ++r) {
    std::array<double, 2 * lanes> of_run{};
    for (std::size_t e = runs.runs[r].first_entry; e < runs.runs[r + 1].first_entry; ++e)
      for (std::size_t k = 0; k < coefficients; ++k)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          double const value = tile.value_at(storage, runs.pixel[e], lane),
                       c = runs.coefficient[e * coefficients + k];
          if (value != value) continue;
          float const signal =
              static_cast<float>(value) - (has_dark ? tile.dark[runs.pixel[e]] : 0.0f);
          double* const of_bin =
              by_runs ? of_run.data() : sums + (runs.runs[r].bin + k) * 2 * lanes;
          of_bin[lane] = add_product(of_bin[lane], c, signal);
          if (with_variance)
            of_bin[lanes + lane] =
                add_product(of_bin[lanes + lane], c * c, value > 1.0 ? value : 1.0);
        }
    for (std::size_t k = 0; by_runs && k < (with_variance ? 2 : 1) * lanes; ++k)
      sums[runs.runs[r].bin * 2 * lanes + k] += of_run[k];
  }
}

void expect_same_bits(Tile const& tile, Storage storage, bool has_dark, bool has_invalid,
                      bool with_variance, bool small = false) {
  std::vector<double> expected = sums_before();
  add_runs(tile, tile.singles, 1, storage, has_dark, with_variance, expected.data());
  add_runs(tile, tile.pairs, 2, storage, has_dark, with_variance, expected.data());
  for (auto const& [name, kernels] : usable_kernels()) {
    std::vector<double> sums = sums_before();
    kernels.multiply(
        {tile.singles.entries(), tile.pairs.entries(), tile.all_one},
        {tile.values.data(), storage, has_invalid, has_dark ? tile.dark.data() : nullptr, small},
        with_variance, sums.data());
    EXPECT_EQ(std::memcmp(sums.data(), expected.data(), sums.size() * sizeof(double)), 0)
        << name << ", storage " << static_cast<int>(storage) << ", dark " << has_dark
        << ", invalid " << has_invalid << ", variance " << with_variance << ", all one "
        << tile.all_one;
  }
}

TEST(Multiply, GivesTheSameBitsWithEveryInstructionSet) {
  for (Storage storage : {Storage::u8, Storage::u16, Storage::f32})
    for (bool has_invalid : {false, true})
      for (bool all_one : {false, true}) {
        if (storage != Storage::f32 && has_invalid) continue;
        Tile const tile(storage, has_invalid, all_one);
        for (bool with_variance : {false, true}) {
          expect_same_bits(tile, storage, false, has_invalid, with_variance);
          if (storage == Storage::f32)
            expect_same_bits(tile, storage, true, has_invalid, with_variance);
        }
      }
}

// Products with counts below 32 are exact and may be fused; where they are not called small, a
// single count of 32 or more changes nothing.
TEST(Multiply, GivesTheSameBitsWithSmallCounts) {
  Tile tile(Storage::u8, false, true, 31);
  expect_same_bits(tile, Storage::u8, false, false, true, true);
  auto* values = reinterpret_cast<std::uint8_t*>(tile.values.data());
  for (std::size_t k : {std::size_t{0}, std::size_t{37}, Tile::pixels * lanes - 1}) {
    std::uint8_t const before = values[k];
    for (int const count : {32, 33, 64, 151, 255}) {
      values[k] = static_cast<std::uint8_t>(count);
      expect_same_bits(tile, Storage::u8, false, false, true);
    }
    values[k] = before;
  }
}

// Nothing overflows on the way: 16-bit pixels of 65535, 8-bit ones of 255, all in one bin.
TEST(Multiply, AddsTheLargestCounts) {
  constexpr std::size_t entries = 65536;
  std::vector<BinRun> const runs{{0, 0}, {0, entries}};
  std::vector<std::uint16_t> const pixel(entries, 0);
  std::vector<float> const coefficient(entries, 1.0f), values(lanes, std::bit_cast<float>(~0u));
  for (auto const& [name, kernels] : usable_kernels())
    for (Storage storage : {Storage::u8, Storage::u16}) {
      std::vector<double> sums(2 * lanes);
      kernels.multiply({{std::span(runs).first(1), pixel.data(), coefficient.data()}, {}, true},
                       {values.data(), storage, false, nullptr}, true, sums.data());
      for (double sum : sums)
        EXPECT_EQ(sum, entries * (storage == Storage::u8 ? 255.0 : 65535.0)) << name;
    }
}

// Counts have the same sums in whatever storage the other frames of a group need, also where the
// sums so far are rounded.
TEST(Multiply, GivesTheSameBitsWithEveryStorage) {
  for (bool all_one : {false, true}) {
    Tile const narrow(Storage::u8, false, all_one);
    for (auto const& [name, kernels] : usable_kernels()) {
      std::array<std::vector<double>, 3> sums;
      for (Storage storage : {Storage::u8, Storage::u16, Storage::f32}) {
        std::vector<std::byte> values(Tile::pixels * lanes * size_of(storage));
        for (std::size_t k = 0; k < Tile::pixels * lanes; ++k) {
          auto const count =
              static_cast<std::uint8_t>(narrow.value_at(Storage::u8, k / lanes, k % lanes));
          std::uint16_t const word = count;
          float const number = count;
          void const* const from = storage == Storage::u8    ? &count
                                   : storage == Storage::u16 ? static_cast<void const*>(&word)
                                                             : &number;
          std::memcpy(&values[k * size_of(storage)], from, size_of(storage));
        }
        auto& to = sums[static_cast<std::size_t>(storage)] = sums_before();
        kernels.multiply({narrow.singles.entries(), narrow.pairs.entries(), all_one},
                         {values.data(), storage, false, nullptr}, true, to.data());
      }
      EXPECT_EQ(std::memcmp(sums[0].data(), sums[1].data(), sums[0].size() * sizeof(double)), 0)
          << name << ", all one " << all_one;
      EXPECT_EQ(std::memcmp(sums[0].data(), sums[2].data(), sums[0].size() * sizeof(double)), 0)
          << name << ", all one " << all_one;
    }
  }
}

// A pixel in no bin, in one, in two, in two that are no neighbours, in three, partly in the last
// one.
TEST(TileMatrix, HoldsEveryEntryOnceInPairsOrSingles) {
  core::BinMatrix matrix;
  matrix.bins = 9;
  std::vector<std::vector<std::pair<std::uint32_t, float>>> const pixels{
      {},
      {{3, 1.0f}},
      {{3, 0.25f}, {4, 0.75f}},
      {{1, 0.5f}, {5, 0.5f}},
      {{6, 0.125f}, {7, 0.5f}, {8, 0.375f}},
      {{8, 0.5f}},
      {{2, 1.0f}}};
  for (auto const& entries : pixels) {
    for (auto const& [bin, c] : entries) matrix.bin.push_back(bin), matrix.coefficient.push_back(c);
    matrix.entry_begin.push_back(static_cast<std::uint32_t>(matrix.bin.size()));
  }
  std::vector<std::uint8_t> mask(pixels.size());
  mask.back() = 1;
  for (TileOrder order : {TileOrder::by_bin, TileOrder::by_first_bin}) {
    TileMatrix const tiles(matrix, mask, 4, order);
    std::map<std::pair<std::size_t, std::size_t>, std::vector<float>> found;  // (pixel, bin)
    for (std::size_t t = 0; t < tiles.tiles(); ++t) {
      TileEntries const tile = tiles.tile(t);
      EXPECT_EQ(tile.all_one, order == TileOrder::by_first_bin);
      for (auto const& [entries, coefficients] :
           {std::pair{tile.singles, std::size_t{1}}, std::pair{tile.pairs, std::size_t{2}}})
        for (BinRun const* run = entries.runs.data();
             run != entries.runs.data() + entries.runs.size(); ++run)
          for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e)
            for (std::size_t k = 0; k < coefficients; ++k)
              if (float const c = entries.coefficient[e * coefficients + k]; c != 0.0f)
                found[{t * 4 + entries.pixel[e], run->bin + k}].push_back(c);
    }
    std::map<std::pair<std::size_t, std::size_t>, std::vector<float>> expected;
    for (std::size_t p = 0; p + 1 < pixels.size(); ++p)
      for (auto const& [bin, c] : pixels[p]) expected[{p, bin}] = {c};
    EXPECT_EQ(found, expected);
  }
}

// On processors with fused multiply-add a compiler that contracts a·b+c gives another result here.
double contractible(double a, double b, double c) { return a * b + c; }
#if defined(__x86_64__)
[[gnu::target("fma"), gnu::noinline]] double contractible_with_fma(double a, double b, double c) {
  return a * b + c;
}
#endif

TEST(Compiler, DoesNotContractProductsAndSums) {
  double volatile const a = 1.0 + 0x1p-30, b = 1.0 - 0x1p-30,
                        c = -1.0;  // a·b = 1 − 2⁻⁶⁰ rounds to 1
  EXPECT_EQ(contractible(a, b, c), 0.0);
#if defined(__x86_64__)
  if (codec::best_simd_of_processor() >= codec::Simd::avx2) {
    EXPECT_EQ(contractible_with_fma(a, b, c), 0.0);
  }
#endif
}

}  // namespace
}  // namespace xrdct::kernels::test
