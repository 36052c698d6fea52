#include "io/codec/encode.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "core/words/errors.hpp"
#include "io/codec/block_walk.hpp"
#include "io/codec/decode.hpp"
#include "io/codec/words/decode_status.hpp"
#include "test_streams.hpp"

namespace xrdct::codec::test {
namespace {

#if XRDCT_HAVE_LZ4
TEST(Encode, WritesTheHeaderOfTheFilter) {
  auto const stored = encode_bitshuffle_lz4(frame_of(Content::counts, 5001, 2), 2);
  EXPECT_EQ(10002u, read_u64_be(stored.data()));
  EXPECT_EQ(8192u, read_u32_be(stored.data() + 8));
}

TEST(Encode, BlocksCanBeWalked) {
  auto const in = frame_of(Content::counts_and_gaps, 5003, 4);
  auto const stored = encode_bitshuffle_lz4(in, 4);
  BlockWalk walk;
  ASSERT_EQ(DecodeStatus::ok, walk.open(stored, 5003, 4));
  EXPECT_EQ(2048u, walk.block_pixels());
  std::vector<std::byte> out(in.size()), scratch(8192);
  std::vector<std::size_t> sizes;
  std::size_t first = 0;
  while (true) {
    std::span<std::byte const> compressed;
    std::size_t pixels = 0;
    ASSERT_EQ(DecodeStatus::ok, walk.next(compressed, pixels));
    if (pixels == 0) break;
    sizes.push_back(pixels);
    ASSERT_EQ(DecodeStatus::ok,
              decode_bitshuffle_lz4_block(compressed, pixels, 4, scratch,
                                          std::span(out).subspan(4 * first, 4 * pixels)));
    first += pixels;
  }
  EXPECT_EQ((std::vector<std::size_t>{2048, 2048, 904}), sizes);
  std::span<std::byte const> tail;
  ASSERT_EQ(DecodeStatus::ok, walk.tail(tail));
  ASSERT_EQ(12u, tail.size());
  std::copy(tail.begin(), tail.end(), out.begin() + 4 * first);
  EXPECT_EQ(in, out);
}

TEST(Encode, TakesEmptyFrames) { EXPECT_EQ(12u, encode_bitshuffle_lz4({}, 4).size()); }
#else
TEST(Encode, SaysThatThisBuildCannot) {
  EXPECT_THROW(encode_bitshuffle_lz4({}, 4), core::InputError);
}
#endif

TEST(Encode, ByteOffsetTakesTheNarrowestFormOfEachDifference) {
  constexpr auto low = std::numeric_limits<std::int32_t>::min(),
                 high = std::numeric_limits<std::int32_t>::max();
  std::vector<std::int32_t> pixels{0, 127, 0, -127, 1, 129, 0, -128, 5, low, high, low, 0};
  for (std::int32_t const step : {127, 128, 32767, 32768, 1 << 20})
    pixels.insert(pixels.end(), {step, 0, -step, 0});
  auto const stored = encode_byte_offset(pixels);
  EXPECT_EQ(byte_offset_by_hand(std::vector<std::int64_t>(pixels.begin(), pixels.end())), stored);
  std::vector<std::int32_t> out(pixels.size());
  FrameDecoder decoder({1, pixels.size()}, {core::PixelType::i32, core::Filter::byte_offset});
  EXPECT_EQ(DecodeStatus::ok,
            decoder.decode({.bytes = stored}, std::as_writable_bytes(std::span(out))));
  EXPECT_EQ(pixels, out);
  EXPECT_TRUE(encode_byte_offset({}).empty());
}

}  // namespace
}  // namespace xrdct::codec::test
