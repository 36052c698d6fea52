#include "io/codec/planes/bit_planes.hpp"

#include <gtest/gtest.h>

#include "io/codec/block_walk.hpp"
#include "io/codec/encode.hpp"
#include "io/codec/lz4/lz4_block.hpp"
#include "io/codec/planes/bit_transpose.hpp"
#include "tests/io/codec/test_streams.hpp"

namespace xrdct::codec::test {
namespace {

using Stream = std::vector<std::byte>;

// The values of all whole blocks of a stream, widened again; the raw rest is not the decoder's.
std::vector<std::byte> widened(Stream const& stream, std::size_t pixels, std::size_t pixel_bytes,
                               Simd simd, std::size_t most_upper = 0) {
  std::vector<std::byte> values(pixels * pixel_bytes);
  BlockWalk walk;
  EXPECT_EQ(DecodeStatus::ok, walk.open(stream, pixels, pixel_bytes));
  NarrowDecoder decoder(pixel_bytes, walk.block_pixels(), simd);
  std::vector<std::byte> out(walk.block_pixels() * pixel_bytes);
  std::span<std::byte const> compressed;
  std::size_t first = 0, in_block = 0;
  while (walk.next(compressed, in_block) == DecodeStatus::ok && in_block > 0) {
    NarrowPixels narrow;
    EXPECT_EQ(DecodeStatus::ok,
              decoder.decode(compressed, in_block, std::span(out).first(in_block * pixel_bytes),
                             narrow, most_upper));
    for (std::size_t i = 0; i < in_block; ++i) {
      std::uint64_t const value = value_of(narrow, out.data(), pixel_bytes, i);
      std::memcpy(values.data() + (first + i) * pixel_bytes, &value, pixel_bytes);
      bool const is_upper = !narrow.upper.empty() && (narrow.upper[i / 64] >> (i % 64) & 1) != 0;
      if (!is_upper && narrow.differing < 64) {
        EXPECT_EQ(0u, value >> narrow.differing) << i;
      }
    }
    first += in_block;
  }
  std::span<std::byte const> tail;
  EXPECT_EQ(DecodeStatus::ok, walk.tail(tail));
  std::copy(tail.begin(), tail.end(),
            values.begin() + static_cast<std::ptrdiff_t>(first * pixel_bytes));
  return values;
}

class NarrowPixelsOf : public testing::TestWithParam<std::size_t> {};

TEST_P(NarrowPixelsOf, EveryContentAndSizeAreTheValues) {
  for (auto const set : instruction_sets()) {
    for (std::size_t const pixels : odd_sizes) {
      for (auto const content : all_contents) {
        auto const in = frame_of(content, pixels, GetParam(), pixels);
        ASSERT_EQ(in, widened(bitshuffle_lz4_by_hand(in, GetParam(), 304), pixels, GetParam(), set))
            << name_of(set) << ", " << pixels << " pixels, content " << static_cast<int>(content);
        ASSERT_EQ(in,
                  widened(bitshuffle_lz4_by_hand(in, GetParam(), 304), pixels, GetParam(), set, 20))
            << name_of(set) << ", " << pixels << " pixels, few upper bits, content "
            << static_cast<int>(content);
        if (!can_encode) continue;
        ASSERT_EQ(in, widened(encode_bitshuffle_lz4(in, GetParam()), pixels, GetParam(), set))
            << name_of(set) << ", " << pixels << " pixels, content " << static_cast<int>(content);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, NarrowPixelsOf, testing::Values(1, 2, 4, 8),
                         testing::PrintToStringParamName());

TEST(NarrowPixels, AreBytesWhereFewPixelsHaveUpperBits) {
  std::size_t const pixels = 304, most = 3;
  for (std::size_t const pixel_bytes : {2, 4, 8}) {
    for (std::size_t const bright : {1, 3, 4}) {
      std::vector<std::byte> in(pixels * pixel_bytes);
      for (std::size_t i = 0; i < pixels; ++i)
        in[i * pixel_bytes] = static_cast<std::byte>(i % 256);
      for (std::size_t k = 0; k < bright; ++k)
        in[(70 * k + 63) * pixel_bytes + 1] = static_cast<std::byte>(k + 5);  // 256·5, ·6, …
      std::vector<std::byte> out(in.size());
      NarrowDecoder decoder(pixel_bytes, pixels);
      NarrowPixels narrow;
      auto const stream = bitshuffle_lz4_by_hand(in, pixel_bytes, pixels);
      ASSERT_EQ(DecodeStatus::ok,
                decoder.decode(std::span(stream).subspan(16), pixels, out, narrow, most));
      EXPECT_EQ(bright <= most ? 1u : 2u, narrow.pixel_bytes);
      for (std::size_t i = 0; i < pixels; ++i) {
        std::uint64_t value = 0;
        std::memcpy(&value, in.data() + i * pixel_bytes, pixel_bytes);
        ASSERT_EQ(value, value_of(narrow, out.data(), pixel_bytes, i))
            << i << " of " << pixel_bytes << " bytes";
      }
    }
  }
}

struct Narrow {
  std::size_t pixel_bytes;
  std::vector<std::uint64_t> upper;
  std::size_t differing;
};

Narrow narrow_of(Content content, std::size_t pixels, std::size_t pixel_bytes) {
  auto const in = frame_of(content, pixels, pixel_bytes);
  std::vector<std::byte> out(in.size());
  NarrowDecoder decoder(pixel_bytes, pixels);
  NarrowPixels narrow;
  auto const stream = bitshuffle_lz4_by_hand(in, pixel_bytes, pixels);
  EXPECT_EQ(DecodeStatus::ok, decoder.decode(std::span(stream).subspan(16), pixels, out, narrow));
  return {narrow.pixel_bytes, {narrow.upper.begin(), narrow.upper.end()}, narrow.differing};
}

TEST(NarrowDecoder, SmallCountsNeedOneByte) {
  for (auto const content : {Content::zeros, Content::ones, Content::counts}) {
    EXPECT_EQ(1u, narrow_of(content, 1000, 4).pixel_bytes);
    EXPECT_TRUE(narrow_of(content, 1000, 4).upper.empty());
    EXPECT_EQ(1u, narrow_of(content, 1000, 2).pixel_bytes);
  }
}

TEST(NarrowDecoder, GapsAreUpperBits) {
  auto const narrow = narrow_of(Content::two_sentinels, 1000, 4);
  EXPECT_EQ(1u, narrow.pixel_bytes);
  ASSERT_EQ(16u, narrow.upper.size());
  for (std::size_t i = 0; i < 1024; ++i)
    EXPECT_EQ(i < 1000 && in_gap(i), (narrow.upper[i / 64] >> (i % 64) & 1) != 0) << i;
}

// Counts of at most 7, with gaps and marks or without.
TEST(NarrowDecoder, TellsThatCountsAreBelow32) {
  for (auto const content :
       {Content::zeros, Content::counts, Content::counts_and_gaps, Content::two_sentinels}) {
    EXPECT_LE(narrow_of(content, 1000, 4).differing, 5u);
    EXPECT_LE(narrow_of(content, 1000, 2).differing, 5u);
  }
  EXPECT_GT(narrow_of(Content::wide_counts, 1000, 4).differing, 8u);
  EXPECT_EQ(narrow_of(Content::noise, 1000, 4).differing, 32u);
}

TEST(NarrowDecoder, WiderCountsNeedMore) {
  EXPECT_EQ(2u, narrow_of(Content::wide_counts, 1000, 4).pixel_bytes);
  EXPECT_EQ(2u, narrow_of(Content::wide_counts, 1000, 2).pixel_bytes);
  EXPECT_TRUE(narrow_of(Content::wide_counts, 1000, 2).upper.empty());
  EXPECT_EQ(4u, narrow_of(Content::one_bright, 1000, 4).pixel_bytes);
  EXPECT_EQ(4u, narrow_of(Content::noise, 1000, 4).pixel_bytes);
  EXPECT_EQ(2u, narrow_of(Content::one_beside_gap, 1000, 4).pixel_bytes);
  EXPECT_EQ(1u, narrow_of(Content::counts, 1000, 1).pixel_bytes);
}

// The first block of a stream.
std::span<std::byte const> block_of(Stream const& stream) {
  return std::span(stream).subspan(16, read_u32_be(stream.data() + 12));
}

TEST(NarrowDecoder, DoesNotWriteEqualPlanes) {
  if (!can_encode) GTEST_SKIP() << "this build has no encoder";
  for (auto const set : instruction_sets()) {
    for (auto const& [content, used] :
         {std::pair{Content::zeros, 0}, std::pair{Content::counts, 3},
          std::pair{Content::counts_and_gaps, 3}, std::pair{Content::wide_counts, 14},
          std::pair{Content::noise, 31}}) {
      std::vector<std::byte> planes(8192, std::byte{0x5a});
      auto const decoded = decode_lz4_planes(
          set, block_of(encode_bitshuffle_lz4(frame_of(content, 2048, 4), 4)), planes, 256);
      EXPECT_EQ(DecodeStatus::ok, decoded.status);
      EXPECT_LE(decoded.equal_from, static_cast<std::size_t>(used) + 1)
          << name_of(set) << ", content " << static_cast<int>(content);
      EXPECT_EQ(decoded.equal_from < 31, planes.back() == std::byte{0x5a})
          << name_of(set) << ", content " << static_cast<int>(content);
    }
  }
}

// The last bytes of a block are stored as they are: there, a plane can differ although all before
// it looks equal.
TEST(NarrowDecoder, SeesOneBitInTheLastBytes) {
  if (!can_encode) GTEST_SKIP() << "this build has no encoder";
  for (std::size_t const pixels : {2048, 1000, 264}) {
    for (std::size_t last = 0; last < 200; ++last) {
      auto in = frame_of(Content::counts_and_gaps, pixels, 4);
      in[4 * (pixels - 1 - last) + 1 + last % 3] ^= std::byte{1} << (last % 8);
      for (auto const set : instruction_sets())
        ASSERT_EQ(in, widened(encode_bitshuffle_lz4(in, 4), pixels, 4, set))
            << name_of(set) << ", " << last;
    }
  }
}

// 8 pixels, planes of one byte: the last literals reach over several planes, and are here those
// before the repeated one.
TEST(NarrowDecoder, ComparesTheLastLiteralsWithTheirOwnPlanes) {
  std::vector<std::byte> expected(32, std::byte{9});
  for (std::size_t i = 0; i < 9; ++i) expected[i] = static_cast<std::byte>(i + 1);
  for (std::size_t i = 0; i < 5; ++i) expected[27 + i] = static_cast<std::byte>(i + 5);
  std::vector<std::byte> block{
      std::byte{0x9e}};  // 9 literals, a match of 18 at distance 1, 5 literals
  block.insert(block.end(), expected.begin(), expected.begin() + 9);
  block.insert(block.end(), {std::byte{1}, std::byte{0}, std::byte{0x50}});
  block.insert(block.end(), expected.end() - 5, expected.end());
  std::vector<std::byte> pixels(32);
  planes_to_pixels(Simd::portable, expected.data(), 8, 4, pixels.data());
  for (auto const set : instruction_sets()) {
    std::vector<std::byte> out(32);
    NarrowPixels narrow;
    ASSERT_EQ(DecodeStatus::ok, NarrowDecoder(4, 8, set).decode(block, 8, out, narrow));
    for (std::size_t i = 0; i < 8; ++i) {
      std::uint32_t value;
      std::memcpy(&value, pixels.data() + 4 * i, 4);
      EXPECT_EQ(value, value_of(narrow, out.data(), 4, i)) << name_of(set) << ", " << i;
    }
  }
}

TEST(NarrowDecoder, TruncatedBlocksAreErrors) {
  for (auto const content : {Content::two_sentinels, Content::one_bright, Content::all_gaps}) {
    for (auto const& [filter, stream] : streams_of(frame_of(content, 400, 4), 4)) {
      if (filter != core::Filter::bitshuffle_lz4) continue;
      BlockWalk walk;
      ASSERT_EQ(DecodeStatus::ok, walk.open(stream, 400, 4));
      std::span<std::byte const> compressed;
      std::size_t pixels = 0;
      ASSERT_EQ(DecodeStatus::ok, walk.next(compressed, pixels));
      for (std::size_t length = 0; length < compressed.size(); ++length) {
        Stream const part(compressed.begin(),
                          compressed.begin() + static_cast<std::ptrdiff_t>(length));
        std::vector<std::byte> out(pixels * 4);
        NarrowPixels narrow;
        ASSERT_NE(DecodeStatus::ok, NarrowDecoder(4, pixels).decode(part, pixels, out, narrow))
            << length;
      }
    }
  }
}

// Whatever the bytes: the same verdict and the same values as decoding every plane.
TEST(NarrowDecoder, AgreesWithPlainDecodingOnMutants) {
  Numbers numbers(11);
  std::size_t accepted = 0;
  for (int trial = 0; trial < 10000; ++trial) {
    std::size_t const pixels = 8 * (1 + numbers.below(80)),
                      pixel_bytes = std::size_t{1} << numbers.below(4);
    auto const in = frame_of(all_contents[numbers.below(std::size(all_contents))], pixels,
                             pixel_bytes, static_cast<std::uint64_t>(trial));
    bool const by_library = can_encode && trial % 2 == 0;
    auto const stream = by_library ? encode_bitshuffle_lz4(in, pixel_bytes)
                                   : bitshuffle_lz4_by_hand(in, pixel_bytes, pixels);
    BlockWalk walk;
    ASSERT_EQ(DecodeStatus::ok, walk.open(stream, pixels, pixel_bytes));
    std::span<std::byte const> compressed;
    std::size_t in_block = 0;
    ASSERT_EQ(DecodeStatus::ok, walk.next(compressed, in_block));
    auto const mutant = mutated({compressed.begin(), compressed.end()}, numbers);
    std::vector<std::byte> plain(in_block * pixel_bytes), scratch(plain.size()), out(plain.size());
    auto const status = decode_lz4_block(Simd::portable, mutant, scratch);
    planes_to_pixels(Simd::portable, scratch.data(), in_block, pixel_bytes, plain.data());
    NarrowPixels narrow;
    NarrowDecoder decoder(pixel_bytes, in_block);
    auto const narrow_status = decoder.decode(mutant, in_block, out, narrow);
    ASSERT_EQ(status, narrow_status);
    if (status != DecodeStatus::ok) continue;
    ++accepted;
    for (std::size_t i = 0; i < in_block; ++i) {
      std::uint64_t expected = 0;
      std::memcpy(&expected, plain.data() + i * pixel_bytes, pixel_bytes);
      ASSERT_EQ(expected, value_of(narrow, out.data(), pixel_bytes, i));
    }
  }
  EXPECT_GT(accepted, 1000u);
}

// A block alone, compressed or literals, of exactly its bytes.
std::vector<std::byte> one_block(std::vector<std::byte> const& in, std::size_t pixel_bytes,
                                 bool by_library) {
  std::size_t const pixels = in.size() / pixel_bytes;
  auto stream = by_library ? encode_bitshuffle_lz4(in, pixel_bytes)
                           : bitshuffle_lz4_by_hand(in, pixel_bytes, pixels);
  auto const block = block_of(stream);
  return {block.begin(), block.end()};
}

// Blocks as large as those of files, below and above: long literals, four planes at once. Every
// instruction set, whatever the bytes.
TEST(NarrowDecoder, EveryInstructionSetAgreesOnMutantsOfLargeBlocks) {
  Numbers numbers(23);
  std::size_t accepted = 0, refused = 0;
  for (int trial = 0; trial < 2400; ++trial) {
    std::size_t const pixel_bytes = std::size_t{1} << trial % 4,
                      bytes = trial % 3 == 0 ? 8192 : 64 * (1 + numbers.below(160));
    std::size_t const pixels = bytes / pixel_bytes;
    bool const by_library = can_encode && bytes <= 8192 && trial % 5 != 0;
    auto const in = frame_of(all_contents[numbers.below(std::size(all_contents))], pixels,
                             pixel_bytes, static_cast<std::uint64_t>(trial));
    auto const mutant = mutated(one_block(in, pixel_bytes, by_library), numbers);
    std::vector<std::byte> plain(bytes), scratch(bytes);
    auto const status = decode_lz4_block(Simd::portable, mutant, scratch);
    planes_to_pixels(Simd::portable, scratch.data(), pixels, pixel_bytes, plain.data());
    (status == DecodeStatus::ok ? accepted : refused) += 1;
    for (auto const set : instruction_sets()) {
      std::vector<std::byte> out(bytes);
      NarrowPixels narrow;
      NarrowDecoder decoder(pixel_bytes, pixels, set);
      ASSERT_EQ(status, decoder.decode(mutant, pixels, out, narrow))
          << name_of(set) << ", trial " << trial;
      for (std::size_t i = 0; status == DecodeStatus::ok && i < pixels; ++i) {
        std::uint64_t expected = 0;
        std::memcpy(&expected, plain.data() + i * pixel_bytes, pixel_bytes);
        ASSERT_EQ(expected, value_of(narrow, out.data(), pixel_bytes, i))
            << name_of(set) << ", trial " << trial << ", pixel " << i;
      }
    }
  }
  EXPECT_GT(accepted, 400u);
  EXPECT_GT(refused, 400u);
}

}  // namespace
}  // namespace xrdct::codec::test
