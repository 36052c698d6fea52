#include "io/files/durable_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "core/words/errors.hpp"

namespace {

using namespace xrdct;
using testing::HasSubstr;

std::string content(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(WriteAt, changes_only_its_bytes) {
  std::ofstream("write_at.bin") << "0123456789";
  io::FileDescriptor const descriptor("write_at.bin", O_RDWR);
  io::write_at(descriptor, "write_at.bin", std::as_bytes(std::span("abc", 3)), 4);
  EXPECT_EQ(content("write_at.bin"), "0123abc789");
}

TEST(WriteAt, tells_the_reason_when_it_cannot) {
  std::ofstream("read_only.bin") << "x";
  io::FileDescriptor const descriptor("read_only.bin", O_RDONLY);
  EXPECT_THROW(io::write_at(descriptor, "read_only.bin", std::as_bytes(std::span("abc", 3)), 0),
               core::IoError);
}

TEST(RequireSpace, tells_both_numbers) {
  EXPECT_NO_THROW(io::require_space("some.h5", 1));
  try {
    io::require_space("some.h5", std::uint64_t{1} << 60);
    FAIL();
  } catch (core::IoError const& error) {
    EXPECT_THAT(error.what(), HasSubstr("some.h5"));
    EXPECT_THAT(error.what(), HasSubstr("1152921504606846976 bytes"));
  }
}

TEST(AllocateBlocks, keeps_size_and_content) {
  {
    std::ofstream stream("sparse.bin");
    stream << "head";
    stream.seekp(100'000);
    stream << "tail";
  }
  auto const before = content("sparse.bin");
  io::allocate_blocks(io::FileDescriptor("sparse.bin", O_RDWR), "sparse.bin");
  EXPECT_EQ(content("sparse.bin"), before);
}

TEST(RenameDurably, moves_and_replaces) {
  std::ofstream("rename_old") << "new";
  std::ofstream("rename_new") << "old";
  io::rename_durably("rename_old", "rename_new");
  EXPECT_EQ(content("rename_new"), "new");
  EXPECT_FALSE(std::filesystem::exists("rename_old"));
  EXPECT_THROW(io::rename_durably("rename_old", "rename_new"), core::IoError);
}

TEST(WriteFile, replaces_what_was_there_and_leaves_nothing_else) {
  std::filesystem::create_directory("whole");
  io::write_file("whole/text.xy", "1 2\n");
  io::write_file("whole/text.xy", "3 4\n");
  EXPECT_EQ(content("whole/text.xy"), "3 4\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator("whole"), {}), 1);
}

TEST(WriteFile, follows_links_and_leaves_other_names_as_they_were) {
  std::filesystem::remove("link.xy");
  io::write_file("behind.xy", "old");
  std::filesystem::create_symlink("behind.xy", "link.xy");
  std::filesystem::remove("kept.xy");
  std::filesystem::create_hard_link("behind.xy", "kept.xy");
  io::write_file("link.xy", "new");
  EXPECT_TRUE(std::filesystem::is_symlink("link.xy"));
  EXPECT_EQ(content("behind.xy"), "new");
  EXPECT_EQ(content("kept.xy"), "old");
  std::filesystem::remove("to_come.xy");
  std::filesystem::remove("link_to_nothing.xy");
  std::filesystem::create_symlink("to_come.xy", "link_to_nothing.xy");
  io::write_file("link_to_nothing.xy", "new");
  EXPECT_TRUE(std::filesystem::is_symlink("link_to_nothing.xy"));
  EXPECT_EQ(content("to_come.xy"), "new");
}

TEST(WriteFile, tells_what_it_cannot_write) {
  std::filesystem::remove("pipe");
  ASSERT_EQ(mkfifo("pipe", 0600), 0);
  EXPECT_THROW(io::write_file("pipe", "text"), core::IoError);
  EXPECT_TRUE(std::filesystem::is_fifo("pipe"));
  EXPECT_THROW(io::write_file("no_such_folder/text.xy", "text"), core::IoError);
  EXPECT_THROW(io::write_file(".", "text"), core::IoError);
}

TEST(WriteFile, needs_no_longer_name_than_that_of_the_file) {
  std::string const longest(255, 'x');
  io::write_file(longest, "text");
  EXPECT_EQ(content(longest), "text");
}

TEST(RunLock, keeps_others_away_and_cleans_up) {
  {
    io::RunLock const lock("locked.h5");
    EXPECT_THROW(io::RunLock("locked.h5"), core::IoError);
    EXPECT_TRUE(std::filesystem::exists("locked.h5.lock"));
  }
  EXPECT_FALSE(std::filesystem::exists("locked.h5.lock"));
  std::ofstream("locked.h5.lock") << "left behind by a run that was killed";
  EXPECT_NO_THROW(io::RunLock("locked.h5"));
}

TEST(FileDescriptor, names_the_file_that_it_cannot_open) {
  try {
    io::FileDescriptor const descriptor("no/such/file", O_RDONLY);
    FAIL();
  } catch (core::IoError const& error) {
    EXPECT_THAT(error.what(), HasSubstr("no/such/file"));
  }
}

}  // namespace
