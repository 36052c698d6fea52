// 64-bit integers in every format that carries them: what marks no measurement is known by the
// stored type, and no value is changed on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tiffio.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "core/words/errors.hpp"
#include "hdf5_frames.hpp"
#include "io/frames/read_image.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::ElementsAreArray;
using testing::HasSubstr;

template <class T>
std::string raw(std::vector<T> const& values, bool big_endian) {
  std::string all;
  for (T const value : values) {
    std::string bytes(reinterpret_cast<char const*>(&value), sizeof value);
    if (big_endian) std::reverse(bytes.begin(), bytes.end());
    all += bytes;
  }
  return all;
}

std::filesystem::path write_text(std::filesystem::path const& file, std::string const& content) {
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

template <class T>
std::filesystem::path write_npy(std::vector<T> const& values, bool big_endian) {
  std::string header =
      std::string("{'descr': '") + (big_endian ? ">" : "<") + (std::is_signed_v<T> ? "i8" : "u8") +
      "', 'fortran_order': False, 'shape': (1, " + std::to_string(values.size()) + "), }";
  header.resize(118, ' ');
  return write_text(fresh_folder() / "a.npy",
                    std::string("\x93NUMPY\1\0\x76\0", 10) + header + raw(values, big_endian));
}

template <class T>
std::filesystem::path write_edf(std::vector<T> const& values, bool big_endian) {
  return write_text(
      fresh_folder() / "a.edf",
      std::string("{\nByteOrder = ") + (big_endian ? "High" : "Low") +
          "ByteFirst ;\nDataType = " + (std::is_signed_v<T> ? "Signed64" : "Unsigned64") +
          " ;\nDim_1 = " + std::to_string(values.size()) + " ;\nDim_2 = 1 ;\n}\n" +
          raw(values, big_endian));
}

template <class T>
std::filesystem::path write_tiff(std::vector<T> const& values, bool big_endian) {
  auto const file = fresh_folder() / "a.tif";
  TIFF* const tiff = TIFFOpen(file.c_str(), big_endian ? "wb" : "wl");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(values.size()));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 1);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 64);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT,
               std::is_signed_v<T> ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  auto copy = values;
  TIFFWriteScanline(tiff, copy.data(), 0, 0);
  TIFFClose(tiff);
  return file;
}

template <class T>
std::filesystem::path write_hdf5(std::vector<T> const& values, bool big_endian) {
  auto const file = fresh_folder() / "a.h5";
  auto const open = create_file(file);
  hid_t const type = std::is_signed_v<T> ? (big_endian ? H5T_STD_I64BE : H5T_STD_I64LE)
                                         : (big_endian ? H5T_STD_U64BE : H5T_STD_U64LE);
  auto const data = create_dataset(open, "/data", {2, values.size() / 2}, dataset_creation(), type);
  H5Dwrite(data.get(), std::is_signed_v<T> ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL,
           H5P_DEFAULT, values.data());
  return file;
}

template <class T, class Write>
void expect_in(Write const& write, std::vector<T> const& values, std::vector<double> const& pixels,
               std::vector<bool> const& valid) {
  for (bool const big : {false, true}) {
    auto const file = write(values, big);
    auto const image = read_image(file);
    EXPECT_THAT(image.pixels, ElementsAreArray(pixels)) << file << big;
    EXPECT_EQ(image.type, core::PixelType::f64);
    auto const rule = valid_by_type(image.type, image.wide);
    for (std::size_t i = 0; i < pixels.size(); ++i)
      EXPECT_EQ(rule.contains(image.pixels[i]), valid[i]) << file << " " << pixels[i];
  }
}

template <class T>
void expect_in_all(std::vector<T> const& values, std::vector<double> const& pixels,
                   std::vector<bool> const& valid) {
  expect_in(write_npy<T>, values, pixels, valid);
  expect_in(write_edf<T>, values, pixels, valid);
  expect_in(write_tiff<T>, values, pixels, valid);
  expect_in(write_hdf5<T>, values, pixels, valid);
}

TEST(WideIntegers, below_0_are_no_measurements) {
  expect_in_all<std::int64_t>(
      {0, 7, -1, -2, std::int64_t{1} << 53, std::numeric_limits<std::int64_t>::min()},
      {0, 7, -1, -2, 0x1p53, -0x1p63}, {true, true, false, false, true, false});
}

TEST(WideIntegers, the_largest_two_without_a_sign_are_no_measurements) {
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  expect_in_all<std::uint64_t>({0, 7, largest, largest - 1, std::uint64_t{1} << 53, 65535},
                               {0, 7, 0x1p64, 0x1p64, 0x1p53, 65535},
                               {true, true, false, false, true, true});
}

TEST(WideIntegers, that_were_never_written_are_told) {
  auto const file = fresh_folder() / "a.h5";
  {
    auto const open = create_file(file);
    create_dataset(open, "/whole", {2, 3}, dataset_creation(), H5T_STD_I64LE);
    auto const chunked =
        create_dataset(open, "/chunked", {2, 4, 4}, dataset_creation({1, 4, 2}), H5T_STD_I64LE);
    write_chunk(chunked, {0, 0, 0}, std::vector<std::byte>(64));
    write_chunk(chunked, {0, 0, 2}, std::vector<std::byte>(64));
    write_chunk(chunked, {1, 0, 0}, std::vector<std::byte>(64));
  }
  auto const text = [&](std::string const& dataset) {
    return error_of<core::IoError>([&] { read_image(file.string() + dataset); });
  };
  EXPECT_THAT(text(":/whole"), HasSubstr("never written"));
  EXPECT_THAT(text(":/chunked[1]"), HasSubstr("never written"));
  EXPECT_EQ(read_image(file.string() + ":/chunked[0]").pixels.size(), 16u);
}

TEST(WideIntegers, that_no_double_holds_are_told) {
  auto const text = [](std::filesystem::path const& file) {
    return error_of<core::InputError>([&] { read_image(file); });
  };
  std::int64_t const odd = (std::int64_t{1} << 53) + 1;
  EXPECT_THAT(text(write_npy<std::int64_t>({0, odd}, false)), HasSubstr("found 9007199254740993;"));
  EXPECT_THAT(text(write_edf<std::int64_t>({0, -odd}, true)),
              HasSubstr("found -9007199254740993;"));
  EXPECT_THAT(
      text(write_tiff<std::uint64_t>({0, std::numeric_limits<std::uint64_t>::max() - 2}, false)),
      HasSubstr("found 18446744073709551613;"));
  EXPECT_THAT(
      text(write_hdf5<std::int64_t>({0, 1, 2, std::numeric_limits<std::int64_t>::max()}, false)),
      HasSubstr("found 9223372036854775807;"));
}

}  // namespace
}  // namespace xrdct::io
