#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "compare_files.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Small, and with everything: two heights, zigzag, gaps of another file, a drifting monitor, hot
// pixels, a tilted detector seen in one quarter.
std::string const small =
    "simulate --shape 96x96 --pixel 1e-4 --heights 2 --rotations 8 --translations 13 --zigzag "
    "--bins 50 --splitting none --distance 0.08 "
    "--poni1 1e-3 --poni2 1e-3 --rot1 0.01 --rot2 -0.006 --rot3 0.2 --monitor-drift 0.2 "
    "--hot-pixels 4 --frames-per-file 60 ";

void expect_same_files(fs::path const& one, fs::path const& other) {
  std::size_t files = 0;
  for (auto const& entry : fs::directory_iterator(one)) {
    EXPECT_TRUE(read_text(entry.path()) == read_text(other / entry.path().filename()))
        << entry.path().filename();
    ++files;
  }
  EXPECT_EQ(files, static_cast<std::size_t>(
                       std::distance(fs::directory_iterator(other), fs::directory_iterator())));
}

class SimulateAt : public testing::TestWithParam<char const*> {};

TEST_P(SimulateAt, ReducedScanAgreesWithItsTruthAndAWrongCalibrationDoesNot) {
  auto const folder = fresh_folder();
  auto const made =
      xrdct(folder, small + "-o scan --layout eiger --type u16 --counts " + GetParam());
  ASSERT_EQ(made.status, 0) << made.errors;
  auto const reduced = xrdct(folder, "reduce scan/job.json", 2);
  ASSERT_EQ(reduced.status, 0) << reduced.errors << reduced.out;
  auto const comparison = compare_files(folder / "scan/truth.h5", folder / "scan/scan_xrdct.h5");
  comparison.print(std::cout);
  EXPECT_TRUE(comparison.agrees());
  EXPECT_GT(comparison.compared(), 4 * comparison.left_out());

  replace_in(folder / "scan/calib.poni", "Poni1: 0.001", "Poni1: 0.0011");
  replace_in(folder / "scan/job.json", "\"overwrite\": false", "\"overwrite\": true");
  ASSERT_EQ(xrdct(folder, "reduce scan/job.json").status, 0);
  auto const off = compare_files(folder / "scan/truth.h5", folder / "scan/scan_xrdct.h5");
  off.print(std::cout);
  EXPECT_FALSE(off.agrees());
}

INSTANTIATE_TEST_SUITE_P(CountsPerPixel, SimulateAt, testing::Values("0.2", "50"),
                         [](auto const& instance) { return "n" + std::to_string(instance.index); });

TEST(Simulate, SameBytesForAnyNumberOfRanksAndThreads) {
  auto const folder = fresh_folder();
  for (std::string const layout : {"eiger", "single"}) {
    std::string const command =
        "simulate --shape 40x40 --rotations 4 --translations 5 --frames-per-file 7 --zigzag "
        "--hot-pixels 3 --spots 2 --layout " +
        layout + " -o " + layout;
    ASSERT_EQ(xrdct(folder, command + "1 --threads 1").status, 0);
    ASSERT_EQ(xrdct(folder, command + "2 --threads 2").status, 0);
    ASSERT_EQ(xrdct(folder, command + "3 --threads 1", 3).status, 0);
    expect_same_files(folder / (layout + "1"), folder / (layout + "2"));
    expect_same_files(folder / (layout + "1"), folder / (layout + "3"));
  }
}

TEST(Simulate, RepeatedFramesHaveThePatternsOfTheirStoredFrame) {
  auto const folder = fresh_folder();
  // 60 of 208 frames in a file: the last one is shorter
  std::string const options = small + "--layout eiger --spots 2 --counts 20 ";
  ASSERT_EQ(xrdct(folder, options + "-o once").status, 0);
  ASSERT_EQ(xrdct(folder, options + "-o one_copy --repeat 1", 2).status, 0);
  expect_same_files(folder / "once", folder / "one_copy");
  auto const made = xrdct(folder, options + "-o thrice --repeat 3", 2);
  ASSERT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out, HasSubstr("6 heights x 8 rotations x 13 translations = 624 frames"));
  for (auto const& entry : fs::directory_iterator(folder / "thrice"))
    EXPECT_TRUE(fs::exists(folder / "once" / entry.path().filename()));

  ASSERT_EQ(xrdct(folder, "reduce once/job.json").status, 0);
  auto const reduced = xrdct(folder, "reduce thrice/job.json", 2);
  ASSERT_EQ(reduced.status, 0) << reduced.errors;
  io::SinogramReader const once(folder / "once/scan_xrdct.h5"),
      thrice(folder / "thrice/scan_xrdct.h5");
  ASSERT_EQ(thrice.shape(), (core::ScanShape{6, 8, 13}));
  for (std::string const field : {"I", "I_errors", "count"}) {
    for (std::size_t place = 0; place < thrice.shape().places(); ++place) {
      std::size_t const height = place / (8 * 13), slow = place / 13 % 8, fast = place % 13;
      auto const found = thrice.pattern("mean", field, height, slow, fast),
                 expected = once.pattern("mean", field, height % 2, slow, fast);
      ASSERT_EQ(found.size(), expected.size());
      EXPECT_EQ(std::memcmp(found.data(), expected.data(), found.size() * sizeof found[0]), 0)
          << field << " of place " << place;
    }
  }
}

TEST(Simulate, TheTruthIsRepeatedWithTheFrames) {
  auto const folder = fresh_folder();
  ASSERT_EQ(xrdct(folder, small + "-o scan --layout eiger --counts 20 --repeat 3").status, 0);
  ASSERT_EQ(xrdct(folder, "reduce scan/job.json").status, 0);
  auto const comparison = compare_files(folder / "scan/truth.h5", folder / "scan/scan_xrdct.h5");
  // The same noise three times over spreads the mean of a bin √3 times as far.
  EXPECT_NEAR(comparison.mean_z2(), 1.0, std::sqrt(3.0) * comparison.mean_z2_tolerance());
  EXPECT_LE(comparison.worst_bin(), 5.0 * std::sqrt(3.0));
  EXPECT_GT(comparison.compared(), 4 * comparison.left_out());
}

TEST(Simulate, ADryRunWritesNothing) {
  auto const folder = fresh_folder();
  auto const run = xrdct(folder, small + "-o scan --dry-run");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr("208 frames"));
  EXPECT_FALSE(fs::exists(folder / "scan"));
}

TEST(Simulate, FilesThatExistAreKept) {
  auto const folder = fresh_folder();
  ASSERT_EQ(xrdct(folder, small + "-o scan").status, 0);
  auto const again = xrdct(folder, small + "-o scan", 2);
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.errors, HasSubstr("--overwrite"));
  EXPECT_EQ(again.errors.find("cannot write"), again.errors.rfind("cannot write")) << again.errors;
  EXPECT_EQ(xrdct(folder, small + "-o scan --overwrite").status, 0);
}

TEST(Simulate, NonsenseIsNamed) {
  auto const folder = fresh_folder();
  std::pair<char const*, char const*> const mistakes[] = {
      {"--shape 3by4", "--shape"},
      {"--shape 32x32 --type u64", "--type: expected u16, u32, i32, found u64; did you mean u16?"},
      {"--shape 32x32 --layout eigre", "did you mean eiger?"},
      {"--shape 32x32 --counts -1", "--counts"},
      {"--shape 32x32 --air 1 --monitor-drift 2", "--air"},
      {"--shape 32x32 --air 1 --monitor-drift 2", "--monitor-drift"},
      {"--shape 32x32 --polarization much", "--polarization"},
      {"--shape 32x32 --translations 0", "--translations"},
      {"--shape 32x32 --energy 0", "--energy"},
      {"--shape 32x32 --layout eiger --repeat 0", "found 0"},
      {"--shape 32x32 --layout eiger --repeat -1", "found -1"},
      {"--shape 32x32 --layout eiger --repeat 1000000000", "--repeat"},
      {"--shape 32x32 --layout eiger --repeat 1.5", "--repeat"},
      {"--shape 32x32 --repeat 2", "--layout eiger"},
      {"--shape 32x32 --layout eiger --zigzag --repeat 2", "even number of lines"},
      {"--shape 32x32 --type u16 --counts 50000", "lower --counts"},
      {"--shape 32x32 --detector Eiger4M", "--detector"},
      {"--pixel 1e-4", "--shape"},
      {"--detector Eigr4M", "Eiger4M"}};
  for (auto const& [options, told] : mistakes) {
    auto const run = xrdct(folder, std::string("simulate -o scan --rotations 3 ") + options);
    EXPECT_EQ(run.status, 2) << options << run.errors;
    EXPECT_THAT(run.errors, HasSubstr(told)) << options;
    EXPECT_FALSE(fs::exists(folder / "scan"));
  }
}

}  // namespace
}  // namespace xrdct::test
