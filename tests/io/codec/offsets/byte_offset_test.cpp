#include "io/codec/offsets/byte_offset.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "io/codec/decode.hpp"
#include "tests/io/codec/test_streams.hpp"

namespace xrdct::codec::test {
namespace {

using Values = std::vector<std::int64_t>;

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (int const value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

/// As a frame of the type, for which its decoder has to write every pixel and no more.
template <class Pixel>
struct Decoded {
  DecodeStatus status;
  std::vector<Pixel> pixels;
};

template <class Pixel>
Decoded<Pixel> decode(core::PixelType type, std::span<std::byte const> stored, std::size_t pixels) {
  Decoded<Pixel> result{DecodeStatus::ok, std::vector<Pixel>(pixels)};
  FrameDecoder decoder({1, pixels}, {type, core::Filter::byte_offset});
  result.status =
      decoder.decode({.bytes = stored}, std::as_writable_bytes(std::span(result.pixels)));
  return result;
}

template <class Pixel>
void expect_pixels(core::PixelType type, Values const& values) {
  auto const decoded = decode<Pixel>(type, byte_offset_by_hand(values), values.size());
  ASSERT_EQ(DecodeStatus::ok, decoded.status) << core::name_of(type);
  EXPECT_EQ(values, Values(decoded.pixels.begin(), decoded.pixels.end())) << core::name_of(type);
}

/// Both ends of the type, and every number of equal pixels before them, so that the values around
/// eight small differences are met.
template <class Pixel>
void expect_ends(core::PixelType type) {
  constexpr std::int64_t low = std::numeric_limits<Pixel>::min(),
                         high = std::numeric_limits<Pixel>::max();
  for (std::size_t before = 0; before < 20; ++before) {
    Values values(before, high);
    values.insert(values.end(), {low, high, high - 1, high, low + 1, low, low, low});
    expect_pixels<Pixel>(type, values);
    for (std::int64_t const beyond : {low - 1, high + 1}) {
      values[values.size() - 2] = beyond < low ? low : high;
      values.back() = beyond;
      auto const decoded = decode<Pixel>(type, byte_offset_by_hand(values), values.size());
      if (std::is_signed_v<Pixel>)
        EXPECT_EQ(DecodeStatus::beyond_type, decoded.status);
      else
        EXPECT_EQ(beyond < low ? high : low, decoded.pixels.back()) << "modulo";
    }
  }
}

/// As CBFlib stores them: each difference in a signed integer of as many bits.
template <class Pixel>
void expect_modulo(core::PixelType type) {
  constexpr std::int64_t high = std::numeric_limits<Pixel>::max(), half = high / 2 + 1;
  for (std::size_t times = 1; times < 200; times += times < 10 ? 1 : 17) {
    Values values;
    for (std::int64_t const value :
         {std::int64_t{0}, high, std::int64_t{3}, high - 1, half, half - 1, std::int64_t{0}, half,
          high, half - 1, std::int64_t{5}})
      values.insert(values.end(), times, value);
    Values stored(values.size());
    for (std::size_t i = 1; i < values.size(); ++i) {
      std::int64_t const difference = static_cast<std::make_signed_t<Pixel>>(
          static_cast<Pixel>(values[i]) - static_cast<Pixel>(values[i - 1]));
      stored[i] = stored[i - 1] + difference;
    }
    auto const decoded = decode<Pixel>(type, byte_offset_by_hand(stored), stored.size());
    ASSERT_EQ(DecodeStatus::ok, decoded.status) << core::name_of(type);
    EXPECT_EQ(values, Values(decoded.pixels.begin(), decoded.pixels.end())) << times;
  }
}

TEST(ByteOffset, TakesSumsWithoutASignModulo) {
  expect_modulo<std::uint8_t>(core::PixelType::u8);
  expect_modulo<std::uint16_t>(core::PixelType::u16);
  expect_modulo<std::uint32_t>(core::PixelType::u32);
}

TEST(ByteOffset, DecodesByHand) {
  auto const stored =
      bytes_of({5, 0xff, 0x80, 0x00, 0x01, 0x80, 0x00, 0x80, 0x00, 0x00, 0x01, 0x00});
  auto const decoded = decode<std::int32_t>(core::PixelType::i32, stored, 4);
  ASSERT_EQ(DecodeStatus::ok, decoded.status);
  EXPECT_EQ((std::vector<std::int32_t>{5, 4, 260, 65796}), decoded.pixels);
}

TEST(ByteOffset, DecodesEveryTypeToItsEnds) {
  expect_ends<std::uint8_t>(core::PixelType::u8);
  expect_ends<std::int8_t>(core::PixelType::i8);
  expect_ends<std::uint16_t>(core::PixelType::u16);
  expect_ends<std::int16_t>(core::PixelType::i16);
  expect_ends<std::uint32_t>(core::PixelType::u32);
  expect_ends<std::int32_t>(core::PixelType::i32);
}

TEST(ByteOffset, DecodesEveryWidthAtItsLimits) {
  Values values{0};
  for (std::int64_t const step : {127LL, 128LL, 32767LL, 32768LL, 2147483647LL, 4294967295LL}) {
    values.push_back(step);
    values.push_back(0);
    values.push_back(step);
    values.push_back(step == 4294967295LL ? 0 : step + 1);
    values.push_back(0);
  }
  expect_pixels<std::uint32_t>(core::PixelType::u32, values);
}

TEST(ByteOffset, TellsTruncationAtEveryByte) {
  Values const values{1,          1000,       100000,     2,          4294967295,
                      4294967294, 4294967294, 4294967293, 4294967292, 4294967291,
                      4294967290, 4294967280, 4294967270, 0};
  auto const stored = byte_offset_by_hand(values);
  for (std::size_t bytes = 0; bytes < stored.size(); ++bytes) {
    std::vector<std::byte> const part(stored.begin(),
                                      stored.begin() + static_cast<std::ptrdiff_t>(bytes));
    ASSERT_EQ(DecodeStatus::truncated,
              decode<std::uint32_t>(core::PixelType::u32, part, values.size()).status)
        << bytes;
  }
  auto padded = stored;
  padded.resize(stored.size() + 100, std::byte{0x80});
  auto const decoded = decode<std::uint32_t>(core::PixelType::u32, padded, values.size());
  EXPECT_EQ(DecodeStatus::ok, decoded.status);
  EXPECT_EQ(values, Values(decoded.pixels.begin(), decoded.pixels.end()));
}

/// The difference of 64 bits that leads beyond what a sum of 64 bits holds.
TEST(ByteOffset, TellsASumBeyond64Bits) {
  std::vector<std::byte> stored = bytes_of({1, 0x80, 0x00, 0x80, 0x00, 0x00, 0x00, 0x80});
  stored.resize(stored.size() + 7, std::byte{0xff});
  stored.push_back(std::byte{0x7f});
  EXPECT_EQ(DecodeStatus::beyond_type,
            decode<std::uint32_t>(core::PixelType::u32, stored, 2).status);
}

TEST(ByteOffset, HasNoFloatingPoint) {
  EXPECT_EQ(DecodeStatus::unsupported,
            decode<float>(core::PixelType::f32, bytes_of({1, 2}), 2).status);
  EXPECT_EQ(DecodeStatus::unsupported,
            decode<double>(core::PixelType::f64, bytes_of({1, 2}), 2).status);
}

/// Damaged bytes never lead outside of them: each trial has a buffer of exactly its size, which the
/// sanitizers watch.
TEST(ByteOffset, SurvivesMutants) {
  Numbers numbers(11);
  std::size_t decoded = 0, refused = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    Values values(1 + numbers.below(200));
    for (auto& value : values)
      value = static_cast<std::int64_t>(numbers.below(10)) << numbers.below(25);
    auto const stored = mutated(byte_offset_by_hand(values), numbers);
    auto const status = decode<std::int32_t>(core::PixelType::i32, stored, values.size()).status;
    (status == DecodeStatus::ok ? decoded : refused) += 1;
  }
  EXPECT_GT(decoded, 1000u);
  EXPECT_GT(refused, 300u);
}

}  // namespace
}  // namespace xrdct::codec::test
