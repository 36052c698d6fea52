// What a killed process left of a file that it wrote.
#include "io/files/unfinished_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

std::string content(fs::path const& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A folder with what a killed process left of log.json.
class UnfinishedFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test::fresh_folder();
    file_ = folder_ / "log.json";
    left_ = unfinished_path(file_);
    std::ofstream(left_) << "{";
  }
  auto entries() const { return std::distance(fs::directory_iterator(folder_), {}); }

  fs::path folder_, file_, left_;
};

TEST_F(UnfinishedFiles, GoWhenTheirFileIsWritten) {
  write_file(file_, "{}");
  EXPECT_EQ(content(file_), "{}");
  EXPECT_EQ(entries(), 1);
}

TEST_F(UnfinishedFiles, GoWhenNothingIsWritten) {
  remove_unfinished(file_);
  EXPECT_EQ(entries(), 0);
  remove_unfinished(file_);
}

TEST_F(UnfinishedFiles, StayWhereAProcessIsAtThem) {
  {
    FileDescriptor const other(left_, O_WRONLY);
    ASSERT_EQ(flock(other.get(), LOCK_EX), 0);
    remove_unfinished(file_);
    write_file(file_, "{}");
    EXPECT_EQ(content(file_), "{}");
    EXPECT_EQ(content(left_), "{");
  }
  remove_unfinished(file_);
  EXPECT_EQ(entries(), 1);
}

TEST_F(UnfinishedFiles, OfOtherFilesAndOfOtherKindsStay) {
  auto const of_other = unfinished_path(folder_ / "other.json");
  fs::rename(left_, of_other);
  fs::create_directory(left_);
  remove_unfinished(file_);
  write_file(file_, "{}");
  EXPECT_TRUE(fs::is_directory(left_) && fs::exists(of_other));
  fs::remove(left_);
  ASSERT_EQ(mkfifo(left_.c_str(), 0600), 0);
  write_file(file_, "[]");
  EXPECT_EQ(content(file_), "[]");
  EXPECT_TRUE(fs::is_fifo(left_));
}

TEST_F(UnfinishedFiles, AreRemovedWhereWritingFails) {
  fs::remove(left_);
  try {
    UnfinishedFile const part(file_);
    EXPECT_EQ(part.path(), left_);
    throw 1;
  } catch (int) {
    EXPECT_EQ(entries(), 0);
  }
}

}  // namespace
}  // namespace xrdct::io
