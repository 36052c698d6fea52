// Series of images as frames of a scan.
#include "io/frames/image_frames.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "core/words/errors.hpp"
#include "io/codec/decode.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;

struct ImageSeries : testing::Test {
  std::filesystem::path const folder = fresh_folder();
  /// 2 × 3 pixels of u16: all `value`.
  std::filesystem::path write_edf(std::string const& name, char value,
                                  std::string const& type = "UnsignedShort",
                                  std::string const& order = "LowByteFirst") const {
    std::ofstream out(folder / name, std::ios::binary);
    out << "{ Dim_1 = 3 ; Dim_2 = 2 ; DataType = " << type << " ; ByteOrder = " << order
        << " ; }\n";
    for (int i = 0; i < 6; ++i) out << value << '\0';
    return folder / name;
  }
};

std::vector<std::uint16_t> pixels_of(core::FrameBuffer const& buffer, std::size_t frame) {
  std::vector<std::uint16_t> pixels(6);
  codec::FrameDecoder decoder(buffer.batch.shape, buffer.batch.encoding);
  EXPECT_EQ(decoder.decode(buffer.batch.frames[frame], std::as_writable_bytes(std::span(pixels))),
            codec::DecodeStatus::ok);
  return pixels;
}

TEST_F(ImageSeries, DeliversOneFramePerImage) {
  auto const source = open_frames({write_edf("a.edf", 1), write_edf("b.edf", 2)}, "");
  EXPECT_EQ(source->frames(), 2);
  EXPECT_EQ(source->shape(), (core::FrameShape{2, 3}));
  EXPECT_EQ(source->encoding(), (core::FrameEncoding{core::PixelType::u16, core::Filter::none}));
  EXPECT_EQ(source->layout(), "u16 uncompressed, one frame per file, 2 files");
  EXPECT_EQ(source->files().size(), 2u);
  EXPECT_THAT(source->describe(1), HasSubstr("b.edf"));
  std::vector<std::int64_t> const frames{1, -1, 0, 1};
  EXPECT_GE(source->stored_bytes(frames), 3u * 12);
  core::FrameBuffer buffer;
  source->read(frames, buffer);
  EXPECT_TRUE(buffer.failures.empty());
  EXPECT_EQ(pixels_of(buffer, 0), std::vector<std::uint16_t>(6, 2));
  EXPECT_EQ(buffer.batch.frames[1].status, core::FrameStatus::missing);
  EXPECT_EQ(pixels_of(buffer, 2), std::vector<std::uint16_t>(6, 1));
  EXPECT_EQ(pixels_of(buffer, 3), std::vector<std::uint16_t>(6, 2));
}

TEST_F(ImageSeries, KeepsTheByteOrderOfTheFile) {
  auto const source = open_frames({write_edf("a.edf", 1, "UnsignedShort", "HighByteFirst")}, "");
  EXPECT_TRUE(source->encoding().big_endian);
  core::FrameBuffer buffer;
  source->read(std::vector<std::int64_t>{0}, buffer);
  EXPECT_EQ(pixels_of(buffer, 0), std::vector<std::uint16_t>(6, 256));
}

TEST_F(ImageSeries, TellsImagesThatDoNotAgreeAndGoesOn) {
  auto const source =
      open_frames({write_edf("a.edf", 1), write_edf("b.edf", 2, "SignedShort")}, "");
  core::FrameBuffer buffer;
  source->read(std::vector<std::int64_t>{1, 0}, buffer);
  ASSERT_EQ(buffer.failures.size(), 1u);
  EXPECT_THAT(buffer.failures[0], HasSubstr("expected 2 × 3 pixels, u16 uncompressed as there, "
                                            "found 2 × 3 pixels, i16 uncompressed"));
  EXPECT_EQ(buffer.batch.frames[0].status, core::FrameStatus::unreadable);
  EXPECT_EQ(pixels_of(buffer, 1), std::vector<std::uint16_t>(6, 1));
}

TEST_F(ImageSeries, TellsImagesThatAreGone) {
  auto const gone = write_edf("b.edf", 2);
  auto const source = open_frames({write_edf("a.edf", 1), gone}, "");
  std::filesystem::remove(gone);
  core::FrameBuffer buffer;
  source->read(std::vector<std::int64_t>{1}, buffer);
  ASSERT_EQ(buffer.failures.size(), 1u);
  EXPECT_THAT(buffer.failures[0], HasSubstr("cannot read"));
  EXPECT_THAT(error_of<core::IoError>([&] { open_frames({gone}, ""); }), HasSubstr("no such file"));
  EXPECT_THAT(error_of<core::InputError>([] { open_frames({}, ""); }), HasSubstr("found none"));
}

TEST_F(ImageSeries, AreReadByManyThreadsAtOnce) {
  std::vector<std::filesystem::path> files;
  for (char i = 0; i < 20; ++i) files.push_back(write_edf("a" + std::to_string(i), i));
  auto const source = open_frames(files, "");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      core::FrameBuffer buffer;
      for (std::int64_t f = 0; f < 20; ++f) {
        source->read(std::vector<std::int64_t>{f, 19 - f}, buffer);
        EXPECT_EQ(pixels_of(buffer, 0)[5], f);
        EXPECT_EQ(pixels_of(buffer, 1)[5], 19 - f);
      }
    });
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace xrdct::io
