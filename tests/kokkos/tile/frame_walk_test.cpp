#include "kokkos/tile/frame_walk.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/codec/encode.hpp"
#include "tests/io/codec/test_streams.hpp"

namespace xrdct::kernels::test {
namespace {

using codec::DecodeStatus;
using codec::test::Numbers;
using core::PixelType;
using Bytes = std::vector<std::byte>;

// The pixels of a frame as they were stored, walked block by block. \param skipped blocks that are
// gone past, one bit each; their bytes stay 0
struct Walked {
  DecodeStatus status = DecodeStatus::ok;
  Bytes pixels;
};

Walked walk_through(Bytes const& stream, core::FrameShape shape, core::FrameEncoding encoding,
                    std::uint64_t skipped) {
  std::size_t const pixel_bytes = core::size_of(encoding.type),
                    at_once = block_pixels(encoding.type);
  DecodeScratch scratch(shape, encoding);
  FrameWalk walk(shape, encoding);
  Walked walked{walk.open({.bytes = stream}, scratch), Bytes(shape.pixels() * pixel_bytes)};
  for (std::size_t first = 0, block = 0;
       walked.status == DecodeStatus::ok && first < shape.pixels(); first += at_once, ++block) {
    std::size_t const pixels = std::min(at_once, shape.pixels() - first);
    if (skipped >> block % 64 & 1) {
      walked.status = walk.skip(pixels, scratch);
      continue;
    }
    Bytes row(pixels * pixel_bytes);  // its own allocation, so that the sanitizer sees its end
    WalkedBlock found;
    walked.status = walk.next(pixels, row, scratch, found);
    if (walked.status != DecodeStatus::ok) break;
    std::byte* const to = walked.pixels.data() + first * pixel_bytes;
    if (found.raw != nullptr) std::copy_n(found.raw, pixels * pixel_bytes, to);
    for (std::size_t i = 0; found.raw == nullptr && i < pixels; ++i) {
      std::uint64_t const value = codec::value_of(found.narrow, row.data(), pixel_bytes, i);
      std::memcpy(to + i * pixel_bytes, &value, pixel_bytes);
    }
  }
  return walked;
}

struct Sample {
  core::FrameShape shape;
  core::FrameEncoding encoding;
  Bytes stream;
};

// Blocks of the usual size, fractions of it, sizes that do not divide it, and more than the frame;
// last blocks of any size, and raw rests.
Sample sample(std::size_t trial, Numbers& numbers) {
  constexpr PixelType types[] = {PixelType::u8,  PixelType::i8,  PixelType::u16, PixelType::i16,
                                 PixelType::u32, PixelType::i32, PixelType::f64};
  constexpr std::size_t fractions[] = {1, 2, 8, 32};
  Sample made;
  made.encoding = {types[trial % std::size(types)], core::Filter::bitshuffle_lz4};
  std::size_t const pixel_bytes = core::size_of(made.encoding.type),
                    usual = block_pixels(made.encoding.type);
  made.shape = {1, numbers.below(4) == 0 ? 1 + numbers.below(40) : 1 + numbers.below(3 * usual)};
  std::size_t const kinds[] = {usual / fractions[numbers.below(4)],
                               8 * (1 + numbers.below(usual / 8)), 2 * usual, 4 * usual};
  auto const content =
      codec::test::all_contents[numbers.below(std::size(codec::test::all_contents))];
  auto const in = codec::test::frame_of(content, made.shape.pixels(), pixel_bytes, trial);
  bool const by_library = codec::test::can_encode && numbers.below(2) == 0;
  made.stream = by_library
                    ? codec::encode_bitshuffle_lz4(in, pixel_bytes)
                    : codec::test::bitshuffle_lz4_by_hand(in, pixel_bytes, kinds[numbers.below(4)]);
  return made;
}

void expect_agreement(Sample const& made, Bytes const& stream, std::size_t trial,
                      std::size_t& accepted) {
  codec::FrameDecoder decoder(made.shape, made.encoding);
  Bytes image(decoder.frame_bytes());
  bool const good = decoder.decode({.bytes = stream}, image) == DecodeStatus::ok;
  auto const walked = walk_through(stream, made.shape, made.encoding, 0);
  ASSERT_EQ(good, walked.status == DecodeStatus::ok) << "trial " << trial;
  if (good) {
    ASSERT_EQ(image, walked.pixels) << "trial " << trial;
  }
  accepted += good;
  // Blocks that are gone past are not decoded: fewer errors are seen, never more.
  auto const with_gaps = walk_through(stream, made.shape, made.encoding, 0x5a96c3u >> trial % 16);
  if (good) {
    ASSERT_EQ(DecodeStatus::ok, with_gaps.status) << "trial " << trial;
  }
}

TEST(FrameWalk, DeliversWhatTheFrameDecoderDoes) {
  Numbers numbers(31);
  std::size_t accepted = 0;
  for (std::size_t trial = 0; trial < 700; ++trial) {
    auto const made = sample(trial, numbers);
    expect_agreement(made, made.stream, trial, accepted);
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(accepted, 700u);
}

// Whatever the bytes: the same verdict and the same pixels as the frame decoder, and nothing beyond
// a block's row.
TEST(FrameWalk, JudgesMutantsAsTheFrameDecoderDoes) {
  Numbers numbers(32);
  std::size_t accepted = 0;
  for (std::size_t trial = 0; trial < 2800; ++trial) {
    auto const made = sample(trial, numbers);
    auto stream = codec::test::mutated(made.stream, numbers);
    if (trial % 4 == 0) {  // a header or sizes of blocks that are wrong
      stream = made.stream;
      stream[numbers.below(std::min<std::size_t>(stream.size(), 17))] ^= std::byte{1}
                                                                         << numbers.below(8);
    } else if (trial % 4 == 1) {
      stream = Bytes(
          made.stream.begin(),
          made.stream.begin() + static_cast<std::ptrdiff_t>(numbers.below(made.stream.size())));
    }
    expect_agreement(made, stream, trial, accepted);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(accepted, 280u);
  EXPECT_LT(accepted, 2500u);
}

// Byte offset, which a walk decodes piece by piece.
Sample offset_sample(std::size_t trial, Numbers& numbers) {
  bool const is_signed = trial % 2 == 0;
  Sample made{{1, 1 + numbers.below(7000)},
              {is_signed ? PixelType::i32 : PixelType::u16, core::Filter::byte_offset},
              {}};
  std::vector<std::int64_t> values(made.shape.pixels());
  std::size_t const one_in = 1 + numbers.below(300);
  for (auto& value : values) {
    value = static_cast<std::int64_t>(numbers.below(5));
    if (numbers.below(one_in) == 0) value = static_cast<std::int64_t>(numbers.below(60000));
    if (is_signed && numbers.below(50) == 0) value = -2;
  }
  made.stream = codec::test::byte_offset_by_hand(values);
  return made;
}

TEST(FrameWalk, DecodesByteOffsetAsTheFrameDecoderDoes) {
  Numbers numbers(33);
  std::size_t accepted = 0;
  for (std::size_t trial = 0; trial < 300; ++trial) {
    auto const made = offset_sample(trial, numbers);
    bool const whole = trial % 3 > 0;
    expect_agreement(made, whole ? made.stream : codec::test::mutated(made.stream, numbers), trial,
                     accepted);
    if (HasFatalFailure()) return;
  }
  EXPECT_GE(accepted, 200u);
  EXPECT_LT(accepted, 300u);
}

}  // namespace
}  // namespace xrdct::kernels::test
