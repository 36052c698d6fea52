#include "io/chunks/data_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <exception>
#include <fstream>
#include <thread>
#include <vector>

#include "core/words/errors.hpp"
#include "tests/io/frames/hdf5_frames.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t files = DataFiles::most_open + 20;

std::filesystem::path file_of(std::filesystem::path const& folder, std::size_t number) {
  return folder / ("file" + std::to_string(number));
}

std::size_t open_below(std::filesystem::path const& folder) {
  std::size_t count = 0;
  for (auto const& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // that of the iterator
    auto const target = std::filesystem::read_symlink(entry.path(), gone);
    count += !gone && target.parent_path() == folder;
  }
  return count;
}

TEST(DataFiles, AreReadByThreadsThatShareThoseThatAreOpen) {
  auto const folder = std::filesystem::canonical(test::fresh_folder());
  for (std::size_t n = 0; n < files; ++n)
    std::ofstream(file_of(folder, n)) << std::string(10, static_cast<char>('0' + n % 10)) << n;
  DataFiles data;
  std::atomic<std::size_t> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < 3 * files; ++i) {
          std::size_t const n = (i * (t + 1)) % files;
          std::vector<std::byte> bytes(4);
          if (!data.read(file_of(folder, n), 3, bytes).empty() ||
              bytes != std::vector<std::byte>(4, static_cast<std::byte>('0' + n % 10)))
            ++wrong;
        }
      });
  }
  EXPECT_EQ(wrong, 0u);
  EXPECT_GE(open_below(folder), 1u);
  EXPECT_LE(open_below(folder), DataFiles::most_open);
}

TEST(DataFiles, SayWhyTheyCannotBeRead) {
  auto const folder = test::fresh_folder();
  std::ofstream(folder / "short") << "abc";
  DataFiles data;
  std::vector<std::byte> bytes(4);
  EXPECT_THAT(data.read(folder / "none", 0, bytes), testing::HasSubstr("No such file"));
  EXPECT_THAT(data.read(folder / "short", 1, bytes),
              testing::HasSubstr("found the end of the file after 2"));
}

TEST(DataFiles, AreOpenedAnewAfterAFailure) {
  auto const folder = test::fresh_folder();
  auto const file = folder / "file";
  std::ofstream(file) << "ab";
  DataFiles data;
  std::vector<std::byte> bytes(4);
  EXPECT_NE(data.read(file, 0, bytes), "");
  std::ofstream(folder / "other") << "abcd";
  std::filesystem::rename(folder / "other", file);
  EXPECT_EQ(data.read(file, 0, bytes), "");
  EXPECT_EQ(bytes[3], std::byte{'d'});
  std::filesystem::remove(file);
  EXPECT_EQ(data.read(file, 0, bytes), "") << "it is still open";
}

TEST(DataFiles, AreNotToBlameForALimitOfThisProcess) {
  auto const folder = test::fresh_folder();
  std::ofstream(folder / "file") << "abcd";
  DataFiles data;
  std::vector<std::byte> bytes(4);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  int const next = dup(0);  // the lowest number that is free
  close(next);
  rlimit const few{static_cast<rlim_t>(next), before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  std::exception_ptr failure;
  try {
    (void)data.read(folder / "file", 0, bytes);
  } catch (...) {
    failure = std::current_exception();
  }
  setrlimit(RLIMIT_NOFILE, &before);  // the sanitizer needs descriptors to look at an exception
  ASSERT_TRUE(failure);
  auto const text = test::error_of<core::IoError>([&] { std::rethrow_exception(failure); });
  EXPECT_THAT(text, testing::HasSubstr("ulimit -n"));
}

}  // namespace
}  // namespace xrdct::io
