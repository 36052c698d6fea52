// Files that are compressed as a whole, by the library that reads them and by another.
#include "io/images/expand_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <fstream>

#include "core/words/errors.hpp"
#include "io/images/image_file.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

using namespace test;
using testing::HasSubstr;
namespace streams = boost::iostreams;

/// "xrdct\n" by Python's gzip.
std::string const by_gzip(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x28\x4a\x49\x2e\xe1\x02\x00\x61\xdd\xf2\x80\x06"
    "\x00\x00\x00",
    26);

struct Format {
  std::string name;
  void (*push)(streams::filtering_ostream&);
  bool has_checksum = true;
};

std::vector<Format> formats() {
  using Out = streams::filtering_ostream;
  std::vector<Format> all{{"gzip", [](Out& out) { out.push(streams::gzip_compressor()); }},
                          {"bzip2", [](Out& out) { out.push(streams::bzip2_compressor()); }},
                          {"xz", [](Out& out) { out.push(streams::lzma_compressor()); }}};
#if XRDCT_HAVE_ZSTD
  all.push_back({"zstd", [](Out& out) { out.push(streams::zstd_compressor()); }, false});
#endif
  return all;
}

std::string compressed(Format const& format, std::string const& text) {
  std::string packed;
  streams::filtering_ostream out;
  format.push(out);
  out.push(streams::back_inserter(packed));
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.reset();
  return packed;
}

std::filesystem::path write_file(std::string const& content) {
  auto const file = fresh_folder() / "packed";
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

std::string expanded(std::string const& content) {
  auto const bytes = expanded_content(write_file(content));
  return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

/// Bytes that shrink a little, more than a decoder takes at once.
std::string text_of(std::size_t bytes) {
  std::string text;
  std::uint32_t state = 4711;
  while (text.size() < bytes) {
    state = state * 1664525U + 1013904223U;
    text += static_cast<char>(state >> 27);
  }
  return text;
}

class ExpandFile : public testing::TestWithParam<Format> {
 protected:
  std::string packed(std::string const& text) const { return compressed(GetParam(), text); }
};
INSTANTIATE_TEST_SUITE_P(Formats, ExpandFile, testing::ValuesIn(formats()),
                         [](auto const& format) { return format.param.name; });

TEST_P(ExpandFile, GivesBackWhatWasPacked) {
  for (std::size_t const bytes : {0u, 1u, 1000u, 65535u, 65536u, 65537u, 300000u})
    EXPECT_EQ(expanded(packed(text_of(bytes))), text_of(bytes)) << bytes;
  EXPECT_EQ(expanded(packed(std::string(5000000, '\0'))), std::string(5000000, '\0'));
}

TEST_P(ExpandFile, JoinsMembers) {
  auto const text = text_of(100000);
  EXPECT_EQ(expanded(packed(text.substr(0, 100)) + packed(text.substr(100))), text);
}

TEST_P(ExpandFile, TellsTruncationAtEveryByte) {
  auto const whole = packed(text_of(300)), two = whole + whole;
  for (std::size_t bytes = 8; bytes < two.size(); ++bytes) {
    if (bytes == whole.size()) continue;
    EXPECT_THAT(error_of<core::IoError>([&] { expanded(two.substr(0, bytes)); }),
                HasSubstr("truncated"))
        << bytes;
  }
}

TEST_P(ExpandFile, TellsDamage) {
  auto const text = text_of(3000), whole = packed(text);
  std::size_t refused = 0;
  for (std::size_t at = 10; at < whole.size(); ++at) {
    auto broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    try {
      auto const read = expanded(broken);
      EXPECT_TRUE(!GetParam().has_checksum || read == text) << at;  // bits that say nothing
    } catch (core::IoError const& error) {
      EXPECT_THAT(error.what(), HasSubstr("damaged"));
      ++refused;
    }
  }
  EXPECT_TRUE(!GetParam().has_checksum || refused > whole.size() / 2) << refused;
}

TEST_P(ExpandFile, TellsBytesBehindTheEnd) {
  EXPECT_THAT(error_of<core::IoError>([&] { expanded(packed("xrdct") + "and more"); }),
              HasSubstr("copy it again"));
}

TEST_P(ExpandFile, GivesAnImageToItsReader) {
  std::string const edf = "{ Dim_1 = 3000 ; Dim_2 = 1000 ; DataType = UnsignedByte ; }\n";
  auto const file = write_file(packed(edf + std::string(3000000, '\7')));
  EXPECT_EQ(read_image_file(file).shape, (core::FrameShape{1000, 3000}));
  auto const refused = [](std::string const& content) {
    return error_of<core::InputError>([&] { read_image_file(write_file(content)); });
  };
  EXPECT_THAT(refused(packed(packed(edf))), HasSubstr("compressed twice"));
  EXPECT_THAT(refused(packed("\x89HDF\r\n\x1a\n and more")),
              HasSubstr("HDF5 in a compressed file"));
}

TEST(ExpandFileOfOthers, ReadsGzip) { EXPECT_EQ(expanded(by_gzip), "xrdct\n"); }

TEST(ExpandFileOfOthers, LeavesOtherFilesAsTheyAre) {
  EXPECT_EQ(expanded("no magic"), "no magic");
  EXPECT_EQ(expanded(""), "");
}

}  // namespace
}  // namespace xrdct::io
