// Each rule by which a header of EDF is read or refused; tests/pyfai/edf_headers.py compares
// hundreds of them with fabio.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "io/frames/read_image.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

std::string const needed =
    "ByteOrder = LowByteFirst ;\nDataType = UnsignedShort ;\nDim_1 = 3 ;\nDim_2 = 1 ;\n";
std::string const pixels("\1\0\2\0\3\4", 6);

/// A block of 512 bytes, or more.
std::string block(std::string const& entries, std::string const& end = "}\n") {
  std::string text = "{\n" + entries;
  std::size_t const length = (text.size() + end.size() + 511) / 512 * 512;
  text.resize(length - end.size(), ' ');
  return text + end;
}

std::filesystem::path write_file(std::string const& content) {
  auto const file = fresh_folder() / "a.edf";
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

std::vector<double> pixels_of_file(std::string const& content) {
  return read_image(write_file(content)).pixels;
}

template <class Error = core::InputError>
std::string refusal(std::string const& content) {
  return error_of<Error>([&] { read_image(write_file(content)); });
}

TEST(EdfHeader, ends_where_a_brace_ends_a_line) {
  for (std::string const value :
       {R"({"a": 1, "b": [2]})", "{'x': 1}", "alpha_{2}", ":}", "{", "} ", "}}", "two\n lines"}) {
    EXPECT_THAT(pixels_of_file(block("comment = " + value + " ;\n" + needed) + pixels),
                ElementsAre(1, 2, 1027))
        << value;
    EXPECT_THAT(pixels_of_file(block(needed + "comment = " + value + " ;\n", "}\r\n") + pixels),
                ElementsAre(1, 2, 1027))
        << value;
  }
  EXPECT_THAT(refusal(block(needed + "comment = {\n 'a': 1\n}\n ;\n") + pixels),
              HasSubstr("found it twice: once inside of a value"));
  std::string padded = block("comment = }\r\n ;\n" + needed);
  std::replace(padded.end() - 40, padded.end() - 2, ' ', '\0');
  EXPECT_THAT(refusal(padded + pixels), HasSubstr("found it twice")) << "padded by zeros";
}

TEST(EdfHeader, is_as_long_as_it_is_and_not_as_it_says) {
  for (std::string const size : {"512", "1024", "511", "0", "-1", "99999999", "x"}) {
    EXPECT_THAT(pixels_of_file(block("EDF_HeaderSize = " + size + " ;\n" + needed) + pixels),
                ElementsAre(1, 2, 1027))
        << size;
  }
  EXPECT_THAT(pixels_of_file("{ " + needed + "}\n" + pixels), ElementsAre(1, 2, 1027))
      << "any length";
}

TEST(EdfHeader, names_a_byte_order_that_is_none) {
  auto const with = [](std::string const& order) {
    std::string text = needed;
    return block(text.replace(text.find("LowByteFirst"), 12, order)) + pixels;
  };
  EXPECT_THAT(pixels_of_file(with("HighByteFirst")), ElementsAre(256, 512, 772));
  EXPECT_THAT(pixels_of_file(with("HighByteFrist")), ElementsAre(256, 512, 772)) << "as fabio";
  EXPECT_THAT(pixels_of_file(with("lowbytefirst")), ElementsAre(1, 2, 1027));
  for (std::string const order :
       {"BigEndian", "highbytefirst", "HIGHBYTEFIRST", "Hihg", "LowHigh", "big", ""}) {
    EXPECT_THAT(
        refusal(with(order)),
        HasSubstr("a ByteOrder of LowByteFirst or HighByteFirst, found ByteOrder = \"" + order))
        << order;
  }
  EXPECT_THAT(refusal(block("DataType = UnsignedShort ;\nDim_1 = 3 ;\nDim_2 = 1 ;\n") + pixels),
              HasSubstr("found no ByteOrder"));
  EXPECT_THAT(
      pixels_of_file(block("DataType = UnsignedByte ;\nDim_1 = 3 ;\nDim_2 = 2 ;\n") + pixels),
      ElementsAre(1, 0, 2, 0, 3, 4))
      << "one byte";
}

TEST(EdfHeader, names_a_type_and_dimensions_that_are_none) {
  EXPECT_THAT(refusal(block("ByteOrder = LowByteFirst ;\nDim_1 = 3 ;\nDim_2 = 1 ;\n") + pixels),
              HasSubstr("found no DataType"));
  EXPECT_THAT(refusal(block(needed + "DataType = UnsignedShrot ;\n") + pixels),
              HasSubstr("found \"unsignedshrot\""));
  EXPECT_THAT(
      refusal<core::IoError>(
          block("ByteOrder = LowByteFirst ;\nDataType = UnsignedShort ;\nDim_1 = 3 ;\n") + pixels),
      HasSubstr("no Dim_2"));
  for (std::string const size : {"-3", "three", "3 px", "3.5", "0x3", ""}) {
    EXPECT_THAT(refusal<core::IoError>(block(needed + "Dim_1 = " + size + " ;\n") + pixels),
                HasSubstr("found Dim_1 = \"" + size + "\""))
        << size;
  }
  EXPECT_THAT(refusal<core::IoError>(block(needed + "Dim_1 = 0 ;\n") + pixels),
              HasSubstr("claims 1 × 0"));
  EXPECT_THAT(pixels_of_file(block(needed + "Dim_1 = 3.0 ;\nDim_3 = 1 ;\n") + pixels),
              ElementsAre(1, 2, 1027));
  EXPECT_THAT(refusal(block(needed + "DIM_4 = 2 ;\n") + pixels), HasSubstr("\"DIM_4\" = \"2\""));
}

TEST(EdfHeader, takes_the_last_of_keys_that_stand_twice) {
  EXPECT_THAT(pixels_of_file(block("Dim_1 = 2 ;\n" + needed) + pixels), ElementsAre(1, 2, 1027));
  EXPECT_THAT(pixels_of_file(block(needed + "DIM_1 = 2 ;\n") + pixels), ElementsAre(1, 2));
  EXPECT_THAT(pixels_of_file(block(needed + "title = caf\xc3\xa9 ;\n") + pixels),
              ElementsAre(1, 2, 1027));
}

TEST(EdfHeader, compares_sizes) {
  for (std::string const size : {"6", "6.0", "512", "many"}) {
    EXPECT_THAT(pixels_of_file(block(needed + "Size = " + size + " ;\n") + pixels),
                ElementsAre(1, 2, 1027))
        << size;
  }
  EXPECT_THAT(pixels_of_file(block(needed + "EDF_BinarySize = 6 ;\nSize = 1 ;\n") + pixels),
              ElementsAre(1, 2, 1027));
  EXPECT_THAT(refusal<core::IoError>(block(needed + "Size = 5 ;\n") + pixels),
              HasSubstr("a Size of 6 bytes or more"));
  EXPECT_THAT(refusal<core::IoError>(block(needed) + pixels.substr(1)), HasSubstr("truncated"));
}

TEST(EdfHeader, reads_a_general_block) {
  std::string const general = "EDF_DataFormatVersion = 2.40 ;\nEDF_HeaderSize = 512 ;\n";
  auto const image = block(needed + "EDF_DataBlockID = 0.Image.Psd ;\n") + pixels;
  EXPECT_THAT(pixels_of_file(block(general + "EDF_BinarySize = 0 ;\n") + image),
              ElementsAre(1, 2, 1027));
  EXPECT_THAT(pixels_of_file(block(general + "EDF_BinarySize = 4 ;\n") + "abcd" + image),
              ElementsAre(1, 2, 1027));
  EXPECT_THAT(
      pixels_of_file(block(general + "ByteOrder = HighByteFirst ;\n") +
                     block("DataType = UnsignedShort ;\nDim_1 = 3 ;\nDim_2 = 1 ;\n") + pixels),
      ElementsAre(256, 512, 772));
  EXPECT_THAT(refusal(block(general + "DIM_1 = 2 ;\n") + image),
              HasSubstr("one value for DIM_1, found \"2\" in the general header block and \"3\""));
  EXPECT_THAT(refusal(block(general)), HasSubstr("an image after the general header block"));
}

TEST(EdfHeader, finds_more_than_one_image) {
  auto const image = block(needed + "Size = 512 ;\n") + pixels;
  std::string const padding(512 - pixels.size(), '\0');
  EXPECT_THAT(pixels_of_file(image + padding), ElementsAre(1, 2, 1027));
  EXPECT_THAT(refusal(image + padding + image), HasSubstr("one image, found several"));
  EXPECT_THAT(refusal(block(needed) + pixels + block(needed) + pixels),
              HasSubstr("one image, found several"));
  EXPECT_THAT(
      refusal(block(needed) + pixels + std::string(100, '\0') + "\n" + block(needed) + pixels),
      HasSubstr("one image, found several"));
}

TEST(EdfHeader, refuses_other_ways_to_store_pixels) {
  EXPECT_THAT(refusal(block(needed + "Compression = GZIP ;\n") + pixels),
              HasSubstr("Compression = \"GZIP\""));
  EXPECT_THAT(pixels_of_file(block(needed + "Compression = NO_COMPRESSION ;\n") + pixels),
              ElementsAre(1, 2, 1027));
  EXPECT_THAT(refusal(block(needed + "EDF_BinaryFileName = b.bin ;\n") + pixels),
              HasSubstr("EDF_BinaryFileName"));
  EXPECT_THAT(refusal("{\nHEADER_BYTES=  512;\nDIM=2;\n}\n" + pixels),
              testing::AllOf(HasSubstr("found SMV"), HasSubstr("fabio-convert")));
}

TEST(EdfHeader, shows_nothing_that_a_terminal_obeys) {
  auto const text =
      refusal(block(needed + "DataType = \x1b[2J\x07" + std::string(100, 'x') + " ;\n") + pixels);
  EXPECT_THAT(text, HasSubstr("?[2j?xxx"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_LT(text.size(), 300 + fresh_folder().string().size());
}

}  // namespace
}  // namespace xrdct::io
