#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/detector/detector.hpp"
#include "tests/support/reference_data.hpp"

namespace xrdct::core {
namespace {

std::string crc32_of(std::vector<std::uint8_t> const& bytes) {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    table[n] = n;
    for (int bit = 0; bit < 8; ++bit)
      table[n] = table[n] & 1 ? 0xEDB88320u ^ (table[n] >> 1) : table[n] >> 1;
  }
  std::uint32_t crc = 0xFFFFFFFFu;
  for (std::uint8_t byte : bytes) crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8);
  char text[9];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(crc ^ 0xFFFFFFFFu));
  return text;
}

TEST(DetectorReference, TheTableHoldsAllDetectors) {
  std::vector<std::string> expected, found = detector_names();
  for (auto const& detector : test::reference_detectors()) expected.push_back(detector.name);
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, expected);
}

TEST(DetectorReference, PixelsShapesAndMasksAgree) {
  std::size_t compared = 0, masks = 0;
  for (auto const& expected : test::reference_detectors()) {
    if (expected.name == "Detector") continue;
    SCOPED_TRACE(expected.name);
    Detector const detector =
        make_detector({.name = expected.name, .pixel1_m = {}, .pixel2_m = {}, .max_shape = {}}, {});
    EXPECT_EQ(detector.pixel1_m, expected.pixel1.value());
    EXPECT_EQ(detector.pixel2_m, expected.pixel2.value());
    EXPECT_EQ(detector.shape, (FrameShape{expected.rows, expected.columns}));
    EXPECT_EQ(detector_shape(expected.name), detector.shape);
    std::vector<std::uint8_t> const mask =
        detector.mask.empty() ? std::vector<std::uint8_t>(detector.shape.pixels(), 0)
                              : detector.mask;
    ASSERT_EQ(mask.size(), detector.shape.pixels());
    EXPECT_EQ(std::count(mask.begin(), mask.end(), 1),
              static_cast<std::ptrdiff_t>(expected.masked.value_or(0)));
    if (!expected.mask_crc32.empty()) {
      EXPECT_EQ(crc32_of(mask), expected.mask_crc32);
      ++masks;
    }
    ++compared;
  }
  std::printf("detectors: %zu of 110 compared, %zu of them with a mask checksum, 1 plain\n",
              compared, masks);
  EXPECT_EQ(compared + 1, 110u);
}

TEST(DetectorReference, EveryNameIsKnown) {
  for (auto const& expected : test::reference_detectors()) {
    if (expected.name == "Detector") continue;
    for (auto const& name : expected.names)
      EXPECT_EQ(detector_shape(name), (FrameShape{expected.rows, expected.columns})) << name;
  }
}

}  // namespace
}  // namespace xrdct::core
