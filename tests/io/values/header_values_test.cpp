#include "io/values/header_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "core/words/errors.hpp"
#include "io/values/open_values.hpp"
#include "parts_only.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using test::error_of;
using test::fresh_folder;
using test::PartsOnly;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;
using testing::Optional;

TEST(LeadingNumber, leaves_a_unit_out) {
  for (auto const& [text, number] :
       std::vector<std::pair<char const*, double>>{{"0.1 s", 0.1},
                                                   {" 12.5", 12.5},
                                                   {"1e-3 m", 1e-3},
                                                   {"3 eV", 3},
                                                   {"3eV", 3},
                                                   {"12398.4eV", 12398.4},
                                                   {"-90.00 deg.", -90},
                                                   {"50%", 50},
                                                   {"172\xC2\xB5m", 172},
                                                   {"1.5E+06 counts/s", 1.5e6},
                                                   {"0.0100000 deg", 0.01}})
    EXPECT_THAT(leading_number(text), Optional(number)) << text;
  EXPECT_THAT(leading_number("nan"), Optional(IsNan()));
  for (char const* text : {"", "s", "off", "2021-11-17", "20:14:44", "(0.1, 0.2)", "1,5", "1;2",
                           "10/3", "1.2.3", "--1"})
    EXPECT_EQ(leading_number(text), std::nullopt) << text;
}

PartsOnly images(std::vector<std::string> const& headers) {
  auto const folder = fresh_folder();
  std::vector<FramePart> parts;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    parts.push_back({folder / (std::to_string(i) + ".edf"), "", {}, 0, 1});
    std::ofstream(parts.back().file, std::ios::binary)
        << "{\nDim_1 = 2;\nDim_2 = 2;\nDataType = UnsignedByte;\nByteOrder = LowByteFirst;\n"
        << headers[i] << "}\nabcd";
  }
  return PartsOnly(parts);
}

core::ValueName header_name(std::string key) {
  return {.file = {}, .dataset = {}, .column = {}, .header = std::move(key)};
}

TEST(HeaderValues, are_those_of_each_image) {
  auto const source = images({"motor_mne = dty rot;\nmotor_pos = 1.5 -90;\nexposure = 0.1 s;\n",
                              "motor_mne = rot dty;\nmotor_pos = -80 2.5;\nexposure = 0.2 s;\n"});
  auto const values = [&](std::string const& key) {
    return all_values(*open_values(header_name(key), source));
  };
  EXPECT_THAT(values("dty"), ElementsAre(1.5, 2.5));
  EXPECT_THAT(values("rot"), ElementsAre(-90, -80));
  EXPECT_THAT(values("exposure"), ElementsAre(0.1, 0.2));
  EXPECT_THAT(values("Exposure"), ElementsAre(0.1, 0.2));
}

TEST(HeaderValues, are_those_of_each_image_in_a_file_of_several) {
  auto const file = fresh_folder() / "several.edf";
  {
    std::ofstream out(file, std::ios::binary);
    for (int i = 0; i < 3; ++i) {
      std::string header = "{\nEDF_DataBlockID = " + std::to_string(i) +
                           ".Image.Psd;\nDim_1 = 2;\nDim_2 = 2;\nDataType = UnsignedByte;\n"
                           "ByteOrder = LowByteFirst;\nrot = " +
                           std::to_string(10 * i) + ";\n";
      header.resize(510, ' ');
      out << header << "}\n" << std::string("\0\1\2\3", 4);
    }
  }
  PartsOnly const source({{file, "", {}, 0, 3}, {file.string() + ".gone", "", {}, 0, 1}});
  EXPECT_THAT(all_values(*open_values(header_name("rot"), source)),
              ElementsAre(0, 10, 20, IsNan()));
}

TEST(HeaderValues, wrong_keys_and_values_are_told) {
  auto const source = images({"exposure = 0.1 s;\ntime = 20:14:44;\n", "time = 20:14:45;\n"});
  auto const first = source.parts()[0].file, second = source.parts()[1].file;
  auto const error = [&](std::string const& key) {
    return error_of<core::InputError>([&] { open_values(header_name(key), source); });
  };
  EXPECT_EQ(error("time"), "cannot read header time of " + first +
                               ": expected a number, with or without a unit, found \"20:14:44\"; "
                               "name another key");
  EXPECT_THAT(error("exposures"), HasSubstr("cannot read values of " + first +
                                            ": expected a header \"exposures\", found Dim_1"));
  EXPECT_THAT(error("exposures"), HasSubstr("did you mean \"exposure\"?"));
  EXPECT_THAT(error("exposure"), HasSubstr(second)) << "of all images";
  PartsOnly const hdf5({{"scan.h5", "/entry/data", {}, 0, 3}});
  EXPECT_THAT(error_of<core::InputError>([&] { open_values(header_name("dty"), hdf5); }),
              HasSubstr("expected frames that are images with a header, such as CBF and EDF, found "
                        "frames in HDF5: scan.h5"));
}

}  // namespace
}  // namespace xrdct::io
