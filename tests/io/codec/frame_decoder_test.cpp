#include <gtest/gtest.h>

#include <algorithm>

#include "io/codec/decode.hpp"
#include "io/codec/encode.hpp"
#include "test_frames.hpp"
#include "test_streams.hpp"

namespace xrdct::codec::test {
namespace {

core::PixelType type_of(std::size_t pixel_bytes) {
  return pixel_bytes == 1   ? core::PixelType::u8
         : pixel_bytes == 2 ? core::PixelType::u16
         : pixel_bytes == 4 ? core::PixelType::u32
                            : core::PixelType::f64;
}

struct Decoded {
  DecodeStatus status;
  std::vector<std::byte> bytes;
};

Decoded decode(std::size_t pixels, core::FrameEncoding encoding, std::span<std::byte const> stored,
               bool filtered = true) {
  FrameDecoder decoder({1, pixels}, encoding);
  std::vector<std::byte> out(decoder.frame_bytes());
  auto const status = decoder.decode({.bytes = stored, .filtered = filtered}, out);
  return {status, out};
}

TEST(FrameDecoder, GivesBackEveryContentOfEverySize) {
  if (!can_encode) GTEST_SKIP() << "this build has no encoder";
  for (std::size_t const pixel_bytes : {1, 2, 4, 8}) {
    for (std::size_t const pixels : odd_sizes) {
      for (auto const content : all_contents) {
        auto const in = frame_of(content, pixels, pixel_bytes);
        auto const [status, out] =
            decode(pixels, {type_of(pixel_bytes), core::Filter::bitshuffle_lz4},
                   encode_bitshuffle_lz4(in, pixel_bytes));
        ASSERT_EQ(DecodeStatus::ok, status);
        ASSERT_EQ(in, out) << pixels << " pixels of " << pixel_bytes << " bytes, content "
                           << static_cast<int>(content);
      }
    }
  }
}

TEST(FrameDecoder, SquareFramesFrom9To256) {
  if (!can_encode) GTEST_SKIP() << "this build has no encoder";
  for (std::size_t side = 9; side <= 256; side += side < 40 ? 1 : 9) {
    auto const in = frame_of(Content::two_sentinels, side * side, 4, side);
    FrameDecoder decoder({side, side}, {core::PixelType::i32, core::Filter::bitshuffle_lz4});
    std::vector<std::byte> out(decoder.frame_bytes());
    ASSERT_EQ(DecodeStatus::ok, decoder.decode({.bytes = encode_bitshuffle_lz4(in, 4)}, out));
    ASSERT_EQ(in, out) << side;
  }
}

TEST(FrameDecoder, TakesFramesStoredWithoutTheirFilter) {
  auto const in = frame_of(Content::noise, 99, 4);
  for (auto const filter :
       {core::Filter::none, core::Filter::deflate, core::Filter::zstd, core::Filter::lz4,
        core::Filter::bitshuffle, core::Filter::bitshuffle_lz4}) {
    auto const [status, out] = decode(99, {core::PixelType::u32, filter, true}, in, false);
    EXPECT_EQ(DecodeStatus::ok, status);
    EXPECT_EQ(in, out);
  }
}

TEST(FrameDecoder, SwapsBigEndianPixels) {
  std::vector<std::byte> const stored{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  std::vector<std::byte> const pairs{std::byte{2}, std::byte{1}, std::byte{4}, std::byte{3}};
  EXPECT_EQ(pairs,
            decode(2, {core::PixelType::u16, core::Filter::none, false, true}, stored).bytes);
  EXPECT_EQ(std::vector(stored.rbegin(), stored.rend()),
            decode(1, {core::PixelType::i32, core::Filter::none, false, true}, stored).bytes);
  EXPECT_EQ(stored,
            decode(4, {core::PixelType::u8, core::Filter::none, false, true}, stored).bytes);
}

TEST(FrameDecoder, UndoesByteShuffleAlone) {
  std::vector<std::byte> const stored{std::byte{1},  std::byte{2},  std::byte{3},
                                      std::byte{11}, std::byte{12}, std::byte{13}};
  std::vector<std::byte> const plain{std::byte{1},  std::byte{11}, std::byte{2},
                                     std::byte{12}, std::byte{3},  std::byte{13}};
  EXPECT_EQ(plain, decode(3, {core::PixelType::u16, core::Filter::none, true}, stored).bytes);
}

TEST(FrameDecoder, TellsASizeThatIsNotTheFrames) {
  auto const in = frame_of(Content::counts, 99, 4);
  for (auto const filter : {core::Filter::none, core::Filter::bitshuffle}) {
    EXPECT_EQ(DecodeStatus::wrong_size, decode(98, {core::PixelType::u32, filter}, in).status);
    EXPECT_EQ(DecodeStatus::truncated, decode(100, {core::PixelType::u32, filter}, in).status);
  }
  for (auto const& [filter, stored] : streams_of(in, 4)) {
    EXPECT_EQ(DecodeStatus::wrong_size, decode(98, {core::PixelType::u32, filter}, stored).status)
        << core::name_of(filter);
    EXPECT_NE(DecodeStatus::ok, decode(100, {core::PixelType::u32, filter}, stored).status)
        << core::name_of(filter);
    EXPECT_EQ(DecodeStatus::ok, decode(99, {core::PixelType::u32, filter}, stored).status)
        << core::name_of(filter);
  }
}

TEST(FrameDecoder, RefusesBlocksThatCannotBe) {
  auto const in = frame_of(Content::counts, 64, 4);
  for (std::uint32_t const block_bytes : {1u, 2u, 4u, 28u, 30u, 36u, 0xffffffffu}) {
    auto stored = bitshuffle_lz4_by_hand(in, 4, 64);
    write_u32_be(block_bytes, stored.data() + 8);
    EXPECT_EQ(DecodeStatus::bad_header,
              decode(64, {core::PixelType::u32, core::Filter::bitshuffle_lz4}, stored).status)
        << block_bytes;
  }
  auto stored = lz4_by_hand(in, 100);
  write_u32_be(0, stored.data() + 8);
  EXPECT_EQ(DecodeStatus::bad_header,
            decode(64, {core::PixelType::u32, core::Filter::lz4}, stored).status);
}

TEST(FrameDecoder, BlocksMayBeLargerThanTheFrame) {
  auto const in = frame_of(Content::counts, 100, 4);
  auto stored = bitshuffle_lz4_by_hand(in, 4, 96);
  write_u32_be(0xffffffe0u, stored.data() + 8);
  EXPECT_EQ(in, decode(100, {core::PixelType::u32, core::Filter::bitshuffle_lz4}, stored).bytes);
}

TEST(FrameDecoder, ReadsStreamsMadeByHandWithoutLibraries) {
  auto const in = frame_of(Content::two_sentinels, 4321, 2);
  for (std::size_t const block : {8, 64, 1000, 4320}) {
    EXPECT_EQ(in, decode(4321, {core::PixelType::u16, core::Filter::bitshuffle_lz4},
                         bitshuffle_lz4_by_hand(in, 2, block))
                      .bytes)
        << block;
    EXPECT_EQ(in,
              decode(4321, {core::PixelType::u16, core::Filter::lz4}, lz4_by_hand(in, block)).bytes)
        << block;
  }
}

TEST(FrameDecoder, SaysWhichFiltersThisBuildLacks) {
  for (auto const filter :
       {core::Filter::deflate, core::Filter::zstd, core::Filter::bitshuffle_zstd}) {
    if (supports(filter)) continue;
    std::vector<std::byte> stored(200);
    write_u64_be(80, stored.data());
    EXPECT_EQ(DecodeStatus::unsupported, decode(20, {core::PixelType::u32, filter}, stored).status);
  }
}

TEST(FrameDecoder, TruncationAtAnyLengthIsAnError) {
  auto const in = frame_of(Content::two_sentinels, 1003, 4);
  for (auto const& [filter, stored] : streams_of(in, 4)) {
    for (std::size_t length = 0; length < stored.size(); ++length) {
      std::vector<std::byte> const part(
          stored.begin(),
          stored.begin() + length);  // its own allocation, so that the sanitizer sees its end
      EXPECT_NE(DecodeStatus::ok, decode(1003, {core::PixelType::u32, filter}, part).status)
          << core::name_of(filter) << " cut to " << length;
    }
  }
}

TEST(FrameDecoder, DoesNotLookAtBytesAfterTheStream) {
  auto const in = frame_of(Content::two_sentinels, 1003, 4);
  for (auto [filter, stored] : streams_of(in, 4)) {
    if (filter == core::Filter::zstd) continue;  // they would be another frame of it
    stored.insert(stored.end(), 3, std::byte{0xff});
    EXPECT_EQ(in, decode(1003, {core::PixelType::u32, filter}, stored).bytes)
        << core::name_of(filter);
  }
}

TEST(FrameDecoder, SurvivesMutations) {
  auto const in = frame_of(Content::two_sentinels, 1003, 4);
  for (auto const& [filter, stored] : streams_of(in, 4)) {
    FrameDecoder decoder({1, 1003}, {core::PixelType::u32, filter});
    Numbers numbers(42);
    std::size_t refused = 0;
    for (int trial = 0; trial < 3000; ++trial) {
      auto const mutant = mutated(stored, numbers);
      std::vector<std::byte> out(decoder.frame_bytes());
      refused += decoder.decode({.bytes = mutant}, out) != DecodeStatus::ok;
    }
    EXPECT_GT(refused, 300u) << core::name_of(filter);
    std::vector<std::byte> out(decoder.frame_bytes());
    ASSERT_EQ(DecodeStatus::ok, decoder.decode({.bytes = stored}, out)) << "after broken frames";
    EXPECT_EQ(in, out);
  }
}

}  // namespace
}  // namespace xrdct::codec::test
