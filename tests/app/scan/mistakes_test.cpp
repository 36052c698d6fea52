#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/app/command.hpp"

/// Every mistake gives one clear message and its exit status, alone and on four ranks, and never
/// hangs.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

int count_of(std::string const& text, std::string const& word) {
  int count = 0;
  for (auto place = text.find(word); place != std::string::npos; place = text.find(word, place + 1))
    ++count;
  return count;
}

class Mistake : public testing::TestWithParam<int> {
 protected:
  /// Runs `reduce`, expects this status, one message, and no output file.
  std::string fails(std::filesystem::path const& folder, int status,
                    std::string const& output = "out.h5") {
    auto const run = xrdct(folder, "reduce scan/job.json --output " + output, GetParam());
    EXPECT_EQ(run.status, status) << run.errors << run.out;
    EXPECT_EQ(count_of(run.errors, "error: "), 1) << run.errors;
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
    return run.errors;
  }
};

TEST_P(Mistake, MistypedKey) {
  auto const folder = fresh_folder();
  replace_in(simulated_scan(folder), "\"splitting\"", "\"spliting\"");
  EXPECT_THAT(fails(folder, 2), AllOf(HasSubstr("spliting"), HasSubstr("splitting"),
                                      HasSubstr("$.reductions[0]"), HasSubstr("job.json")));
}

TEST_P(Mistake, PoniOfAnotherDetector) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  write_text(folder / "scan" / "calib.poni",
             "poni_version: 2\nDetector: Pilatus100k\nDetector_config: {}\nDistance: "
             "0.1\nWavelength: 1e-10\n");
  EXPECT_THAT(fails(folder, 2), AllOf(HasSubstr("$.calibration.poni"), HasSubstr("Pilatus100k"),
                                      HasSubstr("195"), HasSubstr("64")));
}

TEST_P(Mistake, TruncatedFile) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  auto const scan = folder / "scan" / "scan.h5";
  std::filesystem::resize_file(scan, std::filesystem::file_size(scan) / 2);
  EXPECT_THAT(fails(folder, 3), AllOf(HasSubstr("scan.h5"), HasSubstr("truncated")));
}

TEST_P(Mistake, MissingFile) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  std::filesystem::remove(folder / "scan" / "scan.h5");
  EXPECT_THAT(fails(folder, 3), HasSubstr("scan.h5"));
}

TEST_P(Mistake, MissingDataFile) {
  auto const folder = fresh_folder();
  simulated_scan(folder, "--layout eiger --frames-per-file 20");
  auto const data = folder / "scan" / "scan_data_000002.h5";
  ASSERT_TRUE(std::filesystem::remove(data));
  EXPECT_THAT(fails(folder, 3),
              AllOf(HasSubstr("scan_master.h5"), HasSubstr("scan_data_000002.h5")));
}

TEST_P(Mistake, CorruptChunk) {
  auto const folder = fresh_folder();
  replace_in(simulated_scan(folder), "\"snake\"", "\"bad_frames\": \"error\", \"snake\"");
  auto const file = folder / "scan" / "scan.h5";
  std::string bytes = read_text(file);
  std::size_t const middle = bytes.size() / 2;
  for (std::size_t i = 0; i < 600; ++i) bytes[middle + i] = '\xff';
  write_text(file, bytes);
  EXPECT_THAT(fails(folder, 3),
              AllOf(HasSubstr("scan.h5"), HasSubstr("frame "), HasSubstr("corrupt")));
}

TEST_P(Mistake, ExistingOutput) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  write_text(folder / "out.h5", "precious");
  auto const run = xrdct(folder, "reduce scan/job.json --output out.h5", GetParam());
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(count_of(run.errors, "error: "), 1) << run.errors;
  EXPECT_THAT(run.errors, AllOf(HasSubstr("out.h5"), HasSubstr("--overwrite")));
  EXPECT_EQ(xrdct(folder, "reduce scan/job.json --output out.h5 --overwrite", GetParam()).status,
            2);
  EXPECT_EQ(read_text(folder / "out.h5"), "precious");
  EXPECT_FALSE(std::filesystem::exists(folder / "out.h5.part"));
}

TEST_P(Mistake, FullDisk) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  auto const disk = folder / "disk";
  std::filesystem::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "a small file system can be mounted by root alone";
  auto const run = xrdct(folder, "reduce scan/job.json --output disk/out.h5", GetParam());
  umount2(disk.c_str(), MNT_DETACH);
  EXPECT_EQ(run.status, 3) << run.errors;
  EXPECT_EQ(count_of(run.errors, "error: "), 1) << run.errors;
  EXPECT_THAT(run.errors, AllOf(HasSubstr("disk/out.h5"), HasSubstr("space")));
}

TEST_P(Mistake, NoSuchFolder) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  EXPECT_THAT(fails(folder, 2, "nowhere/out.h5"), HasSubstr("nowhere"));
}

TEST_P(Mistake, TooFewFrames) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(job, "\"slow\": 8", "\"slow\": 9");
  EXPECT_THAT(fails(folder, 2), AllOf(HasSubstr("$.scan.shape"), HasSubstr("54"), HasSubstr("48"),
                                      HasSubstr("incomplete")));
}

TEST_P(Mistake, AllProblemsAtOnce) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(job, "\"slow\": 8", "\"slow\": 9");
  std::filesystem::remove(folder / "scan" / "calib.poni");
  auto const run = xrdct(folder, "check scan/job.json", GetParam());
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, AllOf(HasSubstr("calib.poni"), HasSubstr("54")));
}

TEST_P(Mistake, UnknownOption) {
  auto const folder = fresh_folder();
  auto const run = xrdct(folder, "reduce job.json --thread 3", GetParam());
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("--thread"));
}

INSTANTIATE_TEST_SUITE_P(Ranks, Mistake, testing::Values(1, 4), [](auto const& parameters) {
  return "On" + std::to_string(parameters.param);
});

}  // namespace
}  // namespace xrdct::test
