#include "io/codec/lz4/lz4_block.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/io/codec/test_streams.hpp"

#if XRDCT_HAVE_LZ4
#include <lz4.h>
#endif

namespace xrdct::codec::test {
namespace {

std::vector<std::byte> block_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (int const value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

using Decoder = DecodeStatus (*)(std::span<std::byte const>, std::span<std::byte>);
class Lz4Block : public testing::TestWithParam<Decoder> {};

TEST_P(Lz4Block, DecodesByHand) {
  // "abc", a match of 9 at distance 3, and five literals.
  auto const block = block_of({0x35, 'a', 'b', 'c', 3, 0, 0x50, 'v', 'w', 'x', 'y', 'z'});
  std::vector<std::byte> out(17);
  ASSERT_EQ(DecodeStatus::ok, GetParam()(block, out));
  EXPECT_EQ("abcabcabcabcvwxyz",
            std::string(reinterpret_cast<char const*>(out.data()), out.size()));
}

TEST_P(Lz4Block, RefusesWhatTheFormatForbids) {
  std::vector<std::byte> out(17);
  EXPECT_EQ(DecodeStatus::bad_stream, GetParam()(block_of({}), out)) << "empty";
  EXPECT_EQ(DecodeStatus::bad_stream,
            GetParam()(block_of({0x35, 'a', 'b', 'c', 4, 0, 0x50, 'v', 'w', 'x', 'y', 'z'}), out))
      << "before the begin";
  EXPECT_EQ(DecodeStatus::bad_stream,
            GetParam()(block_of({0x36, 'a', 'b', 'c', 3, 0, 0x50, 'v', 'w', 'x', 'y', 'z'}), out))
      << "too long";
  EXPECT_EQ(DecodeStatus::bad_stream,
            GetParam()(block_of({0x34, 'a', 'b', 'c', 3, 0, 0x50, 'v', 'w', 'x', 'y', 'z'}), out))
      << "too short";
  EXPECT_EQ(DecodeStatus::bad_stream,
            GetParam()(block_of({0x35, 'a', 'b', 'c', 3, 0, 0x50, 'v', 'w', 'x', 'y'}), out))
      << "truncated";
  EXPECT_EQ(DecodeStatus::bad_stream, GetParam()(block_of({0x3a, 'a', 'b', 'c', 3, 0}), out))
      << "no last literals";
  EXPECT_EQ(DecodeStatus::bad_stream, GetParam()(block_of({0xf0, 255, 255, 255, 255}), out))
      << "a length without end";
}

template <Simd set>
DecodeStatus own(std::span<std::byte const> compressed, std::span<std::byte> out) {
  return decode_lz4_block(set, compressed, out);
}

std::vector<Decoder> decoders() {
  std::vector<Decoder> all{&own<Simd::portable>, &own<Simd::avx2>, &own<Simd::avx512>};
  all.resize(instruction_sets().size());
  return all;
}
INSTANTIATE_TEST_SUITE_P(Own, Lz4Block, testing::ValuesIn(decoders()), [](auto const& test) {
  return std::string(name_of(instruction_sets()[test.index]));
});

TEST(OwnLz4, RefusesDistanceZero) {
  std::vector<std::byte> out(17);
  EXPECT_EQ(
      DecodeStatus::bad_stream,
      decode_lz4_block(Simd::portable,
                       block_of({0x35, 'a', 'b', 'c', 0, 0, 0x50, 'v', 'w', 'x', 'y', 'z'}), out));
}

// A block of random sequences, near and far matches, short and long, and what it is decoded to.
struct Sequences {
  std::vector<std::byte> block, decoded;

  explicit Sequences(Numbers& numbers) {
    for (std::size_t k = 1 + numbers.below(6); k > 0; --k) {
      std::size_t const literals = numbers.below(4) == 0
                                       ? numbers.below(200)
                                       : (decoded.empty() ? 1 : 0) + numbers.below(14);
      std::size_t const length =
          numbers.below(4) == 0 ? 4 + numbers.below(200) : 4 + numbers.below(16);
      append(numbers, std::max<std::size_t>(literals, decoded.empty()), length);
      std::size_t const distance =
          1 + numbers.below(numbers.below(2) == 0 ? std::min<std::size_t>(decoded.size(), 20)
                                                  : decoded.size());
      block.insert(block.end() - (length < 19 ? 0 : 1),
                   {static_cast<std::byte>(distance), static_cast<std::byte>(distance >> 8)});
      for (std::size_t i = 0; i < length; ++i)
        decoded.push_back(decoded[decoded.size() - distance]);
    }
    append(numbers, 12 + numbers.below(20), 4);
  }

 private:
  // Token, literals and, last, the byte that continues the length of the match.
  void append(Numbers& numbers, std::size_t literals, std::size_t length) {
    block.push_back(static_cast<std::byte>(std::min<std::size_t>(literals, 15) << 4 |
                                           std::min<std::size_t>(length - 4, 15)));
    if (literals >= 15) block.push_back(static_cast<std::byte>(literals - 15));
    for (std::size_t i = 0; i < literals; ++i) {
      decoded.push_back(static_cast<std::byte>(numbers.below(256)));
      block.push_back(decoded.back());
    }
    if (length >= 19) block.push_back(static_cast<std::byte>(length - 19));
  }
};

// Wherever the memory or the stream ends: nothing beyond is written or read, and all instruction
// sets say the same.
TEST(OwnLz4, StaysWithinMemoryThatEndsAnywhere) {
  Numbers numbers(5);
  for (int trial = 0; trial < 300; ++trial) {
    Sequences const made(numbers);
    for (std::size_t size = 1; size <= made.decoded.size(); ++size) {
      std::vector<std::byte> const cut(
          made.block.begin(), made.block.end() - static_cast<std::ptrdiff_t>(
                                                     size % 2 * numbers.below(made.block.size())));
      for (auto const& block : {made.block, cut}) {
        std::vector<std::byte> out(size), planes(size);
        auto const expected = decode_lz4_block(Simd::portable, block, out);
        bool const whole = size == made.decoded.size() && block.size() == made.block.size();
        ASSERT_TRUE(!whole || expected == DecodeStatus::ok) << "trial " << trial;
        for (auto const set : instruction_sets()) {
          ASSERT_EQ(expected, decode_lz4_block(set, block, out))
              << name_of(set) << ", trial " << trial << ", size " << size;
          ASSERT_EQ(expected, decode_lz4_planes(set, block, planes, 1 + size / 9).status)
              << name_of(set) << ", trial " << trial << ", size " << size;
          if (expected == DecodeStatus::ok) {
            ASSERT_TRUE(std::equal(out.begin(), out.end(), made.decoded.begin()))
                << name_of(set) << ", trial " << trial << ", size " << size;
          }
        }
      }
    }
  }
}

#if XRDCT_HAVE_LZ4
std::vector<std::byte> compressed(std::vector<std::byte> const& in) {
  std::vector<std::byte> out(
      static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(in.size()))));
  int const size = LZ4_compress_default(reinterpret_cast<char const*>(in.data()),
                                        reinterpret_cast<char*>(out.data()),
                                        static_cast<int>(in.size()), static_cast<int>(out.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

TEST(OwnLz4, DecodesWhatTheLibraryWrites) {
  for (auto const content : all_contents) {
    for (std::size_t const bytes : odd_sizes) {
      auto const in = frame_of(content, bytes, 1);
      for (auto const set : instruction_sets()) {
        std::vector<std::byte> out(in.size());
        ASSERT_EQ(DecodeStatus::ok, decode_lz4_block(set, compressed(in), out)) << name_of(set);
        ASSERT_EQ(in, out) << name_of(set);
      }
    }
  }
}

DecodeStatus by_liblz4(std::vector<std::byte> const& block, std::vector<std::byte>& out) {
  int const decoded = LZ4_decompress_safe(
      reinterpret_cast<char const*>(block.data()), reinterpret_cast<char*>(out.data()),
      static_cast<int>(block.size()), static_cast<int>(out.size()));
  return decoded >= 0 && static_cast<std::size_t>(decoded) == out.size() ? DecodeStatus::ok
                                                                         : DecodeStatus::bad_stream;
}

TEST(OwnLz4, JudgesMutantsAsTheLibraryDoes) {
  Numbers numbers(7);
  std::size_t accepted = 0, only_by_library = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    auto const content = all_contents[numbers.below(std::size(all_contents))];
    std::size_t const bytes = 1 + numbers.below(600);
    auto const stored = mutated(compressed(frame_of(content, bytes, 1, trial)), numbers);
    std::vector<std::byte> by_library(bytes), by_own(bytes), again(bytes);
    auto const library = by_liblz4(stored, by_library),
               own = decode_lz4_block(Simd::portable, stored, by_own);
    for (auto const set : instruction_sets()) {
      ASSERT_EQ(own, decode_lz4_block(set, stored, again)) << name_of(set);
      ASSERT_TRUE(own != DecodeStatus::ok || by_own == again) << name_of(set);
    }
    if (own == DecodeStatus::ok) {
      ++accepted;
      ASSERT_EQ(library, own);
      ASSERT_EQ(by_library, by_own);
    }
    only_by_library += library == DecodeStatus::ok && own != DecodeStatus::ok;
  }
  EXPECT_GT(accepted, 1000u);
  EXPECT_LT(only_by_library, accepted / 10) << "but for matches at distance 0 both accept the same";
}
#endif

}  // namespace
}  // namespace xrdct::codec::test
