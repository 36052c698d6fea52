// Files of other kinds than expected: named, with what to do, and an exit status that says whether
// the file or the choice of it is wrong.
#include "io/files/file_kind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tiffio.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "io/frames/read_image.hpp"
#include "io/values/value_reader.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace std::string_literals;
using namespace test;
using testing::HasSubstr;

std::filesystem::path write_file(std::string const& content) {
  auto const file = fresh_folder() / "a";
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

struct Foreign {
  std::string content, name;
};

std::vector<Foreign> foreign_files() {
  return {{"\x89PNG\r\n\x1a\n", "PNG"},
          {"\xff\xd8\xff\xe0", "JPEG"},
          {"GIF89a", "GIF"},
          {"BM1234", "BMP"},
          {"PK\x03\x04", "npz"},
          {"%PDF-1.4", "PDF"},
          {"<html>", "web page"},
          {"{\"a\": 1}", "JSON"},
          {"{\nHEADER_BYTES= 512;\n", "SMV"},
          {"FORMAT :100", "Bruker"},
          {"ADEPT", "GE"},
          {"R-AXIS", "R-AXIS"},
          {"\x80\x04\x95", "pickle"},
          {"MATLAB 5.0 MAT-file", "MATLAB"},
          {"\xd2\x04\0\0\0\0"s, "mar345"}};
}

TEST(FileKind, of_an_image_is_named) {
  for (auto const& [content, name] : foreign_files())
    EXPECT_THAT(error_of<core::InputError>([&] { read_image(write_file(content)); }),
                testing::AllOf(HasSubstr("found "), HasSubstr(name)))
        << name;
  EXPECT_THAT(error_of<core::InputError>([&] { read_image(write_file("\x89PNG\r\n\x1a\n")); }),
              HasSubstr("numpy.save('mask.npy'"));
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(write_file("")); }),
              HasSubstr("an empty file"));
}

TEST(FileKind, of_a_file_of_frames_is_named) {
  auto files = foreign_files();
  files.push_back({"\x93NUMPY\1", "NPY"});
  files.push_back({"II*\0"s, "TIFF"});
  files.push_back({"###CBF: VERSION", "CBF"});
  for (auto const& [content, name] : files) {
    auto const text =
        error_of<core::InputError>([&] { Hdf5Frames({write_file(content)}, "/entry/data"); });
    EXPECT_THAT(text, testing::AllOf(HasSubstr(name), HasSubstr("no HDF5 signature"))) << name;
  }
  EXPECT_THAT(error_of<core::IoError>([&] { Hdf5Frames({fresh_folder()}, "/entry/data"); }),
              HasSubstr("found a folder"));
  EXPECT_THAT(error_of<core::IoError>([&] { Hdf5Frames({write_file("")}, "/entry/data"); }),
              HasSubstr("an empty file"));
}

std::string content_of(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A dataset whose layout message has the version 5 of HDF5 2.0.
std::filesystem::path file_of_the_future() {
  auto const file = fresh_folder() / "new.h5";
  {
    auto const open = create_file(file);
    std::vector<std::uint16_t> const pixels(15, 1);
    auto const data = create_dataset(open, "/data", {3, 5}, dataset_creation(), H5T_STD_U16LE);
    H5Dwrite(data.get(), H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, pixels.data());
  }
  std::string bytes = content_of(file);
  bool found = false;
  for (std::size_t i = 0; i + 10 < bytes.size() && !found; ++i) {
    found = bytes[i] == 8 && bytes[i + 1] == 0 && bytes[i + 3] == 0 && bytes[i + 8] == 3 &&
            bytes[i + 9] == 1;
    if (found) bytes[i + 8] = 5;
  }
  EXPECT_TRUE(found);
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

TEST(FileKind, of_a_newer_hdf5_is_told_everywhere) {
  auto const file = file_of_the_future();
  auto const newer = testing::AllOf(HasSubstr("new.h5"), HasSubstr("a newer HDF5 wrote it"),
                                    HasSubstr("h5repack"), HasSubstr("libver"));
  EXPECT_THAT(error_of<core::IoError>([&] { Hdf5Frames({file}, "/data"); }), newer);
  EXPECT_THAT(error_of<core::IoError>([&] { read_values(file, "/data"); }), newer);
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(file.string() + ":/data"); }), newer);
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(file); }), newer) << "without a path";
  auto const master = file.parent_path() / "master.h5";
  {
    auto const open = create_file(master);
    H5Lcreate_external("new.h5", "/data", open.get(), "data", H5P_DEFAULT, H5P_DEFAULT);
  }
  EXPECT_THAT(error_of<core::IoError>([&] { Hdf5Frames({master}, "/data"); }), newer);
}

TEST(FileKind, of_a_newer_superblock_is_told) {
  auto const file = fresh_folder() / "new.h5";
  { auto const open = create_file(file); }
  std::string bytes = content_of(file);
  bytes[8] = 9;
  std::ofstream(file, std::ios::binary) << bytes;
  EXPECT_THAT(error_of<core::IoError>([&] { Hdf5Frames({file}, "/data"); }),
              testing::AllOf(HasSubstr("newer HDF5"), HasSubstr("h5repack")));
}

std::filesystem::path empty_tiff_mask(std::uint16_t compression, std::uint32_t rows,
                                      std::uint32_t columns) {
  auto const file = fresh_folder() / "mask.tif";
  TIFF* const tiff = TIFFOpen(file.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, columns);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, rows);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 16);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, compression);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  std::vector<std::uint16_t> line(columns, 0);
  for (std::uint32_t r = 0; r < rows; ++r) {
    line[3] = r == 7 ? 1 : 0;
    TIFFWriteScanline(tiff, line.data(), r, 0);
  }
  TIFFClose(tiff);
  return file;
}

TEST(TiffImage, reads_masks_that_shrink_by_any_factor) {
  for (int const codec : {COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS,
                          COMPRESSION_LZMA, COMPRESSION_ZSTD}) {
    auto const compression = static_cast<std::uint16_t>(codec);
    if (TIFFIsCODECConfigured(compression) == 0) continue;
    auto const file = empty_tiff_mask(compression, 1100, 1030);
    auto const image = read_image(file);
    EXPECT_EQ(image.shape, (core::FrameShape{1100, 1030})) << compression;
    EXPECT_EQ(std::count(image.pixels.begin(), image.pixels.end(), 0.0), 1100 * 1030 - 1)
        << compression;
    EXPECT_EQ(image.pixels[7 * 1030 + 3], 1.0);
  }
}

TEST(TiffImage, takes_no_memory_for_what_a_header_claims) {
  auto const file = empty_tiff_mask(COMPRESSION_LZW, 20, 30);
  std::string bytes = content_of(file);
  // ImageLength (257), one value of 16 or 32 bits: 0x7fff0000 rows of 30 pixels are no image, 400
  // 000 rows are one that the file does not hold.
  auto const claim = [&](std::uint32_t rows) {
    for (std::size_t i = 0; i + 12 <= bytes.size(); ++i) {
      if (bytes[i] != 1 || bytes[i + 1] != 1 || bytes[i + 4] != 1 ||
          (bytes[i + 2] != 3 && bytes[i + 2] != 4))
        continue;
      bytes[i + 2] = 4;
      std::copy_n(reinterpret_cast<char const*>(&rows), 4,
                  bytes.begin() + static_cast<std::ptrdiff_t>(i) + 8);
    }
    return write_file(bytes);
  };
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(claim(0x7fff0000)); }),
              HasSubstr("cannot read TIFF image"));
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(claim(400000)); }),
              HasSubstr("cannot read TIFF image"));
}

TEST(TiffImage, names_colours_and_bits) {
  auto const with = [](std::uint16_t bits, std::uint16_t photometric) {
    auto const file = fresh_folder() / "a.tif";
    TIFF* const tiff = TIFFOpen(file.c_str(), "w");
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 8);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 1);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, photometric);
    std::vector<std::uint16_t> colours(256, 0);
    if (photometric == PHOTOMETRIC_PALETTE)
      TIFFSetField(tiff, TIFFTAG_COLORMAP, colours.data(), colours.data(), colours.data());
    std::vector<std::uint8_t> line(8, 1);
    TIFFWriteScanline(tiff, line.data(), 0, 0);
    TIFFClose(tiff);
    return error_of<core::InputError>([&] { read_image(file); });
  };
  EXPECT_THAT(with(8, PHOTOMETRIC_PALETTE), HasSubstr("colours in a palette"));
  EXPECT_THAT(with(1, PHOTOMETRIC_MINISBLACK), HasSubstr("found 1 of 1 bits"));
  EXPECT_THAT(with(8, PHOTOMETRIC_MINISBLACK), "");
}

std::string npy(std::string const& dictionary, std::string const& pixels) {
  std::string header = dictionary;
  header.resize(118, ' ');
  return std::string("\x93NUMPY\1\0\x76\0", 10) + header + pixels;
}

TEST(NpyImage, trusts_no_header) {
  std::string const pixels(15, '\1');
  auto const with = [&](std::string const& descr, std::string const& order,
                        std::string const& shape) {
    return write_file(
        npy("{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }",
            pixels));
  };
  auto const input = [](std::filesystem::path const& file) {
    return error_of<core::InputError>([&] { read_image(file); });
  };
  auto const broken = [](std::filesystem::path const& file) {
    return error_of<core::IoError>([&] { read_image(file); });
  };
  EXPECT_EQ(read_image(with("'|u1'", "False", "(3L, 5L)")).shape, (core::FrameShape{3, 5}))
      << "Python 2";
  EXPECT_THAT(broken(with("'|u1'", "False", "(-3, 5)")), HasSubstr("found \"(-3, 5), }"));
  EXPECT_THAT(broken(with("'|u1'", "False", "(3x5)")), HasSubstr("a shape such as"));
  EXPECT_THAT(broken(with("'|u1'", "yes", "(3, 5)")), HasSubstr("fortran_order True or False"));
  EXPECT_THAT(broken(with("'|u1'", "False", "(99999999999999999999, 5)")),
              HasSubstr("a shape such as"));
  EXPECT_THAT(input(with("'<U3'", "False", "(3, 5)")),
              testing::EndsWith("found type \"<U3\"; convert the array"));
  EXPECT_THAT(input(with("'|b8'", "False", "(3, 5)")), HasSubstr("found type \"|b8\""));
  EXPECT_THAT(input(with("[('a', '<i4')]", "False", "(3, 5)")),
              testing::EndsWith("found a structured type; convert the array"));
  auto const two = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 5), }", pixels);
  EXPECT_THAT(input(write_file(two + two)), HasSubstr("one array, found several"));
}

}  // namespace
}  // namespace xrdct::io
