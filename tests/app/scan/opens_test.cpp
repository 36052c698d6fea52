#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/command.hpp"

/// How often the files of a scan are opened.
namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A scan of as many HDF5 files as are needed, all alike.
class Opens : public testing::Test {
 protected:
  void make_files(int count) const {
    auto const job = simulated_scan(folder_);
    fs::create_directory(folder_ / "series");
    for (int i = 0; i < count; ++i) fs::copy_file(folder_ / "scan/scan.h5", file(i));
    replace_in(job, "\"scan.h5\"", "\"../series/scan_*.h5\"");
    replace_in(job, "\"slow\": 8", "\"slow\": " + std::to_string(8 * count));
    auto text = read_text(job);
    auto const monitor = text.find(",\n    \"monitor\"");  // is read besides
    ASSERT_NE(monitor, std::string::npos);
    write_text(job, text.erase(monitor, text.find('\n', monitor + 2) - monitor));
  }
  fs::path file(int i) const {
    auto const number = std::to_string(i);
    return folder_ / "series" / ("scan_" + std::string(4 - number.size(), '0') + number + ".h5");
  }
  /// By each rank.
  std::vector<std::int64_t> opens(std::string const& command, int ranks) const {
    write_text(folder_ / "counts", std::string(512, '\0'));
    auto const run = xrdct(folder_, command, ranks,
                           "LD_PRELOAD=" XRDCT_FAILING_CALLS
                           " FAULT_FILE=series/scan_ FAULT_CALLS=open FAULT_AT=0 FAULT_COUNTS=" +
                               (folder_ / "counts").string());
    EXPECT_EQ(run.status, 0) << run.errors;
    auto const counts = read_text(folder_ / "counts");
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(ranks));
    std::memcpy(numbers.data(), counts.data(), numbers.size() * sizeof(std::int64_t));
    return numbers;
  }

  fs::path const folder_ = fresh_folder();
};

#ifdef __SANITIZE_ADDRESS__
constexpr bool can_preload = false;
#else
constexpr bool can_preload = true;
#endif

TEST_F(Opens, EachFileOnceOnOneRank) {
  if (!can_preload) GTEST_SKIP() << "the sanitizer has to be the first library";
  constexpr int files = 150;
  make_files(files);
  auto const all = opens("reduce scan/job.json -q -o out.h5", 1);
  EXPECT_GE(all[0], files);
  EXPECT_LE(all[0], files + 6) << "the first tells for all whether they hold frames";
}

TEST_F(Opens, OnceByTheRankThatFindsThemAndOnceByThatWhichReads) {
  if (!can_preload) GTEST_SKIP() << "the sanitizer has to be the first library";
  constexpr int files = 150, few = 6;
  make_files(files);
  auto const all = opens("reduce scan/job.json -q -o out.h5", 2);
  EXPECT_LE(all[0], files + few);
  EXPECT_GE(all[1], files / 3);
  EXPECT_LE(all[1], files * 2 / 3 + few);
}

TEST_F(Opens, GiveTheSameBytesAsOneFileOnAnyNumberOfRanks) {
  make_files(12);
  ASSERT_EQ(xrdct(folder_, "reduce scan/job.json -q -o one.h5", 1).status, 0);
  for (int const ranks : {2, 3}) {
    ASSERT_EQ(xrdct(folder_, "reduce scan/job.json -q -o more.h5 --overwrite", ranks).status, 0);
    EXPECT_TRUE(read_text(folder_ / "one.h5") == read_text(folder_ / "more.h5")) << ranks;
  }
}

TEST_F(Opens, SayWhichFilesWerePassedOver) {
  make_files(3);
  ASSERT_EQ(xrdct(folder_, "reduce scan/job.json -q -o series/scan_0003.h5", 1).status, 0);
  auto const again = xrdct(folder_, "reduce scan/job.json -q -o out.h5", 2);
  EXPECT_EQ(again.status, 0) << again.errors;
  EXPECT_THAT(again.errors, HasSubstr("passed over: scan_0003.h5 (a result of xrdct reduce)"));
}

}  // namespace
}  // namespace xrdct::test
