// What headers of images say in words, read without their pixels.
#include "io/images/image_header.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;
using testing::Pair;

ImageHeader header_of(std::string const& content) {
  auto const file = fresh_folder() / "image";
  std::ofstream(file, std::ios::binary) << content;
  return image_header(file);
}

std::string const pilatus =
    "###CBF: VERSION 1.5, CBFlib v0.7.8 - PILATUS detectors\r\n\r\ndata_a\r\n\r\n"
    "_array_data.header_convention \"PILATUS_1.2\"\r\n_array_data.header_contents\r\n;\r\n"
    "# Detector: PILATUS3 6M, S/N 60-0126\r\n# 2017-11-23T15:23:41.880\r\n"
    "# Exposure_time 0.0090000 s\r\n# Tau = 0 s\r\n# Threshold_setting: 6350 eV\r\n"
    "# Beam_xy (1229.30, 1200.48) pixels\r\n# Start_angle -45.0000 deg.\r\n;\r\n\r\n"
    "_array_data.data\r\n;\r\n";
std::string const section =
    "--CIF-BINARY-FORMAT-SECTION--\r\nContent-Type: application/octet-stream;\r\n"
    "     conversions=\"x-CBF_BYTE_OFFSET\"\r\nX-Binary-Size: 4\r\n\r\n\x0c\x1a\x04\xd5";

TEST(ImageHeader, OfPilatus) {
  auto const header = header_of(pilatus + section + "# Exposure_time 7 s\n");
  EXPECT_THAT(header.entries, ElementsAre(Pair("_array_data.header_convention", "PILATUS_1.2"),
                                          Pair("Detector", "PILATUS3 6M, S/N 60-0126"),
                                          Pair("timestamp", "2017-11-23T15:23:41.880"),
                                          Pair("Exposure_time", "0.0090000 s"), Pair("Tau", "0 s"),
                                          Pair("Threshold_setting", "6350 eV"),
                                          Pair("Beam_xy", "(1229.30, 1200.48) pixels"),
                                          Pair("Start_angle", "-45.0000 deg."),
                                          Pair("Content-Type", "application/octet-stream;"),
                                          Pair("X-Binary-Size", "4")));
  EXPECT_THAT(header.value("exposure_TIME"), Optional(std::string("0.0090000 s")));
  EXPECT_EQ(header.value("Exposure"), std::nullopt);
}

TEST(ImageHeader, OfAnyLength) {
  std::string more;
  for (int i = 0; i < 3000; ++i) more += "# Key_" + std::to_string(i) + " 1\n";
  auto const header = header_of("###CBF: VERSION 1.5\n" + more + section);
  EXPECT_THAT(header.value("Key_2999"), Optional(std::string("1")));
  EXPECT_THAT(error_of<core::IoError>([&] {
                header_of("###CBF: VERSION 1.5\n" + section.substr(0, section.size() - 4));
              }),
              HasSubstr("the start of the data"));
}

TEST(ImageHeader, OfEdfNamesItsMotors) {
  auto const header = header_of(
      "{\nEDF_DataFormatVersion = 1.0 ;\nEDF_BinarySize = 0 ;\ntitle = scan ;\n}\n"
      "{\nImage = 1 ;\nExposure_sec = 0.1 ;\nmotor_mne = dty rot energy ;\n"
      "motor_pos = 1.5 -90 65.0 ;\ncounter_mne = mon rot ;\ncounter_pos = 12345 7 ;\n"
      "energy = 42 ;\n}\n\1\2\3\4");
  EXPECT_THAT(header.value("dty"), Optional(std::string("1.5")));
  EXPECT_THAT(header.value("rot"), Optional(std::string("-90"))) << "a motor before a counter";
  EXPECT_THAT(header.value("mon"), Optional(std::string("12345")));
  EXPECT_THAT(header.value("energy"), Optional(std::string("42"))) << "an entry before a motor";
  EXPECT_THAT(header.value("Exposure_sec"), Optional(std::string("0.1")));
  EXPECT_THAT(header.value("title"), Optional(std::string("scan"))) << "of the general block";
}

TEST(ImageHeader, OfOtherFormatsIsRefused) {
  EXPECT_THAT(error_of<core::InputError>([] { header_of("\x93NUMPY\1"); }), HasSubstr("found NPY"));
  EXPECT_THAT(error_of<core::InputError>([] { header_of("hello"); }), HasSubstr("another format"));
}

}  // namespace
}  // namespace xrdct::io
