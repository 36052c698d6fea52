#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "config/calibration/poni.hpp"

namespace xrdct::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char const* numbers =
    "Distance: 0.2\nPoni1: 0.1\nPoni2: 0.11\nRot1: 0.01\nRot2: -0.02\nRot3: 1e-3\nWavelength: "
    "1e-10\n";

TEST(Poni, Version1HasPixelSizes) {
  auto const poni = parse_poni(
      std::string("# Nota: C-Order\nPixelSize1: 0.000172\nPixelSize2: 0.0001\nSplineFile: None\n") +
          numbers,
      "a.poni");
  auto const& calibration = poni.calibration;
  EXPECT_EQ(calibration.detector.name, "Detector");
  EXPECT_EQ(calibration.detector.pixel1_m, 0.000172);
  EXPECT_EQ(calibration.detector.pixel2_m, 0.0001);
  EXPECT_EQ(calibration.distance_m, 0.2);
  EXPECT_EQ(calibration.poni1_m, 0.1);
  EXPECT_EQ(calibration.poni2_m, 0.11);
  EXPECT_EQ(calibration.rot1_rad, 0.01);
  EXPECT_EQ(calibration.rot2_rad, -0.02);
  EXPECT_EQ(calibration.rot3_rad, 1e-3);
  EXPECT_EQ(calibration.wavelength_m, 1e-10);
  EXPECT_FALSE(poni.orientation_given);
  EXPECT_THAT(poni.warnings, IsEmpty());
}

TEST(Poni, Version2HasADetectorConfig) {
  auto const poni =
      parse_poni(std::string("poni_version: 2\nDetector: Eiger4M\nDetector_config: {\"pixel1\": "
                             "7.5e-05, \"pixel2\": 7.6e-05, \"max_shape\": [2167, 2070]}\n") +
                     numbers,
                 "a.poni");
  auto const& detector = poni.calibration.detector;
  EXPECT_EQ(detector.name, "Eiger4M");
  EXPECT_EQ(detector.pixel1_m, 7.5e-05);
  EXPECT_EQ(detector.pixel2_m, 7.6e-05);
  EXPECT_EQ(detector.max_shape, (core::FrameShape{2167, 2070}));
  EXPECT_EQ(detector.orientation, 3);
}

TEST(Poni, Version21HasAnOrientation) {
  auto const with = [](std::string const& orientation) {
    return parse_poni(
        "poni_version: 2.1\nDetector: Pilatus1M\nDetector_config: {\"Orientation\": " +
            orientation + "}\n" + numbers,
        "a.poni");
  };
  EXPECT_EQ(with("1").calibration.detector.orientation, 1);
  EXPECT_TRUE(with("1").orientation_given);
  EXPECT_FALSE(with("3").orientation_given);
  EXPECT_FALSE(with("0").orientation_given);
}

TEST(Poni, Version3WithoutParallaxIsRead) {
  auto const poni = parse_poni(std::string("poni_version: 3\nDetector: Pilatus1M\n") +
                                   "Detector_config: {\"orientation\": 3, \"sensor\": "
                                   "{\"material\": \"Si\", \"thickness\": 0.00032}}\n" +
                                   numbers + "Parallax: False\n",
                               "a.poni");
  EXPECT_EQ(poni.calibration.detector.name, "Pilatus1M");
  EXPECT_THAT(poni.warnings, IsEmpty());
}

TEST(Poni, TheLastValueOfAKeyApplies) {
  auto const poni =
      parse_poni(std::string(numbers) + "distance: 0.3 # moved\nDIST: 0.4\n", "a.poni");
  EXPECT_EQ(poni.calibration.distance_m, 0.4);
}

TEST(Poni, AnOlderCalibrationOfVersion1IsNotMixedIn) {
  auto const poni =
      parse_poni(std::string("PixelSize1: 0.001\nPixelSize2: 0.001\n") + numbers +
                     "poni_version: 2\nDetector: Pilatus1M\nDetector_config: {}\n" + numbers,
                 "a.poni");
  EXPECT_FALSE(poni.calibration.detector.pixel1_m);
}

TEST(Poni, LineEndsAndMarksOfOtherSystemsAreRead) {
  std::string text = std::string("\xef\xbb\xbf") + numbers;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2))
    text.replace(at, 1, "\r\n");
  auto const poni = parse_poni(text, "a.poni");
  EXPECT_EQ(poni.calibration.distance_m, 0.2);
  EXPECT_EQ(poni.calibration.wavelength_m, 1e-10);
  EXPECT_EQ(poni.text, text);
}

TEST(Poni, WithoutAWavelengthThereIsNone) {
  EXPECT_FALSE(
      parse_poni("Distance: 1\nPoni1: 0\nPoni2: 0\nRot1: 0\nRot2: 0\nRot3: 0\nWavelength: None\n",
                 "a.poni")
          .calibration.wavelength_m);
  EXPECT_FALSE(parse_poni("Distance: 1\nPoni1: 0\nPoni2: 0\nRot1: 0\nRot2: 0\nRot3: 0\n", "a.poni")
                   .calibration.wavelength_m);
}

TEST(Poni, WhatIsNotUsedIsAWarning) {
  auto const poni = parse_poni(
      std::string(numbers) + "Calibrant: CeO2\nDetector_config: {\"module_size\": [195, 487]}\n",
      "a.poni");
  EXPECT_THAT(poni.warnings, ElementsAre(HasSubstr("line 8: the unknown key Calibrant"),
                                         HasSubstr("line 9: Detector_config.module_size")));
}

TEST(Poni, MissingNumbersAreZeroAndTold) {
  auto const poni = parse_poni(
      "Distance: 1\nPoni1: 0.1\nPoni2: 0.1\nRot1: 0\nRot2: 0\nWavelength: 1e-10\n", "a.poni");
  EXPECT_EQ(poni.calibration.rot3_rad, 0.0);
  EXPECT_THAT(poni.warnings, ElementsAre(HasSubstr("rot3 is missing")));
}

TEST(Poni, Version3HasASensorAndParallax) {
  auto const poni = parse_poni(std::string("poni_version: 3\nDetector: Eiger2CdTe_1M\n") +
                                   "Detector_config: {\"orientation\": 3, \"sensor\": "
                                   "{\"material\": \"CdTe\", \"thickness\": 0.00075}}\n" +
                                   numbers + "Parallax: True\n",
                               "a.poni");
  EXPECT_TRUE(poni.calibration.parallax);
  ASSERT_TRUE(poni.calibration.detector.sensor);
  EXPECT_EQ(poni.calibration.detector.sensor->material, "CdTe");
  EXPECT_EQ(poni.calibration.detector.sensor->thickness_m, 0.00075);
  EXPECT_THAT(poni.warnings, IsEmpty());
  EXPECT_EQ(
      parse_poni(poni_text(poni.calibration), "b.poni").calibration.detector.sensor->thickness_m,
      0.00075);
  EXPECT_THAT(poni_text(poni.calibration),
              testing::AllOf(HasSubstr("poni_version: 3\n"), HasSubstr("Parallax: True\n")));
}

TEST(Poni, FilesOfTheDetectorLieBesideThePoniFile) {
  auto const folder = std::filesystem::path(testing::TempDir()) / "xrdct_poni_files";
  std::filesystem::create_directories(folder);
  auto const read = [&](std::string const& text) {
    std::ofstream(folder / "a.poni") << text << numbers;
    return read_poni(folder / "a.poni").calibration.detector;
  };
  EXPECT_EQ(read("SplineFile: taper.spline\n").spline_file, (folder / "taper.spline").string());
  EXPECT_EQ(read("poni_version: 2\nDetector_config: {\"splineFile\": \"/data/taper.spline\"}\n")
                .spline_file,
            "/data/taper.spline");
  auto const nexus =
      read("poni_version: 2\nDetector: NexusDetector\nDetector_config: {\"filename\": \"d.h5\"}\n");
  EXPECT_EQ(nexus.nexus_file, (folder / "d.h5").string());
  EXPECT_EQ(nexus.orientation, 0) << "that of the file";
  EXPECT_EQ(read("poni_version: 2.1\nDetector: NexusDetector\nDetector_config: {\"filename\": "
                 "\"d.h5\", \"orientation\": 3}\n")
                .orientation,
            3);
  EXPECT_EQ(read("Detector: d.h5\n").nexus_file, (folder / "d.h5").string());
  EXPECT_EQ(
      read("poni_version: 2\nDetector: Aarhus\nDetector_config: {\"radius\": 1.2}\n").radius_m,
      1.2);
  std::filesystem::remove_all(folder);
}

TEST(PoniText, IsReadAsTheSameCalibration) {
  core::Calibration calibration{.distance_m = 1.0 / 3.0,
                                .poni1_m = 0.1 + 0.2,
                                .poni2_m = -1e-17,
                                .rot1_rad = 1.5699999999983936,
                                .rot2_rad = -2.77645988275e-08,
                                .rot3_rad = 5e-324,
                                .wavelength_m = 1.2781876020248165e-10,
                                .detector = {.name = "Eiger4M",
                                             .pixel1_m = 7.5e-05,
                                             .pixel2_m = 7.500000000000001e-05,
                                             .max_shape = core::FrameShape{2167, 2070},
                                             .orientation = 2}};
  auto const again = parse_poni(poni_text(calibration), "a.poni");
  EXPECT_EQ(again.calibration.distance_m, calibration.distance_m);
  EXPECT_EQ(again.calibration.poni1_m, calibration.poni1_m);
  EXPECT_EQ(again.calibration.poni2_m, calibration.poni2_m);
  EXPECT_EQ(again.calibration.rot1_rad, calibration.rot1_rad);
  EXPECT_EQ(again.calibration.rot2_rad, calibration.rot2_rad);
  EXPECT_EQ(again.calibration.rot3_rad, calibration.rot3_rad);
  EXPECT_EQ(again.calibration.wavelength_m, calibration.wavelength_m);
  EXPECT_EQ(again.calibration.detector.name, calibration.detector.name);
  EXPECT_EQ(again.calibration.detector.pixel1_m, calibration.detector.pixel1_m);
  EXPECT_EQ(again.calibration.detector.pixel2_m, calibration.detector.pixel2_m);
  EXPECT_EQ(again.calibration.detector.max_shape, calibration.detector.max_shape);
  EXPECT_EQ(again.calibration.detector.orientation, 2);
  EXPECT_TRUE(again.orientation_given);
  EXPECT_THAT(again.warnings, IsEmpty());
  EXPECT_EQ(poni_text(again.calibration), again.text);
}

TEST(PoniText, LeavesOutWhatIsNotThere) {
  EXPECT_EQ(poni_text({}),
            "# Nota: C-Order, 1 refers to the Y axis, 2 to the X axis\nponi_version: "
            "2.1\nDetector: Detector\nDetector_config: {\"orientation\":3}\n"
            "Distance: 1\nPoni1: 0\nPoni2: 0\nRot1: 0\nRot2: 0\nRot3: 0\n");
}

}  // namespace
}  // namespace xrdct::config
