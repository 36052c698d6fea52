#include "kokkos/stage_pixels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <vector>

namespace xrdct::kernels::test {
namespace {

// One staged block: values as float, and the words of invalid pixels.
struct Result {
  Staged staged;
  std::vector<float> values;
  std::vector<std::uint64_t> invalid;
};

Result read(Staged staged, std::vector<std::byte> const& bytes, std::vector<std::uint64_t> invalid, std::size_t pixels) {
  Result result{staged, {}, std::move(invalid)};
  for (std::size_t p = 0; p < pixels; ++p) {
    std::uint16_t integer = 0;
    float value;
    if (staged.storage == Storage::f32) {
      std::memcpy(&value, &bytes[p * 4], 4);
    } else {
      std::memcpy(&integer, &bytes[p * size_of(staged.storage)], size_of(staged.storage));
      value = integer;
    }
    result.values.push_back(value);
  }
  return result;
}

template <class T>
Result stage(core::PixelType type, core::ValidValues const& valid, std::vector<T> const& raw, std::vector<std::uint64_t> const& unmasked) {
  std::vector<std::byte> bytes(raw.size() * 4);
  std::vector<std::uint64_t> invalid(unmasked.size());
  PixelStager const stager(type, valid);
  auto const staged =
      stager.stage(reinterpret_cast<std::byte const*>(raw.data()), {raw.size(), unmasked.data(), nullptr}, bytes.data(), invalid.data());
  return read(staged, bytes, invalid, raw.size());
}

constexpr std::uint64_t all = ~std::uint64_t{0};

TEST(StagePixels, TakesTheNarrowestStorage) {
  auto const valid = core::ValidValues::of(core::PixelType::u32);
  std::vector<std::uint32_t> raw(70, 255);
  EXPECT_EQ(stage(core::PixelType::u32, valid, raw, {all, 63}).staged.storage, Storage::u8);
  raw[69] = 256;
  EXPECT_EQ(stage(core::PixelType::u32, valid, raw, {all, 63}).staged.storage, Storage::u16);
  raw[3] = 65535;
  EXPECT_EQ(stage(core::PixelType::u32, valid, raw, {all, 63}).staged.storage, Storage::u16);
  raw[3] = 65536;
  auto const wide = stage(core::PixelType::u32, valid, raw, {all, 63});
  EXPECT_EQ(wide.staged.storage, Storage::f32);
  EXPECT_FALSE(wide.staged.has_invalid);
  EXPECT_EQ(wide.values[3], 65536.0f);
}

// Of a whole word of pixels, and of a part of one.
TEST(StagePixels, TellsWhetherAllAreBelow32) {
  auto const valid = core::ValidValues::of(core::PixelType::u32);
  for (std::size_t p : {0, 63, 64, 69}) {
    std::vector<std::uint32_t> raw(70, 31);
    EXPECT_TRUE(stage(core::PixelType::u32, valid, raw, {all, 63}).staged.small);
    raw[p] = 32;
    EXPECT_FALSE(stage(core::PixelType::u32, valid, raw, {all, 63}).staged.small) << p;
    raw[p] = 0xffffffffu;
    EXPECT_FALSE(stage(core::PixelType::u32, valid, raw, {all, 63}).staged.small) << p;
  }
}

TEST(StagePixels, LooksAtUnmaskedPixelsAlone) {
  auto const valid = core::ValidValues::of(core::PixelType::u32);
  std::vector<std::uint32_t> raw(64, 7);
  raw[5] = 0xffffffffu;
  raw[9] = 100000;
  auto const masked = stage(core::PixelType::u32, valid, raw, {all & ~(std::uint64_t{1} << 5) & ~(std::uint64_t{1} << 9)});
  EXPECT_EQ(masked.staged.storage, Storage::u8);
  EXPECT_EQ(masked.invalid[0], 0u);
  auto const seen = stage(core::PixelType::u32, valid, raw, {all});
  EXPECT_TRUE(seen.staged.has_invalid);
  EXPECT_EQ(seen.invalid[0], std::uint64_t{1} << 5);
  EXPECT_TRUE(std::isnan(seen.values[5]));
  EXPECT_EQ(seen.values[9], 100000.0f);
}

TEST(StagePixels, KnowsSingleInvalidValuesAndBounds) {
  core::ValidValues const valid{-3.0, 9.0, {{4.0, 4.0}}};
  std::vector<std::int16_t> raw(64, 1);
  raw[0] = -3;
  raw[1] = -4;
  raw[2] = 9;
  raw[3] = 10;
  raw[4] = 4;
  auto const result = stage(core::PixelType::i16, valid, raw, {all});
  EXPECT_EQ(result.invalid[0], 0b11010u);
  EXPECT_EQ(result.values[0], -3.0f);
  EXPECT_EQ(result.values[2], 9.0f);
}

// What a narrow decoder delivers: low bytes, and the pixels whose upper bits are set.
Result stage_narrow(core::PixelType type, core::ValidValues const& valid, std::vector<std::uint8_t> const& low,
                    std::vector<std::uint64_t> const& upper, std::size_t differing = 8, std::vector<std::uint64_t> unmasked = {}) {
  std::vector<std::byte> bytes(low.size() * 8), scratch(low.size() * 8);
  std::memcpy(bytes.data(), low.data(), low.size());
  std::vector<std::uint64_t> invalid(upper.size());
  unmasked.resize(upper.size(), all);
  auto const staged = PixelStager(type, valid)
                          .stage_narrow({1, upper, differing}, {low.size(), unmasked.data(), nullptr}, bytes.data(), scratch.data(), invalid.data());
  return read(staged, bytes, invalid, low.size());
}

TEST(StageNarrowPixels, FindsSentinelsByTheirUpperBits) {
  std::vector<std::uint8_t> low(128, 3);
  low[65] = 255;
  low[66] = 254;
  auto const valid = core::ValidValues::of(core::PixelType::u32);
  EXPECT_EQ(stage_narrow(core::PixelType::u32, valid, low, {0, 0}).staged.storage, Storage::u8);
  auto const result = stage_narrow(core::PixelType::u32, valid, low, {0, 0b110});
  EXPECT_EQ(result.invalid, (std::vector<std::uint64_t>{0, 0b110}));
  EXPECT_TRUE(std::isnan(result.values[65]));
  EXPECT_EQ(result.values[64], 3.0f);
  EXPECT_TRUE(stage_narrow(core::PixelType::i32, core::ValidValues::of(core::PixelType::i32), low, {0, 1}).staged.has_invalid);
}

TEST(StageNarrowPixels, TellsWhetherUnmaskedPixelsAreBelow32) {
  auto const valid = core::ValidValues::of(core::PixelType::u32);
  std::vector<std::uint8_t> low(64, 31);
  EXPECT_TRUE(stage_narrow(core::PixelType::u32, valid, low, {0}, 5).staged.small);
  EXPECT_FALSE(stage_narrow(core::PixelType::u32, valid, low, {0}, 6).staged.small);
  low[3] = 255;
  EXPECT_FALSE(stage_narrow(core::PixelType::u32, valid, low, {0b1000}, 5).staged.small);
  EXPECT_TRUE(stage_narrow(core::PixelType::u32, valid, low, {0b1000}, 5, {all & ~std::uint64_t{0b1000}}).staged.small);
}

TEST(StageNarrowPixels, KeepsLargeValidValues) {
  std::vector<std::uint8_t> low(64, 3);
  low[1] = 253;  // 2³² − 3: an overflow count, valid
  auto const result = stage_narrow(core::PixelType::u32, core::ValidValues::of(core::PixelType::u32), low, {0b10});
  EXPECT_FALSE(result.staged.has_invalid);
  EXPECT_EQ(result.values[1], 4294967293.0f);
  auto const negative = stage_narrow(core::PixelType::i32, core::ValidValues::all(), low, {0b11});
  EXPECT_EQ(negative.values[0], -253.0f);
  EXPECT_EQ(negative.values[1], -3.0f);
}

TEST(StageNarrowPixels, ChecksSmallValuesWhereSomeAreInvalid) {
  std::vector<std::uint8_t> low(64, 3);
  low[7] = 0;
  core::ValidValues valid = core::ValidValues::all();
  valid.invalid = {{0.0, 0.0}};
  EXPECT_EQ(stage_narrow(core::PixelType::u16, valid, low, {0}).invalid[0], std::uint64_t{1} << 7);
}

// In place, whatever the number of pixels.
template <class From, class To>
void expect_widened(Storage from, Storage to) {
  for (std::size_t pixels : {0, 1, 5, 63, 64, 65, 200, 256}) {
    std::vector<From> narrow(pixels);
    for (std::size_t p = 0; p < pixels; ++p) narrow[p] = static_cast<From>(p * 977 + 13);
    std::vector<To> wide(pixels + 1, To{7});
    std::ranges::copy(std::as_bytes(std::span(narrow)), reinterpret_cast<std::byte*>(wide.data()));
    widen(reinterpret_cast<std::byte*>(wide.data()), pixels, from, to);
    for (std::size_t p = 0; p < pixels; ++p) ASSERT_EQ(wide[p], static_cast<To>(narrow[p])) << p << " of " << pixels;
    EXPECT_EQ(wide[pixels], To{7});
  }
}

TEST(Widen, KeepsEveryValue) {
  expect_widened<std::uint8_t, std::uint16_t>(Storage::u8, Storage::u16);
  expect_widened<std::uint8_t, float>(Storage::u8, Storage::f32);
  expect_widened<std::uint16_t, float>(Storage::u16, Storage::f32);
  expect_widened<std::uint16_t, std::uint16_t>(Storage::u16, Storage::u16);
}

}  // namespace
}  // namespace xrdct::kernels::test
