// A file system that has room, and gives none of it: a quota.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>

#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"
#include "io/guard/output_guard.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace {
std::atomic<int> refusal_of_space = 0;  // errno; 0: space is given
}  // namespace

// In place of that of the C library, for this program.
extern "C" int fallocate(int descriptor, int mode, off_t offset, off_t length) {
  if (refusal_of_space != 0) {
    errno = refusal_of_space;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fallocate, descriptor, mode, offset, length));
}

namespace xrdct::io::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Quota : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { refusal_of_space = GetParam(); }
  void TearDown() override { refusal_of_space = 0; }
};
INSTANTIATE_TEST_SUITE_P(By, Quota, testing::Values(EDQUOT, ENOSPC), [](auto const& reason) {
  return reason.param == EDQUOT ? std::string("Quota") : std::string("Space");
});

auto const names_the_quota =
    AllOf(HasSubstr("expected 1.05 MB (1048576 bytes) of free space"),
          HasSubstr("found a quota that leaves less, although "),
          HasSubstr("B of the file system are free; "), Not(HasSubstr("0.001")));

TEST_P(Quota, IsToldBeforeTheRun) {
  auto const folder = fresh_folder();
  OutputGuard guard;
  guard.add({.file = folder / "out.h5", .role = OutputRole::reduction, .bytes = 1 << 20});
  EXPECT_THAT(error_of<core::IoError>([&] { guard.require(OutputGuard::Space::taken); }),
              names_the_quota);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_P(Quota, IsToldWhenSpaceIsTaken) {
  auto const file = fresh_folder() / "out.h5";
  std::ofstream(file) << "x";
  std::filesystem::resize_file(file, 1 << 20);
  EXPECT_THAT(error_of<core::IoError>([&] { allocate_blocks(FileDescriptor(file, O_RDWR), file); }),
              names_the_quota);
}

TEST(SpaceText, NamesAQuotaWhereThereIsSpace) {
  EXPECT_EQ(space_text(3000000, 2000000), "2 MB (2000000 bytes)");
  EXPECT_EQ(space_text(1 << 20, std::uint64_t{1} << 42),
            "a quota that leaves less, although 4.4 TB of the file system are free");
  EXPECT_EQ(size_text(512), "512 B (512 bytes)");
}

}  // namespace
}  // namespace xrdct::io::test
