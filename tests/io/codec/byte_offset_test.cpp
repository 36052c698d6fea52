#include "io/codec/byte_offset.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "test_streams.hpp"

namespace xrdct::codec::test {
namespace {

using Values = std::vector<std::int64_t>;

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (int const value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

template <class T>
void append(std::vector<std::byte>& bytes, std::int64_t value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bytes.push_back(static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i)));
}

template <class T>
bool fits(std::int64_t value) {
  return value > std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

/// As the format is described, wider only where needed.
std::vector<std::byte> encoded(Values const& values) {
  std::vector<std::byte> bytes;
  std::int64_t last = 0;
  for (auto const value : values) {
    std::int64_t const difference = value - last;
    last = value;
    append<std::int8_t>(bytes, fits<std::int8_t>(difference) ? difference : -128);
    if (fits<std::int8_t>(difference)) continue;
    append<std::int16_t>(bytes, fits<std::int16_t>(difference) ? difference : -32768);
    if (fits<std::int16_t>(difference)) continue;
    append<std::int32_t>(bytes, fits<std::int32_t>(difference)
                                    ? difference
                                    : std::numeric_limits<std::int32_t>::min());
    if (!fits<std::int32_t>(difference)) append<std::int64_t>(bytes, difference);
  }
  return bytes;
}

TEST(ByteOffset, DecodesByHand) {
  auto const stored =
      bytes_of({5, 0xff, 0x80, 0x00, 0x01, 0x80, 0x00, 0x80, 0x00, 0x00, 0x01, 0x00});
  Values pixels(4);
  ASSERT_EQ(DecodeStatus::ok, decode_byte_offset(stored, pixels));
  EXPECT_EQ((Values{5, 4, 260, 65796}), pixels);
}

TEST(ByteOffset, DecodesEveryWidthAtItsLimits) {
  Values values{0};
  for (std::int64_t const step :
       {127LL, 128LL, 32767LL, 32768LL, 2147483647LL, 2147483648LL, 4294967295LL}) {
    values.push_back(values.back() + step);
    values.push_back(values.back() - step - 1);
    values.push_back(values.back() - step);
  }
  Values pixels(values.size());
  ASSERT_EQ(DecodeStatus::ok, decode_byte_offset(encoded(values), pixels));
  EXPECT_EQ(values, pixels);
}

TEST(ByteOffset, TellsTruncationAtEveryByte) {
  Values const values{1, 1000, 100000, 10000000000, 9999999999};
  auto const stored = encoded(values);
  Values pixels(values.size());
  for (std::size_t bytes = 0; bytes < stored.size(); ++bytes) {
    ASSERT_EQ(DecodeStatus::truncated, decode_byte_offset(std::span(stored).first(bytes), pixels))
        << bytes;
  }
  auto padded = stored;
  padded.resize(stored.size() + 100, std::byte{0x80});
  EXPECT_EQ(DecodeStatus::ok, decode_byte_offset(padded, pixels));
  EXPECT_EQ(values, pixels);
}

TEST(ByteOffset, TellsASumBeyond64Bits) {
  std::vector<std::byte> stored;
  for (int i = 0; i < 2; ++i) {
    append<std::int8_t>(stored, -128);
    append<std::int16_t>(stored, -32768);
    append<std::int32_t>(stored, std::numeric_limits<std::int32_t>::min());
    append<std::int64_t>(stored, std::numeric_limits<std::int64_t>::max());
  }
  Values pixels(2);
  EXPECT_EQ(DecodeStatus::bad_stream, decode_byte_offset(stored, pixels));
}

/// Damaged bytes never lead outside of them: each trial has a buffer of exactly its size, which the
/// sanitizers watch.
TEST(ByteOffset, SurvivesMutants) {
  Numbers numbers(11);
  std::size_t decoded = 0, refused = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    Values values(1 + numbers.below(200));
    for (auto& value : values)
      value = static_cast<std::int64_t>(numbers.below(10)) << numbers.below(33);
    auto const stored = mutated(encoded(values), numbers);
    Values pixels(values.size());
    (decode_byte_offset(stored, pixels) == DecodeStatus::ok ? decoded : refused) += 1;
  }
  EXPECT_GT(decoded, 1000u);
  EXPECT_GT(refused, 300u);
}

}  // namespace
}  // namespace xrdct::codec::test
