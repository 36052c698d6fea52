#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"
#include "io/frames/read_image.hpp"
#include "io/images/md5.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;

std::string digest_of(std::string const& text) {
  return base64(md5(std::as_bytes(std::span(text))));
}

/// The test suite of RFC 1321, in base 64, and lengths around the padding.
TEST(Md5, KnownTexts) {
  EXPECT_EQ(digest_of(""), "1B2M2Y8AsgTpgAmY7PhCfg==");
  EXPECT_EQ(digest_of("abc"), "kAFQmDzST7DWlj99KOF/cg==");
  EXPECT_EQ(digest_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
            "0XSrmNJ32fWlYRwsn0Gdnw==");
  EXPECT_EQ(digest_of(std::string(55, 'x')), "BDZEIOJcUS/ZWKcHOKqPcg==");
  EXPECT_EQ(digest_of(std::string(56, 'x')), "Zopy1boX8I5i2ryvrW2xSw==");
  EXPECT_EQ(digest_of(std::string(64, 'x')), "wbtPgdiSstV5R2gq6yUkVg==");
  EXPECT_EQ(digest_of(std::string(119, 'x')), "qzR6X2jIpEPPzdxjPxLCTw==");
}

TEST(Base64, Padding) {
  auto const text = [](std::vector<std::uint8_t> const& bytes) { return base64(bytes); };
  EXPECT_EQ(text({'f'}), "Zg==");
  EXPECT_EQ(text({'f', 'o'}), "Zm8=");
  EXPECT_EQ(text({'f', 'o', 'o'}), "Zm9v");
  EXPECT_EQ(text({0xff, 0xef, 0xbe, 0xff}), "/+++/w==");
}

// 2 × 3 pixels: 5, 4, 260, 65796, -2, -1.
std::string const data(
    "\x05\xff\x80\x00\x01\x80\x00\x80\x00\x00\x01\x00\x80\x00\x80\xfa\xfe\xfe\xff\x01", 20);

struct Parts {
  std::string conversions = "x-CBF_BYTE_OFFSET", type = "signed 32-bit integer",
              md5 = digest_of(data), columns = "3", rows = "2";
  std::string size = std::to_string(data.size()), more = "", bytes = data,
              end = "\r\n--CIF-BINARY-FORMAT-SECTION----\r\n;\r\n";
};

std::string cbf(Parts const& parts = {}) {
  std::string text =
      "###CBF: VERSION "
      "1.5\r\n\r\ndata_x\r\n\r\n_array_data.data\r\n;\r\n--CIF-BINARY-FORMAT-SECTION--\r\n";
  text += "Content-Type: application/octet-stream;\r\n     conversions=\"" + parts.conversions +
          "\"\r\nContent-Transfer-Encoding: BINARY\r\n";
  text += "X-Binary-Size: " + parts.size + "\r\nX-Binary-Element-Type: \"" + parts.type + "\"\r\n";
  if (!parts.md5.empty()) text += "Content-MD5: " + parts.md5 + "\r\n";
  text += "X-Binary-Size-Fastest-Dimension: " + parts.columns +
          "\r\nX-Binary-Size-Second-Dimension: " + parts.rows + "\r\n" + parts.more;
  return text + "\r\n\x0c\x1a\x04\xd5" + parts.bytes + parts.end;
}

std::filesystem::path write_file(std::string const& name, std::string const& content) {
  auto const file = fresh_folder() / name;
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

void expect_pixels(std::string const& content, std::string const& name = "a.cbf",
                   core::PixelType type = core::PixelType::i32) {
  auto const image = read_image(write_file(name, content));
  EXPECT_EQ(image.shape, (core::FrameShape{2, 3}));
  EXPECT_EQ(image.type, type);
  EXPECT_THAT(image.pixels, testing::ElementsAre(5, 4, 260, 65796, -2, -1));
}

template <class Error>
std::string refusal(Parts const& parts) {
  return error_of<Error>([&] { read_image(write_file("a.cbf", cbf(parts))); });
}

TEST(CbfImage, KeepsTheTypeOfThePixels) {
  expect_pixels(cbf());
  expect_pixels(cbf({.md5 = ""}));
  std::string const two("\x03\x04", 2);
  Parts const small{.type = "unsigned 16-bit integer",
                    .md5 = "",
                    .columns = "2",
                    .rows = "1",
                    .size = "2",
                    .bytes = two};
  auto const image = read_image(write_file("a.cbf", cbf(small)));
  EXPECT_EQ(image.type, core::PixelType::u16);
  EXPECT_THAT(image.pixels, testing::ElementsAre(3, 7));
}

/// CBFlib stores 2³² − 2 as the difference to −2; fabio reads it so, too.
TEST(CbfImage, TakesUnsignedPixelsModulo) {
  auto const image = read_image(write_file("a.cbf", cbf({.type = "unsigned 32-bit integer"})));
  EXPECT_EQ(image.type, core::PixelType::u32);
  EXPECT_THAT(image.pixels, testing::ElementsAre(5, 4, 260, 65796, 4294967294.0, 4294967295.0));
}

TEST(CbfImage, AWrongChecksumIsAnError) {
  std::string damaged = data;
  damaged[0] = 6;
  EXPECT_THAT(
      refusal<core::IoError>({.bytes = damaged}),
      HasSubstr("checksum " + digest_of(data) + " (Content-MD5), found " + digest_of(damaged)));
}

TEST(CbfImage, RefusesWhatItCannotRead) {
  EXPECT_THAT(refusal<core::InputError>({.conversions = "x-CBF_PACKED"}),
              HasSubstr("found \"x-cbf_packed\""));
  EXPECT_THAT(refusal<core::InputError>({.type = "signed 64-bit integer"}),
              HasSubstr("found \"signed 64-bit integer\""));
  EXPECT_THAT(refusal<core::InputError>({.more = "X-Binary-Size-Third-Dimension: 8\r\n"}),
              HasSubstr("found three"));
  EXPECT_THAT(refusal<core::InputError>({.end = "\r\n--CIF-BINARY-FORMAT-SECTION--\r\n"}),
              HasSubstr("found several"));
  EXPECT_THAT(error_of<core::InputError>(
                  [] { read_image(write_file("a.cbf", "###CBF: VERSION 1.5\r\n")); }),
              HasSubstr("binary section"));
  EXPECT_THAT(refusal<core::IoError>({.size = "4000"}), HasSubstr("truncated"));
  EXPECT_THAT(refusal<core::IoError>({.size = ""}), HasSubstr("x-binary-size"));
  EXPECT_THAT(refusal<core::IoError>({.rows = "99999999999"}), HasSubstr("claims 99999999999"));
  EXPECT_THAT(refusal<core::IoError>({.rows = "3"}), HasSubstr("truncated"));
  EXPECT_THAT(refusal<core::IoError>({.type = "signed 16-bit integer"}),
              HasSubstr("beyond the type"));
}

/// Whatever bytes are changed or missing, only the two kinds of error for users come out.
void expect_only_typed_errors(std::string const& good) {
  auto const file = fresh_folder() / "broken";
  std::uint32_t state = 4711;
  auto const random = [&] { return (state = state * 1664525U + 1013904223U) >> 8; };
  int read = 0, refused = 0;
  for (int trial = 0; trial < 600; ++trial) {
    std::string content = good;
    for (std::uint32_t i = 0; i <= random() % 3; ++i)
      content[random() % content.size()] = static_cast<char>(random());
    if (trial % 4 == 0) content.resize(random() % content.size());
    std::filesystem::remove(file);
    std::ofstream(file, std::ios::binary) << content;
    try {
      read_image(file);
      ++read;
    } catch (core::InputError const&) {
      ++refused;
    } catch (core::IoError const&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(read, 0);
}

TEST(CbfImage, SurvivesDamage) { expect_only_typed_errors(cbf({.md5 = ""})); }

}  // namespace
}  // namespace xrdct::io
