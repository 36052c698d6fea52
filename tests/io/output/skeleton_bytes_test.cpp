#include "io/output/skeleton_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// A hole of 1 MiB between two bytes.
std::vector<std::uint64_t> two_bytes(std::filesystem::path const& file) {
  std::ofstream out(file, std::ios::binary);
  out.put('a');
  out.seekp(1 << 20);
  out.put('b');
  return {0, 1 << 20};
}

TEST(SkeletonBytes, AreCopiedAndLeaveNoFile) {
  SkeletonBytes const skeleton(8192, two_bytes);
  EXPECT_FALSE(std::filesystem::exists(skeleton.name()));
  EXPECT_EQ(skeleton.addresses(), (std::vector<std::uint64_t>{0, 1 << 20}));
  std::filesystem::path const file = "skeleton_bytes_copy";
  skeleton.copy_to(file);
  std::ifstream in(file, std::ios::binary);
  std::string const content{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(content == 'a' + std::string((1 << 20) - 1, '\0') + 'b');
}

TEST(SkeletonBytes, WantRoomAndSayWhere) {
  constexpr std::uint64_t exabyte = std::uint64_t{1} << 60;
  try {
    SkeletonBytes const skeleton(exabyte, two_bytes);
    FAIL() << "nothing was thrown";
  } catch (core::IoError const& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("make the structure of the output"),
                                    HasSubstr(" free in "), HasSubstr("TMPDIR")));
  }
}

}  // namespace
}  // namespace xrdct::io
