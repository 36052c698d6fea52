#include "kokkos/tile/stage_pixels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
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

Result read(Staged staged, std::vector<std::byte> const& bytes, std::vector<std::uint64_t> invalid,
            std::size_t pixels) {
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
Result stage(core::PixelType type, core::ValidValues const& valid, std::vector<T> const& raw,
             std::vector<std::uint64_t> const& unmasked, std::vector<float> const& dark = {}) {
  std::vector<std::byte> bytes(raw.size() * 4);
  std::vector<std::uint64_t> invalid(unmasked.size());
  PixelStager const stager(type, valid);
  auto const staged =
      stager.stage(reinterpret_cast<std::byte const*>(raw.data()),
                   {raw.size(), unmasked.data(), dark.empty() ? nullptr : dark.data()},
                   bytes.data(), invalid.data());
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
  auto const masked = stage(core::PixelType::u32, valid, raw,
                            {all & ~(std::uint64_t{1} << 5) & ~(std::uint64_t{1} << 9)});
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

// Pixel by pixel: a valid value as the float32 next to it, NaN for any other, and the bits of
// these.
template <class T>
void expect_as_one_by_one(core::PixelType type, core::ValidValues const& valid,
                          std::vector<T> const& raw, std::vector<std::uint64_t> const& unmasked,
                          std::vector<float> const& dark) {
  auto const result = stage(type, valid, raw, unmasked, dark);
  bool any = false;
  for (std::size_t p = 0; p < raw.size(); ++p) {
    bool const used = (unmasked[p / 64] >> (p % 64) & 1) != 0;
    auto const exact = static_cast<double>(raw[p]);
    auto const rounded = static_cast<float>(exact);
    bool const is_valid =
        valid.contains(exact) && std::isfinite(rounded - (dark.empty() ? 0.0f : dark[p]));
    ASSERT_EQ((result.invalid[p / 64] >> (p % 64) & 1) != 0, used && !is_valid)
        << exact << " at " << p;
    any |= used && !is_valid;
    ASSERT_TRUE(!used || (is_valid ? result.values[p] == rounded : std::isnan(result.values[p])))
        << exact << " at " << p;
  }
  EXPECT_EQ(result.staged.has_invalid, any);
}

// Each special value at each end of a word and in the part of a word behind, among a usual one that
// is narrow or not, masked and not, with a dark and without.
template <class T>
void expect_special_values(core::PixelType type, std::vector<T> const& usual,
                           std::vector<T> const& special) {
  std::vector<core::ValidValues> rules{core::ValidValues::of(type), core::ValidValues::all()};
  rules.push_back({-3.0, 70000.0, {}});
  rules.push_back({-1e300, 1e300, {{-1.0, -1.0}, {65535.0, 65535.0}, {16777217.0, 16777219.0}}});
  rules.push_back({-1e300, 1e300, {{0.0, 0.0}}});
  rules.push_back({5.0, 1e300, {}});
  std::vector<std::vector<std::uint64_t>> const masks{
      {all, all, 63}, {~std::uint64_t{1}, all >> 1, 31}, {0, all, 0}};
  std::vector<float> dark(134, 0.5f);
  dark[63] = -std::numeric_limits<float>::max();
  dark[64] = std::numeric_limits<float>::max();
  for (T const plain : usual)
    for (T const value : special)
      for (std::size_t p : {0, 63, 64, 133}) {
        std::vector<T> raw(134, plain);
        raw[p] = value;
        for (auto const& rule : rules)
          for (auto const& unmasked : masks) {
            expect_as_one_by_one(type, rule, raw, unmasked, {});
            expect_as_one_by_one(type, rule, raw, unmasked, dark);
          }
      }
}

TEST(StagePixels, TreatsWordsAsItTreatsPixels) {
  using core::PixelType;
  std::vector<std::uint32_t> const wide{
      16777215,    16777216,    16777217,    16777219,    16777221,    0x7fffffffu, 0x80000000u,
      0x80000080u, 0x80000081u, 0x80000180u, 0xffffff7fu, 0xffffff80u, 0xfffffffdu, 0xfffffffeu,
      0xffffffffu, 0,           5,           65535,       65536,       70000,       70001};
  expect_special_values<std::uint8_t>(PixelType::u8, {7}, {0, 4, 5, 253, 254, 255});
  expect_special_values<std::int8_t>(PixelType::i8, {7, -2}, {-128, -4, -3, -1, 0, 127});
  expect_special_values<std::uint16_t>(PixelType::u16, {7, 60000},
                                       {0, 255, 256, 65533, 65534, 65535});
  expect_special_values<std::int16_t>(PixelType::i16, {7, 3000, -2},
                                      {-32768, -4, -3, -1, 0, 32767});
  expect_special_values<std::uint32_t>(PixelType::u32, {7, 70000, 3000000000u}, wide);
  expect_special_values<std::int32_t>(PixelType::i32, {7, 70000, -70000},
                                      {wide.begin(), wide.end()});
  float const most = std::numeric_limits<float>::max(),
              inf = std::numeric_limits<float>::infinity(), nan = std::nanf("");
  expect_special_values<float>(
      PixelType::f32, {7.0f, 1e6f},
      {0.0f, -0.0f, -3.5f, 4.5f, 70000.5f, 65535.0f, 0x1p101f, most, -most, inf, -inf, nan});
  expect_special_values<double>(PixelType::f64, {7.0, 1e6},
                                {0.0, -1.0, 16777217.0, 16777219.5, 70000.0000001, 1e38,
                                 3.4028235677973366e38, 1e39, -1e300, inf, -inf, nan});
}

// All values of a block are rounded, those halfway to the even one.
TEST(StagePixels, RoundsWideIntegersOnce) {
  std::vector<std::uint32_t> raw(2048);
  for (std::size_t p = 0; p < raw.size(); ++p)
    raw[p] =
        static_cast<std::uint32_t>((p * 0x9e3779b97f4a7c15u >> 32) | 0x01000001u) & 0xfffffffbu;
  expect_as_one_by_one(core::PixelType::u32, core::ValidValues::of(core::PixelType::u32), raw,
                       std::vector<std::uint64_t>(32, all), {});
  std::vector<std::int32_t> const with_sign(raw.begin(), raw.end());
  expect_as_one_by_one(core::PixelType::i32, core::ValidValues::all(), with_sign,
                       std::vector<std::uint64_t>(32, all), {});
}

TEST(StagePixels, FindsInvalidPixelsUnderADarkThatIsNotFinite) {
  std::vector<float> dark(128, 1.0f);
  dark[70] = std::numeric_limits<float>::infinity();
  expect_as_one_by_one(core::PixelType::f32, core::ValidValues::all(),
                       std::vector<float>(128, 7.0f), {all, all}, dark);
  expect_as_one_by_one(core::PixelType::u32, core::ValidValues::all(),
                       std::vector<std::uint32_t>(128, 70000), {all, all}, dark);
}

// What a narrow decoder delivers: low bytes, and the pixels whose upper bits are set.
Result stage_narrow(core::PixelType type, core::ValidValues const& valid,
                    std::vector<std::uint8_t> const& low, std::vector<std::uint64_t> const& upper,
                    std::size_t differing = 8, std::vector<std::uint64_t> unmasked = {}) {
  std::vector<std::byte> bytes(low.size() * 8), scratch(low.size() * 8);
  std::memcpy(bytes.data(), low.data(), low.size());
  std::vector<std::uint64_t> invalid(upper.size());
  unmasked.resize(upper.size(), all);
  auto const staged =
      PixelStager(type, valid)
          .stage_narrow({1, upper, differing}, {low.size(), unmasked.data(), nullptr}, bytes.data(),
                        scratch.data(), invalid.data());
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
  EXPECT_TRUE(
      stage_narrow(core::PixelType::i32, core::ValidValues::of(core::PixelType::i32), low, {0, 1})
          .staged.has_invalid);
}

// Pixels of uint32 whose upper planes differ: 70 000, 300, the sentinel, and a bright one that is
// masked.
TEST(StageNarrowPixels, SetsBrightCountsApart) {
  std::uint32_t const values[] = {7, 70000, 300, 0xffffffffu, 255, 400};
  std::vector<std::byte> planes(32 * 8);
  std::vector<std::uint64_t> upper(1);
  for (std::size_t p = 0; p < 6; ++p) {
    for (std::size_t plane = 0; plane < 32; ++plane)
      planes[plane * 8] |= static_cast<std::byte>((values[p] >> plane & 1) << p);
    if (values[p] > 255) upper[0] |= std::uint64_t{1} << p;
  }
  for (bool const with_sentinel : {false, true}) {
    std::vector<std::byte> row(64 * 8), scratch(row);
    for (std::size_t p = 0; p < 6; ++p) row[p] = static_cast<std::byte>(values[p]);
    std::uint64_t const unmasked = with_sentinel ? 0b11111 : 0b10111;
    std::vector<std::uint64_t> invalid{all};
    std::vector<BrightCount> bright{{99, 1.0f}};
    PixelStager const stager(core::PixelType::u32, core::ValidValues::of(core::PixelType::u32));
    auto const staged =
        stager.stage_narrow({1, upper, 8, planes.data(), 8, 31}, {64, &unmasked, nullptr},
                            row.data(), scratch.data(), invalid.data(), &bright);
    Result const found = read(staged, row, invalid, 64);
    EXPECT_EQ(bright[0].place, 99u) << "of another block";
    EXPECT_EQ(found.values[0], 7.0f);
    EXPECT_EQ(found.values[4], 255.0f);
    if (with_sentinel) {
      EXPECT_EQ(staged.storage, Storage::f32);
      EXPECT_EQ(found.invalid[0], 0b1000u);
      EXPECT_EQ(found.values[1], 70000.0f);
      EXPECT_EQ(found.values[2], 300.0f);
      EXPECT_EQ(bright.size(), 1u);
    } else {
      EXPECT_EQ(staged.storage, Storage::u8);
      EXPECT_EQ(found.invalid[0], 0u);
      ASSERT_EQ(bright.size(), 3u);
      EXPECT_EQ(bright[1].place, 1u);
      EXPECT_EQ(bright[1].counts, 70000.0f);
      EXPECT_EQ(bright[2].place, 2u);
      EXPECT_EQ(bright[2].counts, 300.0f);
      EXPECT_EQ(found.values[1], 255.0f) << "the placeholder";
    }
  }
}

TEST(StageNarrowPixels, TellsWhetherUnmaskedPixelsAreBelow32) {
  auto const valid = core::ValidValues::of(core::PixelType::u32);
  std::vector<std::uint8_t> low(64, 31);
  EXPECT_TRUE(stage_narrow(core::PixelType::u32, valid, low, {0}, 5).staged.small);
  EXPECT_FALSE(stage_narrow(core::PixelType::u32, valid, low, {0}, 6).staged.small);
  low[3] = 255;
  EXPECT_FALSE(stage_narrow(core::PixelType::u32, valid, low, {0b1000}, 5).staged.small);
  EXPECT_TRUE(
      stage_narrow(core::PixelType::u32, valid, low, {0b1000}, 5, {all & ~std::uint64_t{0b1000}})
          .staged.small);
}

TEST(StageNarrowPixels, KeepsLargeValidValues) {
  std::vector<std::uint8_t> low(64, 3);
  low[1] = 253;  // 2³² − 3: an overflow count, valid
  auto const result =
      stage_narrow(core::PixelType::u32, core::ValidValues::of(core::PixelType::u32), low, {0b10});
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
    for (std::size_t p = 0; p < pixels; ++p)
      ASSERT_EQ(wide[p], static_cast<To>(narrow[p])) << p << " of " << pixels;
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
