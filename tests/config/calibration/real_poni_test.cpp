#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "config/calibration/poni.hpp"

/// PONI files that pyFAI wrote for real experiments.
namespace xrdct::config {
namespace {

class RealPoni : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("XRDCT_TEST_DATA") == nullptr) GTEST_SKIP() << "XRDCT_TEST_DATA is not set";
  }
  static PoniFile read(std::string const& path) {
    return read_poni(std::filesystem::path(std::getenv("XRDCT_TEST_DATA")) / "data" / path);
  }
};

TEST_F(RealPoni, Version1WithPixelSizes) {
  auto const poni = read("ceo2-pilatus1m-tif/CeO2_Pilatus1M.poni");
  EXPECT_EQ(poni.calibration.detector.name, "Detector");
  EXPECT_EQ(poni.calibration.detector.pixel1_m, 0.000172);
  EXPECT_EQ(poni.calibration.wavelength_m, 4.066e-11);
  EXPECT_THAT(poni.warnings, testing::IsEmpty());
}

TEST_F(RealPoni, TheLastOfThreeAppendedCalibrationsApplies) {
  auto const poni = read("ceo2-pilatus2m-cbf/CeO2.poni");
  EXPECT_EQ(poni.calibration.detector.name, "Pilatus2M");
  EXPECT_EQ(poni.calibration.distance_m, 0.543892076611);
  EXPECT_EQ(poni.calibration.poni1_m, 0.144719659691);
  EXPECT_THAT(poni.warnings, testing::IsEmpty());
}

TEST_F(RealPoni, Version2) {
  auto const poni = read("chess-raster/PIL11.poni");
  EXPECT_EQ(poni.calibration.detector.name, "Pilatus200k");
  EXPECT_EQ(poni.calibration.rot3_rad, 1.5699999999983936);
  EXPECT_FALSE(poni.orientation_given);
  EXPECT_EQ(read("chess-raster/PIL5.poni").calibration.detector.name, "Pilatus300k");
  EXPECT_EQ(read("chess-raster/PIL9.poni").calibration.rot1_rad, -0.5690115396005342);
  EXPECT_EQ(read("ceo2-pilatus2m-hexrd/derived_Pilatus2M.poni").calibration.wavelength_m,
            2.0215155542837953e-11);
}

TEST_F(RealPoni, EveryFileSurvivesWritingAndReading) {
  auto const folder = std::filesystem::path(std::getenv("XRDCT_TEST_DATA")) / "data";
  std::size_t files = 0;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".poni") continue;
    ++files;
    auto const text = poni_text(read_poni(entry.path()).calibration);
    EXPECT_EQ(poni_text(parse_poni(text, "again.poni").calibration), text) << entry.path();
  }
  EXPECT_GE(files, 6u);
}

}  // namespace
}  // namespace xrdct::config
