#include "io/images/image_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tiffio.h>

#include <algorithm>
#include <fstream>

#include "core/words/errors.hpp"
#include "io/frames/find_stacks.hpp"
#include "io/frames/hdf5_image.hpp"
#include "io/frames/read_image.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;

/// 3 × 5 pixels, 0, 3, 6 …
std::vector<double> expected_pixels() {
  std::vector<double> pixels(15);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = 3.0 * static_cast<double>(i);
  return pixels;
}

template <class T>
std::string raw_pixels(bool big_endian = false, bool fortran = false) {
  std::string raw;
  for (std::size_t i = 0; i < 15; ++i) {
    auto const value = static_cast<T>(3 * (fortran ? (i % 3) * 5 + i / 3 : i));
    std::string bytes(reinterpret_cast<char const*>(&value), sizeof value);
    if (big_endian) std::reverse(bytes.begin(), bytes.end());
    raw += bytes;
  }
  return raw;
}

std::filesystem::path write_file(std::string const& name, std::string const& content) {
  auto const file = fresh_folder() / name;
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

void expect_image(std::string const& location, core::PixelType type) {
  auto const image = read_image(location);
  EXPECT_EQ(image.shape, (core::FrameShape{3, 5})) << location;
  EXPECT_EQ(image.type, type) << location;
  EXPECT_EQ(image.pixels, expected_pixels()) << location;
}

std::string edf(std::string const& type, std::string const& order, std::string const& pixels,
                std::string const& more = "") {
  std::string header = "{\nHeaderID = EH:000001:000000:000000 ;\nByteOrder = " + order +
                       " ;\nDataType = " + type + " ;\nDim_1 = 5 ;\nDim_2 = 3 ;\n" + more;
  header.resize(510, ' ');
  return header + "}\n" + pixels;
}

TEST(EdfImage, reads_all_types_and_both_byte_orders) {
  using core::PixelType;
  expect_image(write_file("a", edf("UnsignedByte", "LowByteFirst", raw_pixels<std::uint8_t>())),
               PixelType::u8);
  expect_image(write_file("a", edf("SignedByte", "LowByteFirst", raw_pixels<std::int8_t>())),
               PixelType::i8);
  expect_image(
      write_file("a", edf("UnsignedShort", "HighByteFirst", raw_pixels<std::uint16_t>(true))),
      PixelType::u16);
  expect_image(write_file("a", edf("SignedInteger", "LowByteFirst", raw_pixels<std::int32_t>())),
               PixelType::i32);
  expect_image(
      write_file("a", edf("UnsignedLong", "HighByteFirst", raw_pixels<std::uint32_t>(true))),
      PixelType::u32);
  expect_image(write_file("a", edf("FloatValue", "HighByteFirst", raw_pixels<float>(true))),
               PixelType::f32);
  expect_image(write_file("a", edf("DoubleValue", "LowByteFirst", raw_pixels<double>())),
               PixelType::f64);
  expect_image(write_file("a", edf("Signed64", "LowByteFirst", raw_pixels<std::int64_t>())),
               PixelType::f64);
}

TEST(EdfImage, refuses_what_it_cannot_read) {
  auto const pixels = raw_pixels<std::uint16_t>();
  auto const text = [&](std::string const& content) {
    return error_of<core::InputError>([&] { read_image(write_file("a", content)); });
  };
  EXPECT_THAT(text(edf("Quadruple", "LowByteFirst", pixels)), HasSubstr("found \"quadruple\""));
  EXPECT_THAT(text(edf("UnsignedShort", "LowByteFirst", pixels, "Compression = ZCompression ;\n")),
              HasSubstr("no compression"));
  EXPECT_THAT(text(edf("UnsignedShort", "LowByteFirst", pixels, "Dim_3 = 2 ;\n")),
              HasSubstr("found three"));
  EXPECT_THAT(text(edf("UnsignedShort", "LowByteFirst",
                       pixels + edf("UnsignedShort", "LowByteFirst", pixels))),
              HasSubstr("found several"));
  auto const broken = [&](std::string const& content) {
    return error_of<core::IoError>([&] { read_image(write_file("a", content)); });
  };
  EXPECT_THAT(broken(edf("UnsignedShort", "LowByteFirst", pixels.substr(1))),
              HasSubstr("truncated"));
  EXPECT_THAT(broken("{ Dim_1 = 5 ;"), HasSubstr("no end of it"));
  EXPECT_THAT(broken("{ Dim_1 = 99999999999 ; Dim_2 = 99999999999 ; DataType = UnsignedByte ; }\n"),
              HasSubstr("claims 99999999999"));
}

std::string npy(std::string const& descr, bool fortran, std::string const& shape,
                std::string const& pixels, char version = 1) {
  std::string header = "{'descr': '" + descr +
                       "', 'fortran_order': " + (fortran ? "True" : "False") +
                       ", 'shape': " + shape + ", }";
  header.resize(118, ' ');
  header.back() = '\n';
  std::string start = "\x93NUMPY";
  start += version;
  start += '\0';
  start += static_cast<char>(header.size());
  start += '\0';
  if (version > 1) start += std::string(2, '\0');
  return start + header + pixels;
}

TEST(NpyImage, reads_all_types_orders_and_versions) {
  using core::PixelType;
  expect_image(write_file("a", npy("|u1", false, "(3, 5)", raw_pixels<std::uint8_t>())),
               PixelType::u8);
  expect_image(
      write_file("a", npy("<i2", true, "(3, 5)", raw_pixels<std::int16_t>(false, true), 2)),
      PixelType::i16);
  expect_image(write_file("a", npy(">u4", false, "(1, 3, 5)", raw_pixels<std::uint32_t>(true), 3)),
               PixelType::u32);
  expect_image(write_file("a", npy("<i8", false, "(3, 5)", raw_pixels<std::int64_t>())),
               PixelType::f64);
  expect_image(write_file("a", npy(">f4", true, "(3, 5)", raw_pixels<float>(true, true))),
               PixelType::f32);
  expect_image(write_file("a", npy("<f8", false, "(3, 5)", raw_pixels<double>())), PixelType::f64);
  auto const mask =
      read_image(write_file("a", npy("|b1", false, "(1, 2)", std::string("\1\0", 2))));
  EXPECT_THAT(mask.pixels, testing::ElementsAre(1.0, 0.0));
}

TEST(NpyImage, refuses_what_it_cannot_read) {
  auto const pixels = raw_pixels<std::uint8_t>();
  auto const text = [&](std::string const& content) {
    return error_of<core::InputError>([&] { read_image(write_file("a", content)); });
  };
  EXPECT_THAT(text(npy("<c8", false, "(3, 5)", pixels)), HasSubstr("numbers or booleans"));
  EXPECT_THAT(text(npy("|u1", false, "(15,)", pixels)),
              HasSubstr("two dimensions, found shape (15,)"));
  EXPECT_THAT(text(npy("|u1", false, "(3, 5)", pixels, 9)), HasSubstr("found 9"));
  EXPECT_THAT(text(npy("<u8", false, "(1, 1)", std::string(8, '\x7f'))), HasSubstr("at most 2^53"));
  auto const broken = [&](std::string const& content) {
    return error_of<core::IoError>([&] { read_image(write_file("a", content)); });
  };
  EXPECT_THAT(broken(npy("|u1", false, "(4, 5)", pixels)), HasSubstr("truncated"));
  EXPECT_THAT(broken(npy("|u1", false, "(1000000, 1000000)", pixels)), HasSubstr("claims"));
}

/// As fabio and pyFAI read it: rows in the order of the file, lowest bit first.
TEST(Fit2dMask, unpacks_bits) {
  std::string content = std::string("M\0\0\0A\0\0\0S\0\0\0K\0\0\0", 16) +
                        std::string("\x23\0\0\0\2\0\0\0\1\0\0\0", 12);
  content.resize(1024, '\0');
  content += std::string("\x05\0\0\x80\x04\0\0\0", 8) + std::string("\0\0\0\0\1\0\0\0", 8);
  auto const image = read_image(write_file("a.msk", content));
  EXPECT_EQ(image.shape, (core::FrameShape{2, 35}));
  std::vector<std::size_t> masked;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    if (image.pixels[i] != 0.0) masked.push_back(i);
  }
  EXPECT_THAT(masked, testing::ElementsAre(0, 2, 31, 34, 35 + 32));
  content.pop_back();
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(write_file("a.msk", content)); }),
              HasSubstr("truncated"));
}

struct TiffKind {
  std::uint16_t bits, format, compression;
  bool tiled;
};

template <class T>
std::filesystem::path write_tiff(TiffKind kind) {
  auto const file = fresh_folder() / "a.tif";
  TIFF* const tiff = TIFFOpen(file.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 5);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 3);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind.bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, kind.format);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind.compression);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  std::vector<T> tile(kind.tiled ? 16 * 16 : 5);
  if (kind.tiled) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 16);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
    for (std::size_t i = 0; i < 15; ++i) tile[i / 5 * 16 + i % 5] = static_cast<T>(3 * i);
    TIFFWriteTile(tiff, tile.data(), 0, 0, 0, 0);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 2);
    for (std::uint32_t r = 0; r < 3; ++r) {
      for (std::uint32_t c = 0; c < 5; ++c) tile[c] = static_cast<T>(3 * (r * 5 + c));
      TIFFWriteScanline(tiff, tile.data(), r, 0);
    }
  }
  TIFFClose(tiff);
  return file;
}

TEST(TiffImage, reads_integers_and_floats_in_strips_and_tiles) {
  using core::PixelType;
  expect_image(write_tiff<std::uint8_t>({8, SAMPLEFORMAT_UINT, COMPRESSION_NONE, false}),
               PixelType::u8);
  expect_image(write_tiff<std::int16_t>({16, SAMPLEFORMAT_INT, COMPRESSION_PACKBITS, false}),
               PixelType::i16);
  expect_image(write_tiff<std::int32_t>({32, SAMPLEFORMAT_INT, COMPRESSION_NONE, false}),
               PixelType::i32);
  expect_image(write_tiff<std::uint32_t>({32, SAMPLEFORMAT_UINT, COMPRESSION_LZW, true}),
               PixelType::u32);
  expect_image(write_tiff<float>({32, SAMPLEFORMAT_IEEEFP, COMPRESSION_NONE, true}),
               PixelType::f32);
  expect_image(write_tiff<double>({64, SAMPLEFORMAT_IEEEFP, COMPRESSION_NONE, false}),
               PixelType::f64);
}

TEST(TiffImage, refuses_stacks_that_are_one_page) {
  auto const with_tag = [](auto set) {
    auto const file = write_tiff<std::uint16_t>({16, SAMPLEFORMAT_UINT, COMPRESSION_NONE, false});
    TIFF* const tiff = TIFFOpen(file.c_str(), "r+");
    set(tiff);
    TIFFRewriteDirectory(tiff);
    TIFFClose(tiff);
    return file;
  };
  auto const volume = with_tag([](TIFF* tiff) { TIFFSetField(tiff, TIFFTAG_IMAGEDEPTH, 16); });
  EXPECT_THAT(error_of<core::InputError>([&] { read_image(volume); }), HasSubstr("a stack of 16"));
  auto const stack = with_tag([](TIFF* tiff) {
    TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, "ImageJ=1.11a\nimages=3\nslices=3\n");
  });
  EXPECT_THAT(error_of<core::InputError>([&] { read_image(stack); }), HasSubstr("a stack of 3"));
  auto const one = with_tag(
      [](TIFF* tiff) { TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, "ImageJ=1.11a\nimages=1\n"); });
  expect_image(one, core::PixelType::u16);
}

TEST(TiffImage, tells_a_truncated_file_without_printing) {
  auto const file = write_tiff<std::uint32_t>({32, SAMPLEFORMAT_UINT, COMPRESSION_NONE, false});
  auto const size = std::filesystem::file_size(file);
  testing::internal::CaptureStderr();
  for (auto bytes = size - 1; bytes > 8; bytes -= 7) {
    std::filesystem::resize_file(file, bytes);
    EXPECT_THAT(error_of<core::IoError>([&] { read_image(file); }),
                HasSubstr("cannot read TIFF image"))
        << bytes;
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Hdf5Image, names_dataset_and_index) {
  auto const file = fresh_folder() / "a.h5";
  {
    auto const open = create_file(file);
    auto const whole =
        create_dataset(open, "/entry/data", {2, 3, 5}, bslz4_creation({1, 3, 5}, 2), H5T_STD_U16LE);
    for (hsize_t f : {0, 1}) {
      std::vector<std::uint16_t> pixels(15);
      for (std::size_t i = 0; i < 15; ++i) pixels[i] = static_cast<std::uint16_t>(f * 3 * i);
      write_chunk(whole, {f, 0, 0}, codec::encode_bitshuffle_lz4(bytes_of(pixels), 2));
    }
    create_dataset(open, "/entry/one_dimension", {7}, dataset_creation());
  }
  auto const name = file.string();
  expect_image(name + ":/entry/data[1]", core::PixelType::u16);
  expect_image(name + ":entry/data[1]", core::PixelType::u16);
  expect_image(name + "[1]", core::PixelType::u16);
  expect_image(name + ":1", core::PixelType::u16);
  EXPECT_EQ(only_stack(file), "/entry/data");
  auto const parts = locate_image(name + ":/entry/data[1]");
  EXPECT_TRUE(parts.hdf5);
  EXPECT_EQ(parts.dataset, "/entry/data");
  EXPECT_EQ(parts.index, 1);
  EXPECT_EQ(locate_image(name).index, -1);
  auto const text = [](std::string const& location) {
    return error_of<core::InputError>([&] { read_image(location); });
  };
  EXPECT_THAT(text(name + ":/entry/data"),
              HasSubstr("found 2 frames; add an index, as in /entry/data[0]"));
  EXPECT_THAT(text(name + ":/entry/data[2]"), HasSubstr("expected an index below 2, found 2"));
  EXPECT_THAT(text(name + ":/entry/data[x]"), HasSubstr("found \"x\""));
  EXPECT_THAT(text(name + ":/entry/dat[0]"), HasSubstr("did you mean \"data\"?"));
}

TEST(Hdf5Image, reads_masks_of_numpy) {
  auto const file = fresh_folder() / "mask.h5";
  {
    auto const open = create_file(file);
    auto const wide =
        create_dataset(open, "wide", {1, 3, 5}, dataset_creation({1, 2, 2}), H5T_STD_I64BE);
    std::vector<std::int64_t> pixels(15);
    for (std::size_t i = 0; i < 15; ++i) pixels[i] = static_cast<std::int64_t>(3 * i);
    H5Dwrite(wide.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, pixels.data());
    Hdf5Type const boolean(H5Tenum_create(H5T_STD_I8LE), "make a type");
    std::int8_t value = 0;
    H5Tenum_insert(boolean.get(), "FALSE", &value);
    value = 1;
    H5Tenum_insert(boolean.get(), "TRUE", &value);
    auto const mask = create_dataset(open, "mask", {2, 2}, dataset_creation(), boolean.get());
    std::int8_t const values[] = {0, 1, 1, 0};
    H5Dwrite(mask.get(), boolean.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  }
  expect_image(file.string() + ":/wide", core::PixelType::f64);
  EXPECT_EQ(frames_of_wide_integers(file, "/wide"), 1);
  EXPECT_EQ(frames_of_wide_integers(file, "/mask"), std::nullopt);
  EXPECT_EQ(only_stack(file), "/wide");  // a list of images, and a mask
  EXPECT_THAT(read_image(file.string() + ":/mask").pixels, testing::ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(error_of<core::InputError>([&] { read_image(file.string()); }),
              HasSubstr("found 2 (/mask, /wide)"));
}

TEST(ReadImage, names_formats_that_it_does_not_read) {
  auto const text = [](std::string const& content) {
    return error_of<core::InputError>([&] { read_image(write_file("a", content)); });
  };
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(write_file("a", "")); }),
              HasSubstr("an empty file"));
  EXPECT_THAT(text("something else"), HasSubstr("another format"));
  auto const edf_file =
      write_file("a.edf", edf("UnsignedByte", "LowByteFirst", raw_pixels<std::uint8_t>()));
  EXPECT_THAT(error_of<core::InputError>([&] { read_image(edf_file.string() + ":/path"); }),
              HasSubstr("expected an HDF5 file before"));
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(edf_file.string() + "x"); }),
              HasSubstr("no such file"));
  EXPECT_THAT(error_of<core::IoError>([&] { read_image(edf_file.parent_path()); }),
              HasSubstr("a folder"));
}

/// Whatever bytes are changed or missing, only the two kinds of error for users come out.
void expect_only_typed_errors(std::string const& good, std::size_t header) {
  auto const file = fresh_folder() / "broken";
  std::uint32_t state = 12345;
  auto const random = [&] { return (state = state * 1664525U + 1013904223U) >> 8; };
  for (int trial = 0; trial < 400; ++trial) {
    std::string content = good;
    for (std::uint32_t i = 0; i <= random() % 4; ++i)
      content[random() % header] = static_cast<char>(random());
    if (trial % 4 == 0) content.resize(random() % content.size());
    std::filesystem::remove(file);  // ext4 flushes a file that is truncated and written again
    std::ofstream(file, std::ios::binary) << content;
    try {
      read_image(file);
    } catch (core::InputError const&) {
    } catch (core::IoError const&) {
    }
  }
}

std::string content_of(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(ReadImage, survives_broken_headers) {
  expect_only_typed_errors(edf("UnsignedShort", "LowByteFirst", raw_pixels<std::uint16_t>()), 150);
  expect_only_typed_errors(npy("<u2", false, "(3, 5)", raw_pixels<std::uint16_t>()), 80);
  auto const tiff =
      content_of(write_tiff<std::uint32_t>({32, SAMPLEFORMAT_UINT, COMPRESSION_LZW, false}));
  expect_only_typed_errors(tiff, tiff.size());
  auto const tiled =
      content_of(write_tiff<std::uint32_t>({32, SAMPLEFORMAT_UINT, COMPRESSION_NONE, true}));
  expect_only_typed_errors(tiled, tiled.size());
  std::string mask = std::string("M\0\0\0A\0\0\0S\0\0\0K\0\0\0", 16) +
                     std::string("\x23\0\0\0\2\0\0\0\1\0\0\0", 12);
  mask.resize(1040, '\0');
  expect_only_typed_errors(mask, 28);
}

}  // namespace
}  // namespace xrdct::io
