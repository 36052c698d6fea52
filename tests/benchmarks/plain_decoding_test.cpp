#include "benchmarks/plain_decoding.hpp"

#include <gtest/gtest.h>

#include "io/codec/encode.hpp"
#include "tests/io/codec/test_frames.hpp"

namespace xrdct::benchmarks {
namespace {

using codec::test::Content;

TEST(PlainDecoding, gives_back_every_kind_of_frame) {
  for (std::size_t const pixel_bytes : {1, 2, 4}) {
    for (std::size_t const pixels : {7, 8, 2056, 8193, 65536}) {
      for (Content const content : codec::test::all_contents) {
        auto const frame = codec::test::frame_of(content, pixels, pixel_bytes);
        auto const stored = codec::encode_bitshuffle_lz4(frame, pixel_bytes);
        PlainDecoder decoder(pixels, pixel_bytes);
        std::vector<std::byte> image(decoder.frame_bytes());
        ASSERT_TRUE(decoder.decode(stored, image));
        EXPECT_EQ(image, frame) << pixels << " pixels of " << pixel_bytes << " bytes, content "
                                << static_cast<int>(content);
      }
    }
  }
}

TEST(PlainDecoding, refuses_broken_frames) {
  auto const frame = codec::test::frame_of(Content::counts_and_gaps, 4096, 4);
  auto const stored = codec::encode_bitshuffle_lz4(frame, 4);
  std::vector<std::byte> image(frame.size());
  EXPECT_FALSE(PlainDecoder(4095, 4).decode(stored, std::span(image).first(4095 * 4)));
  EXPECT_FALSE(PlainDecoder(4096, 4).decode(stored, std::span(image).first(8)));
  for (std::size_t const kept :
       {std::size_t{0}, std::size_t{11}, std::size_t{40}, stored.size() - 1})
    EXPECT_FALSE(PlainDecoder(4096, 4).decode(std::span(stored).first(kept), image)) << kept;
}

}  // namespace
}  // namespace xrdct::benchmarks
