#include "io/codec/planes/bit_transpose.hpp"

#include <gtest/gtest.h>

#include "tests/io/codec/test_frames.hpp"

namespace xrdct::codec {
std::size_t planes_to_pixels_avx512_emulated(std::byte const* planes, std::size_t plane_bytes,
                                             std::size_t pixel_bytes, std::byte* out);

namespace test {
namespace {

// The definition, bit by bit.
std::vector<std::byte> planes_by_definition(std::vector<std::byte> const& in, std::size_t pixels,
                                            std::size_t pixel_bytes) {
  std::vector<std::byte> planes(in.size());
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t b = 0; b < 8 * pixel_bytes; ++b) {
      auto const bit = in[i * pixel_bytes + b / 8] >> (b % 8) & std::byte{1};
      planes[b * (pixels / 8) + i / 8] |= bit << (i % 8);
    }
  }
  return planes;
}

class BitTranspose : public testing::TestWithParam<std::size_t> {};

TEST_P(BitTranspose, PlanesAreThoseOfTheDefinition) {
  for (std::size_t const size : odd_sizes) {
    std::size_t const pixels = size / 8 * 8;
    auto const in = frame_of(Content::noise, pixels, GetParam(), size);
    std::vector<std::byte> planes(in.size());
    pixels_to_planes(in.data(), pixels, GetParam(), planes.data());
    EXPECT_EQ(planes, planes_by_definition(in, pixels, GetParam())) << pixels;
  }
}

TEST_P(BitTranspose, EveryInstructionSetTurnsPlanesToPixels) {
  for (auto const set : instruction_sets()) {
    for (std::size_t pixels = 0; pixels < 1600; pixels += 8) {
      auto const in = frame_of(Content::noise, pixels, GetParam(), pixels);
      auto const planes = planes_by_definition(in, pixels, GetParam());
      std::vector<std::byte> out(in.size());
      planes_to_pixels(set, planes.data(), pixels, GetParam(), out.data());
      ASSERT_EQ(out, in) << name_of(set) << ", " << pixels << " pixels";
    }
  }
}

TEST_P(BitTranspose, LowPlanesAreLowBytes) {
  std::size_t const pixels = 808;
  auto const in = frame_of(Content::noise, pixels, GetParam());
  auto const planes = planes_by_definition(in, pixels, GetParam());
  for (auto const set : instruction_sets()) {
    for (std::size_t low = 1; low <= GetParam(); low *= 2) {
      std::vector<std::byte> out(pixels * low);
      planes_to_pixels(set, planes.data(), pixels, low, out.data());
      for (std::size_t i = 0; i < pixels; ++i) {
        ASSERT_EQ(0, std::memcmp(out.data() + i * low, in.data() + i * GetParam(), low))
            << name_of(set) << ", " << low << " bytes, pixel " << i;
      }
    }
  }
}

// On processors without AVX-512, too: the same source in emulated instructions.
TEST_P(BitTranspose, EmulatedAvx512TurnsPlanesToPixels) {
#if XRDCT_HAVE_SIMDE
  for (std::size_t pixels = 0; pixels < 1600; pixels += 8) {
    auto const in = frame_of(Content::noise, pixels, GetParam(), pixels);
    auto const planes = planes_by_definition(in, pixels, GetParam());
    std::vector<std::byte> out(in.size());
    std::size_t const done =
        planes_to_pixels_avx512_emulated(planes.data(), pixels / 8, GetParam(), out.data());
    ASSERT_EQ(GetParam() == 8 ? 0 : pixels / 128 * 16, done);
    planes_to_pixels_portable(planes.data(), pixels / 8, done, pixels / 8, GetParam(), out.data());
    ASSERT_EQ(out, in) << pixels << " pixels";
  }
#else
  GTEST_SKIP() << "this build has no SIMDe";
#endif
}

INSTANTIATE_TEST_SUITE_P(PixelBytes, BitTranspose, testing::Values(1, 2, 4, 8),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace test
}  // namespace xrdct::codec
