// Byte offset by every instruction set against the plain loop, on streams of every kind.
#include "io/codec/offsets/difference_runs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "io/codec/offsets/byte_offset.hpp"
#include "tests/io/codec/test_streams.hpp"

namespace xrdct::codec {
DifferenceRun decode_run_avx512_emulated(std::span<std::byte const> stored, std::int32_t value,
                                         bool is_signed, std::span<std::byte> out);

namespace test {
namespace {

using Values = std::vector<std::int64_t>;

/// What a pixel is like: how often it differs from the one before by more than 8, 16, 32 bits.
struct Kind {
  std::size_t one_in_narrow, one_in_wide, one_in_widest;
};
constexpr Kind kinds[] = {{0, 0, 0},  {300, 0, 0}, {40, 5000, 0}, {6, 0, 0},
                          {2, 40, 0}, {1, 9, 0},   {3, 3, 7}};

Values values_of(Kind const& kind, std::size_t pixels, bool is_signed, Numbers& numbers) {
  auto const one_in = [&](std::size_t n) { return n > 0 && numbers.below(n) == 0; };
  Values values(pixels);
  for (auto& value : values) {
    value = static_cast<std::int64_t>(numbers.below(6));
    if (one_in(kind.one_in_narrow)) value = static_cast<std::int64_t>(numbers.below(30000));
    if (one_in(kind.one_in_narrow)) value |= 0x80;  // 0x80 in the bytes behind the mark
    if (one_in(kind.one_in_wide)) value = static_cast<std::int64_t>(numbers.below(1u << 31));
    if (one_in(kind.one_in_widest))
      value = is_signed ? std::int64_t{INT32_MIN} : std::int64_t{UINT32_MAX};
    if (is_signed && numbers.below(9) == 0) value = -1 - static_cast<std::int64_t>(value % 200);
  }
  return values;
}

/// Bytes and pixels in memory of exactly their size, which the sanitizers watch.
template <class T>
struct Exact {
  explicit Exact(std::size_t count) : size(count), values(new T[count]()) {}
  std::size_t size;
  std::unique_ptr<T[]> values;
  std::span<T> span() { return {values.get(), size}; }
};

struct Outcome {
  DecodeStatus status = DecodeStatus::ok;
  std::vector<std::uint32_t> pixels;
  bool operator==(Outcome const&) const = default;
};

/// Decodes in blocks; `block` 0: of changing size.
Outcome decoded(Simd simd, core::PixelType type, std::vector<std::byte> const& stored,
                std::size_t pixels, std::size_t block) {
  Exact<std::byte> bytes(stored.size());
  std::ranges::copy(stored, bytes.values.get());
  ByteOffsetDecoder decoder(type, simd);
  decoder.open(bytes.span());
  Outcome outcome;
  for (std::size_t turn = 1; outcome.pixels.size() < pixels; ++turn) {
    std::size_t const wanted = block > 0 ? block : 1 + turn * 37 % 150;
    Exact<std::uint32_t> out(std::min(wanted, pixels - outcome.pixels.size()));
    outcome.status = decoder.decode(std::as_writable_bytes(out.span()));
    if (outcome.status != DecodeStatus::ok) {
      outcome.pixels.clear();
      return outcome;
    }
    outcome.pixels.insert(outcome.pixels.end(), out.values.get(), out.values.get() + out.size);
  }
  return outcome;
}

void expect_same(core::PixelType type, std::vector<std::byte> const& stored, std::size_t pixels) {
  auto const expected = decoded(Simd::portable, type, stored, pixels, pixels);
  for (auto const set : instruction_sets())
    for (std::size_t const block : {pixels, std::size_t{0}, std::size_t{64}, std::size_t{2048}})
      ASSERT_TRUE(decoded(set, type, stored, pixels, block) == expected)
          << core::name_of(set) << ", " << pixels << " pixels in blocks of " << block << ", "
          << core::name_of(expected.status);
}

class DifferenceRuns : public testing::TestWithParam<core::PixelType> {};

TEST_P(DifferenceRuns, AreThoseOfThePlainLoop) {
  Numbers numbers(5);
  bool const is_signed = GetParam() == core::PixelType::i32;
  for (auto const& kind : kinds) {
    for (int trial = 0; trial < 60; ++trial) {
      auto const values = values_of(kind, 1 + numbers.below(700), is_signed, numbers);
      auto const stored = byte_offset_by_hand(values);
      auto const outcome =
          decoded(Simd::portable, GetParam(), stored, values.size(), values.size());
      ASSERT_EQ(outcome.status, DecodeStatus::ok);
      for (std::size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(outcome.pixels[i], static_cast<std::uint32_t>(values[i]));
      expect_same(GetParam(), stored, values.size());
    }
  }
}

TEST_P(DifferenceRuns, TellTheSameOfBrokenStreams) {
  Numbers numbers(6);
  std::size_t refused = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    auto const& kind = kinds[numbers.below(std::size(kinds))];
    auto const values =
        values_of(kind, 1 + numbers.below(400), GetParam() == core::PixelType::i32, numbers);
    auto const stored = mutated(byte_offset_by_hand(values), numbers);
    expect_same(GetParam(), stored, values.size());
    refused += decoded(simd(), GetParam(), stored, values.size(), 100).pixels.empty() ? 1 : 0;
  }
  EXPECT_GT(refused, 100U);
}

TEST_P(DifferenceRuns, TellTheSameOfAnyBytes) {
  Numbers numbers(7);
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<std::byte> stored(numbers.below(600));
    std::size_t const one_in = 1 + numbers.below(12);
    for (auto& byte : stored)
      byte = numbers.below(one_in) == 0 ? std::byte{0x80} : static_cast<std::byte>(numbers.next());
    expect_same(GetParam(), stored, 1 + numbers.below(stored.size() + 20));
  }
}

TEST_P(DifferenceRuns, StayWithinTheirTypeAtEveryPlace) {
  bool const is_signed = GetParam() == core::PixelType::i32;
  for (std::int64_t const base : {std::int64_t{farthest_value} - 40, std::int64_t{INT32_MAX} - 40,
                                  is_signed ? -std::int64_t{farthest_value} : std::int64_t{20}}) {
    for (std::size_t place = 0; place < 140; ++place) {
      Values values(300, base);
      values[place] += 41;
      values[place + 1] -= 21;
      expect_same(GetParam(), byte_offset_by_hand(values), values.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, DifferenceRuns,
                         testing::Values(core::PixelType::i32, core::PixelType::u32),
                         [](auto const& type) { return std::string(core::name_of(type.param)); });

#if XRDCT_HAVE_SIMDE
/// The code for AVX-512 on every processor: what it takes is what the plain loop decodes.
TEST(DifferenceRunsEmulated, AreThoseOfThePlainLoop) {
  Numbers numbers(8);
  for (auto const& kind : kinds) {
    for (int trial = 0; trial < 20; ++trial) {
      auto const values = values_of(kind, 400 + numbers.below(500), true, numbers);
      auto const stored = byte_offset_by_hand(values);
      Exact<std::byte> bytes(stored.size());
      std::ranges::copy(stored, bytes.values.get());
      Exact<std::int32_t> out(values.size());
      auto const run =
          decode_run_avx512_emulated(bytes.span(), 0, true, std::as_writable_bytes(out.span()));
      ASSERT_LE(run.pixels, values.size());
      for (std::size_t i = 0; i < run.pixels; ++i) ASSERT_EQ(out.values[i], values[i]) << i;
      Values const taken(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(run.pixels));
      ASSERT_EQ(run.bytes, byte_offset_by_hand(taken).size());
      ASSERT_EQ(run.value, run.pixels > 0 ? taken.back() : 0);
    }
  }
}
#endif

TEST(WindowBits, AreThoseOfTheDifferencesOneByOne) {
  Numbers numbers(9);
  for (int trial = 0; trial < 5000; ++trial) {
    std::uint64_t const marks =
        numbers.next() & numbers.next() & (trial % 2 ? ~0U : numbers.next());
    std::uint64_t wide = 0, starts = 0;
    for (std::size_t i = 0; i < 64;) {
      bool const is_wide = (marks >> i & 1) != 0;
      starts |= std::uint64_t{1} << i;
      wide |= std::uint64_t{is_wide} << i;
      i += is_wide ? 3 : 1;
    }
    EXPECT_EQ(window_bits(marks).wide, wide);
    EXPECT_EQ(window_bits(marks).starts, starts);
  }
  EXPECT_EQ(place_of_bit(0b1101000, 0), 3U);
  EXPECT_EQ(place_of_bit(0b1101000, 2), 6U);
}

}  // namespace
}  // namespace test
}  // namespace xrdct::codec
