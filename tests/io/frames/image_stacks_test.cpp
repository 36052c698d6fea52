// Files of several images as frames of a scan.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tiffio.h>

#include <fstream>
#include <thread>

#include "core/words/errors.hpp"
#include "io/codec/decode.hpp"
#include "io/frames/frame_source.hpp"
#include "io/frames/read_image.hpp"
#include "io/images/image_header.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using Values = std::vector<std::uint16_t>;

constexpr std::size_t rows = 2, columns = 3;

Values frame_values(int number) {
  Values values(rows * columns);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::uint16_t>(0x8000 + 300 * number + static_cast<int>(i));
  return values;
}

std::string bytes_of(Values const& values, bool big_endian = false) {
  std::string bytes;
  for (auto const value : values) {
    char const low = static_cast<char>(value & 0xff), high = static_cast<char>(value >> 8);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  }
  return bytes;
}

std::string edf_block(int number, std::size_t length = 512, std::string const& more = "") {
  std::string text = "{\nImage = " + std::to_string(number) +
                     " ;\nByteOrder = LowByteFirst ;\nDataType = UnsignedShort ;\nDim_1 = 3 ;\n"
                     "Dim_2 = 2 ;\nangle = " +
                     std::to_string(number) + ".5 ;\n" + more;
  text.resize(length - 2, ' ');
  return text + "}\n" + bytes_of(frame_values(number));
}

struct ImageStacks : testing::Test {
  std::filesystem::path const folder = fresh_folder();
  std::filesystem::path write(std::string const& name, std::string const& content) const {
    std::ofstream(folder / name, std::ios::binary) << content;
    return folder / name;
  }
  std::filesystem::path edf(std::string const& name, int first, int count) const {
    std::string content;
    for (int i = 0; i < count; ++i) content += edf_block(first + i, i == 1 ? 1024 : 512);
    return write(name, content);
  }
};

std::vector<Values> frames_of(FrameSource& source, std::vector<std::int64_t> const& frames) {
  core::FrameBuffer buffer;
  source.locate(frames);
  source.read(frames, buffer);
  EXPECT_THAT(buffer.failures, ElementsAre());
  std::vector<Values> values;
  codec::FrameDecoder decoder(source.shape(), source.encoding());
  for (auto const& frame : buffer.batch.frames) {
    values.emplace_back(rows * columns);
    EXPECT_EQ(decoder.decode(frame, std::as_writable_bytes(std::span(values.back()))),
              codec::DecodeStatus::ok);
  }
  return values;
}

void expect_frames(std::vector<std::filesystem::path> const& files, int count) {
  auto const source = open_frames(files, "");
  ASSERT_EQ(source->frames(), count);
  std::vector<std::int64_t> all;
  std::vector<Values> expected;
  for (int i = 0; i < count; ++i) {
    all.push_back((i * 7 + 3) % count);
    expected.push_back(frame_values((i * 7 + 3) % count));
  }
  EXPECT_EQ(frames_of(*source, all), expected);
}

TEST_F(ImageStacks, OfEdf) {
  expect_frames({edf("a.edf", 0, 5)}, 5);
  auto const source = open_frames({edf("a.edf", 0, 5)}, "");
  EXPECT_EQ(source->layout(), "u16 uncompressed, 5 frames in 1 file");
  EXPECT_THAT(source->describe(3), HasSubstr("a.edf, image 3)"));
  EXPECT_EQ(image_header(folder / "a.edf", 3).value("angle"), "3.5");
  EXPECT_THAT(error_of<core::InputError>([&] { image_header(folder / "a.edf", 5); }),
              HasSubstr("found images 0 to 4"));
}

TEST_F(ImageStacks, OfSeveralFilesOfUnequalLength) {
  expect_frames({edf("a.edf", 0, 5), edf("b.edf", 5, 5), edf("c.edf", 10, 1), edf("d.edf", 11, 2)},
                13);
  expect_frames({edf("a.edf", 0, 1), edf("b.edf", 1, 3)}, 4);
  auto const source = open_frames({edf("a.edf", 0, 2), edf("b.edf", 2, 1)}, "");
  auto const parts = source->parts();
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[1].first, 2);
  EXPECT_EQ(parts[1].frames, 1);
}

TEST_F(ImageStacks, OfEdfBehindAGeneralBlockAndPadding) {
  std::string const general =
      "{\nEDF_DataFormatVersion = 2.0 ;\nEDF_BinarySize = 0 ;\nx = 1 ;\n}\n";
  std::string const padded = edf_block(0, 512, "Size = 100 ;\n") + std::string(88, '\0');
  expect_frames({write("a.edf", general + padded + edf_block(1))}, 2);
  EXPECT_EQ(image_header(folder / "a.edf", 1).value("x"), "1");
}

TEST_F(ImageStacks, OfNpy) {
  auto const npy = [](std::string const& descr, std::string const& shape, bool big) {
    std::string header =
        "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize(118, ' ');
    std::string content = std::string("\x93NUMPY\1\0\x76\0", 10) + header;
    for (int i = 0; i < 4; ++i) content += bytes_of(frame_values(i), big);
    return content;
  };
  expect_frames({write("a.npy", npy("<u2", "(4, 2, 3)", false))}, 4);
  expect_frames({write("b.npy", npy(">u2", "(2, 2, 2, 3)", true))}, 4);
  EXPECT_THAT(error_of<core::IoError>(
                  [&] { open_frames({write("c.npy", npy("<u2", "(5, 2, 3)", false))}, ""); }),
              HasSubstr("truncated"));
  EXPECT_THAT(error_of<core::InputError>([&] { read_image((folder / "a.npy").string()); }),
              HasSubstr("one image, found several: a stack of 4"));
}

struct TiffForm {
  char const* mode;
  std::uint16_t compression;
  bool tiled, thumbnail;
};

void write_page(TIFF* tiff, TiffForm const& form, Values const& values) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 3);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 2);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 16);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, form.compression);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  if (form.tiled) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 16);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
    Values tile(256);
    for (std::size_t i = 0; i < values.size(); ++i) tile[i / 3 * 16 + i % 3] = values[i];
    TIFFWriteTile(tiff, tile.data(), 0, 0, 0, 0);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 1);
    Values copy = values;
    for (std::uint32_t r = 0; r < 2; ++r) TIFFWriteScanline(tiff, copy.data() + 3 * r, r, 0);
  }
  TIFFWriteDirectory(tiff);
}

TEST_F(ImageStacks, OfTiff) {
  for (auto const& form : {TiffForm{"w", COMPRESSION_NONE, false, false},
                           TiffForm{"wb", COMPRESSION_NONE, false, true},
                           TiffForm{"w8", COMPRESSION_LZW, false, false},
                           TiffForm{"wb8", COMPRESSION_NONE, true, false},
                           TiffForm{"wb", COMPRESSION_ADOBE_DEFLATE, true, true}}) {
    auto const file = folder / "a.tif";
    TIFF* const tiff = TIFFOpen(file.c_str(), form.mode);
    for (int i = 0; i < 3; ++i) {
      write_page(tiff, form, frame_values(i));
      if (!form.thumbnail) continue;
      TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
      write_page(tiff, form, frame_values(9));
    }
    TIFFClose(tiff);
    expect_frames({file}, 3);
  }
}

TEST_F(ImageStacks, OfImageJ) {
  auto const file = folder / "a.tif";
  TIFF* const tiff = TIFFOpen(file.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, "ImageJ=1.53\nimages=3\n");
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 2);
  write_page(tiff, {"w", COMPRESSION_NONE, false, false}, frame_values(0));
  TIFFClose(tiff);
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  std::string content((std::istreambuf_iterator<char>(stream)), {});
  auto const first = content.find(bytes_of(frame_values(0)));
  ASSERT_NE(first, std::string::npos);
  content.resize(std::max(content.size(), first + 36));
  EXPECT_THAT(error_of<core::IoError>(
                  [&] { open_frames({write("b.tif", content.substr(0, first + 30))}, ""); }),
              HasSubstr(""));
}

TEST_F(ImageStacks, OfImagesThatDiffer) {
  auto other = edf_block(1);
  other.replace(other.find("Dim_2 = 2"), 9, "Dim_2 = 1");
  EXPECT_THAT(
      error_of<core::InputError>([&] { open_frames({write("a.edf", edf_block(0) + other)}, ""); }),
      HasSubstr("expected 2 × 3 pixels of 2 bytes as of those before, found 1 × 3"));
}

TEST_F(ImageStacks, AreReadByManyThreadsAtOnce) {
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < 40; ++i) files.push_back(edf("a" + std::to_string(i) + ".edf", 2 * i, 2));
  auto const source = open_frames(files, "");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::int64_t f = 0; f < 80; ++f) {
        auto const frame = (f * 7 + t) % 80;
        EXPECT_EQ(frames_of(*source, {frame}).front(), frame_values(static_cast<int>(frame)));
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST_F(ImageStacks, ThatChangeAreUnreadable) {
  auto const file = edf("a.edf", 0, 1);
  auto const source = open_frames({edf("first.edf", 0, 1), file}, "");
  write("a.edf", edf_block(0) + edf_block(1));
  core::FrameBuffer buffer;
  source->read(std::vector<std::int64_t>{1}, buffer);
  EXPECT_THAT(buffer.failures, ElementsAre(HasSubstr("expected one image, as in the first file")));
}

}  // namespace
}  // namespace xrdct::io
