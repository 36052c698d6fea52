// Files that are compressed as a whole, by the library that reads them and by another.
#include "io/images/file_content.hpp"

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
  FileContent file(write_file(content));
  core::LargeBytes bytes;
  file.append(bytes, std::size_t{1} << 24);  // that much is reserved at once
  EXPECT_TRUE(file.at_end());
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

class FileContentOf : public testing::TestWithParam<Format> {
 protected:
  std::string packed(std::string const& text) const { return compressed(GetParam(), text); }
};
INSTANTIATE_TEST_SUITE_P(Formats, FileContentOf, testing::ValuesIn(formats()),
                         [](auto const& format) { return format.param.name; });

TEST_P(FileContentOf, GivesBackWhatWasPacked) {
  for (std::size_t const bytes : {0u, 1u, 1000u, 65535u, 65536u, 65537u, 300000u})
    EXPECT_EQ(expanded(packed(text_of(bytes))), text_of(bytes)) << bytes;
  EXPECT_EQ(expanded(packed(std::string(5000000, '\0'))), std::string(5000000, '\0'));
}

TEST_P(FileContentOf, JoinsMembers) {
  auto const text = text_of(100000);
  EXPECT_EQ(expanded(packed(text.substr(0, 100)) + packed(text.substr(100))), text);
}

TEST_P(FileContentOf, TellsTruncationAtEveryByte) {
  auto const whole = packed(text_of(300)), two = whole + whole;
  for (std::size_t bytes = 8; bytes < two.size(); ++bytes) {
    if (bytes == whole.size()) continue;
    EXPECT_THAT(error_of<core::IoError>([&] { expanded(two.substr(0, bytes)); }),
                HasSubstr("truncated"))
        << bytes;
  }
}

TEST_P(FileContentOf, TellsDamage) {
  auto const text = text_of(3000), whole = packed(text);
  std::size_t refused = 0;
  for (std::size_t at = 10; at < whole.size(); at += 7) {
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
  EXPECT_TRUE(!GetParam().has_checksum || refused > whole.size() / 14) << refused;
}

TEST_P(FileContentOf, TellsBytesBehindTheEnd) {
  EXPECT_THAT(error_of<core::IoError>([&] { expanded(packed("xrdct") + "and more"); }),
              HasSubstr("copy it again"));
}

TEST_P(FileContentOf, ComesPieceByPiece) {
  auto const text = text_of(300000);
  FileContent file(write_file(packed(text)));
  core::LargeBytes bytes;
  for (std::size_t const end : {1u, 2u, 65536u, 200000u, 200000u, 300000u}) {
    EXPECT_FALSE(file.at_end());
    file.append(bytes, end);
    EXPECT_EQ(bytes.size(), end);
  }
  EXPECT_TRUE(file.at_end());
  EXPECT_EQ(text, std::string(reinterpret_cast<char const*>(bytes.data()), bytes.size()));
}

TEST_P(FileContentOf, EndsBeforeZerosBehindIt) {
  for (std::size_t const bytes : {0u, 1u, 300u, 65536u, 300000u}) {
    auto const text = text_of(bytes), whole = packed(text);
    for (std::size_t const zeros : {1u, 2u, 7u, 8u, 9u, 511u, 10000u})
      EXPECT_EQ(expanded(whole + whole + std::string(zeros, '\0')), text + text)
          << bytes << ", " << zeros;
    EXPECT_THAT(error_of<core::IoError>([&] { expanded(whole + '\1' + std::string(9, '\0')); }),
                HasSubstr("more behind its end"));
  }
}

/// Zeros without an end, in members of 64 MiB.
std::string zeros_behind(std::string const& start, Format const& format) {
  auto const member = compressed(format, std::string(std::size_t{1} << 26, '\0'));
  std::string bomb = compressed(format, start);
  for (int i = 0; i < 200; ++i) bomb += member;
  return bomb;
}

TEST_P(FileContentOf, IsExpandedNoFurtherThanItsImageNeeds) {
  auto const refused = [&](std::string const& start) {
    try {
      read_image_file(write_file(zeros_behind(start, GetParam())));
    } catch (std::exception const& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refused(""), HasSubstr("found another format"));
  EXPECT_THAT(refused(std::string("\x89HDF\r\n\x1a\n")), HasSubstr("HDF5 in a compressed file"));
  std::string const npy =
      "{'descr': '<u2', 'fortran_order': False, 'shape': (1000, 3000), }                 \n";
  for (std::string const& start :
       {std::string("\x93NUMPY\x01") + '\0' + static_cast<char>(npy.size()) + '\0' + npy,
        std::string("{ Dim_1 = 3000 ; Dim_2 = 1000 ; DataType = UnsignedShort ; ByteOrder = "
                    "LowByteFirst ; }\n")})
    EXPECT_THAT(refused(start), AllOf(HasSubstr("one image that ends after 60000"),
                                      HasSubstr("found more than 21 MiB")))
        << start;
  EXPECT_THAT(
      refused("M" + std::string(3, '\0') + "A" + std::string(3, '\0') + "S" + std::string(3, '\0') +
              "K" + std::string(3, '\0') + "\x20" + std::string(3, '\0') + "\x20"),
      HasSubstr("one image that ends after 1152 bytes"));
  EXPECT_THAT(refused("###CBF: \n--CIF-BINARY-FORMAT-SECTION--\nContent-Type: "
                      "application/octet-stream;\n     conversions=\"x-CBF_BYTE_OFFSET\"\n"
                      "X-Binary-Size: 900\nX-Binary-Size-Fastest-Dimension: 30\n"
                      "X-Binary-Size-Second-Dimension: 30\n\n\x0c\x1a\x04\xd5"),
              HasSubstr("one image that ends after"));
}

TEST_P(FileContentOf, OfTiffHasALimit) {
  EXPECT_THAT(error_of<core::IoError>([&] {
                read_image_file(write_file(zeros_behind(std::string("II*\0", 4), GetParam())));
              }),
              HasSubstr("expected TIFF of at most 512 MiB, found more"));
}

TEST_P(FileContentOf, GivesAnImageToItsReader) {
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

TEST(FileContentOfOthers, ReadsGzip) { EXPECT_EQ(expanded(by_gzip), "xrdct\n"); }

TEST(FileContentOfOthers, LeavesOtherFilesAsTheyAre) {
  EXPECT_EQ(expanded("no magic"), "no magic");
  EXPECT_EQ(expanded(""), "");
}

}  // namespace
}  // namespace xrdct::io
