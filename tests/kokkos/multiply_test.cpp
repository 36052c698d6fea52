#include "kokkos/multiply.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "io/codec/choose_simd.hpp"
#include "io/codec/decode.hpp"
#include "test_plans.hpp"

namespace xrdct::kernels::test {
namespace {

struct NamedKernels {
  char const* name;
  LaneKernels kernels;
};

// The instruction sets that this processor has.
std::vector<NamedKernels> usable_kernels() {
  std::vector<NamedKernels> result{{"portable", portable_kernels()}};
  if (codec::best_simd_of_processor() >= codec::Simd::avx2) result.push_back({"avx2", avx2_kernels()});
  if (codec::best_simd_of_processor() >= codec::Simd::avx512) result.push_back({"avx512", avx512_kernels()});
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
            ASSERT_EQ(std::memcmp(&turned[(p * lanes + lane) * bytes], &rows[lane * stride + p * bytes], bytes), 0) << name << " pixel " << p;
        EXPECT_EQ(turned.back(), std::byte{0x5a}) << name;
      }
}

// A tile of 200 pixels, its entries in runs of several lengths, and what may be set in `TilePixels`.
struct Tile {
  static constexpr std::size_t pixels = 200, bins = 40;
  std::vector<BinRun> runs;
  std::vector<std::uint16_t> pixel;
  std::vector<float> coefficient, values, dark;

  Tile(Storage storage, bool has_invalid) : values(pixels * lanes), dark(pixels) {
    for (std::uint32_t bin = 1; bin < bins; bin += 2) {
      runs.push_back({bin, static_cast<std::uint32_t>(pixel.size())});
      for (std::size_t k = 0; k < bin % 7; ++k) pixel.push_back(static_cast<std::uint16_t>(noise(5, 10 * bin + k) % pixels));
    }
    for (std::size_t e = 0; e < pixel.size(); ++e) coefficient.push_back(static_cast<float>(noise(6, e) % 16777213 + 1) / 16777216.0f);
    runs.push_back({0, static_cast<std::uint32_t>(pixel.size())});
    auto* out = reinterpret_cast<std::byte*>(values.data());
    for (std::size_t k = 0; k < values.size(); ++k) {
      std::uint64_t const random = noise(7, k);
      float const number =
          has_invalid && random % 5 == 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(random % 100000) / 3.0f - 5.0f;
      storage == Storage::f32 ? std::memcpy(out + k * 4, &number, 4) : std::memcpy(out + k * size_of(storage), &random, size_of(storage));
    }
    for (std::size_t p = 0; p < pixels; ++p) dark[p] = static_cast<float>(noise(8, p) % 1000) / 7.0f;
  }

  double value_at(Storage storage, std::size_t p, std::size_t lane) const {
    auto const* from = reinterpret_cast<std::byte const*>(values.data()) + (p * lanes + lane) * size_of(storage);
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

TEST(Multiply, GivesTheSameBitsWithEveryInstructionSet) {
  for (Storage storage : {Storage::u8, Storage::u16, Storage::f32})
    for (bool has_dark : {false, true})
      for (bool has_invalid : {false, true}) {
        if (storage != Storage::f32 && (has_dark || has_invalid)) continue;
        Tile const tile(storage, has_invalid);
        TileEntries const entries{std::span(tile.runs).first(tile.runs.size() - 1), tile.pixel.data(), tile.coefficient.data()};
        std::vector<double> expected(Tile::bins * 2 * lanes, 0.125);
        for (std::size_t r = 0; r + 1 < tile.runs.size(); ++r)
          for (std::size_t e = tile.runs[r].first_entry; e < tile.runs[r + 1].first_entry; ++e)
            for (std::size_t lane = 0; lane < lanes; ++lane) {
              double const value = tile.value_at(storage, tile.pixel[e], lane), c = tile.coefficient[e];
              if (value != value) continue;
              float const signal = static_cast<float>(value) - (has_dark ? tile.dark[tile.pixel[e]] : 0.0f);
              double& s = expected[tile.runs[r].bin * 2 * lanes + lane];
              double& v = expected[(tile.runs[r].bin * 2 + 1) * lanes + lane];
              s = add_product(s, c, signal);
              v = add_product(v, c * c, value > 1.0 ? value : 1.0);
            }
        for (auto const& [name, kernels] : usable_kernels()) {
          std::vector<double> sums(expected.size(), 0.125);
          kernels.multiply(entries, {tile.values.data(), storage, has_invalid, has_dark ? tile.dark.data() : nullptr}, sums.data());
          EXPECT_EQ(std::memcmp(sums.data(), expected.data(), sums.size() * sizeof(double)), 0) << name << ", storage " << static_cast<int>(storage);
        }
      }
}

// On processors with fused multiply-add a compiler that contracts a·b+c gives another result here.
double contractible(double a, double b, double c) { return a * b + c; }
#if defined(__x86_64__)
[[gnu::target("fma"), gnu::noinline]] double contractible_with_fma(double a, double b, double c) { return a * b + c; }
#endif

TEST(Compiler, DoesNotContractProductsAndSums) {
  double volatile const a = 1.0 + 0x1p-30, b = 1.0 - 0x1p-30, c = -1.0;  // a·b = 1 − 2⁻⁶⁰ rounds to 1
  EXPECT_EQ(contractible(a, b, c), 0.0);
#if defined(__x86_64__)
  if (codec::best_simd_of_processor() >= codec::Simd::avx2) {
    EXPECT_EQ(contractible_with_fma(a, b, c), 0.0);
  }
#endif
}

}  // namespace
}  // namespace xrdct::kernels::test
