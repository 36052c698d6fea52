#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/app/command.hpp"
#include "tests/app/scan/rank_commands.hpp"

/// One scan gives one file, byte by byte, whatever runs it.
namespace xrdct::test {
namespace {

/// 2 heights × 19 rotations × 61 translations, 1000 bins: edge chunks in every direction, more
/// blocks than ranks.
class SameBytes : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    auto const made = xrdct(folder_,
                            "simulate --detector Pilatus100k --heights 2 --rotations 19 "
                            "--translations 61 --bins 1000 --counts 0.5 --layout eiger "
                            "--frames-per-file 500 --output scan");
    ASSERT_EQ(made.status, 0) << made.errors;
    expected_ = reduced("", 1, "");
    ASSERT_GT(expected_.size(), 2u * 19 * 61 * 1000 * 3 * 4);
  }

  std::string reduced(std::string const& options, int ranks, std::string const& environment) {
    auto const run = xrdct(folder_, "reduce scan/job.json --overwrite --output out.h5 " + options,
                           ranks, environment);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.h5.part"));
    return read_text(folder_ / "out.h5");
  }

  void expect_same(std::string const& options, int ranks, std::string const& environment = "") {
    EXPECT_TRUE(reduced(options, ranks, environment) == expected_)
        << options << " on " << ranks << " ranks " << environment;
  }

  std::filesystem::path folder_;
  std::string expected_;
};

TEST_F(SameBytes, RanksAndWriters) {
  for (int const ranks : {1, 2, 4, 7}) {
    for (char const* writer : {"collective", "independent", "direct"})
      expect_same(std::string("--threads 1 --writer ") + writer, ranks);
  }
}

// As in many containers, where little or nothing may be kept in memory as files.
TEST_F(SameBytes, FoldersOfTemporaryFiles) {
  if (!can_mount()) GTEST_SKIP() << "needs the right to mount";
  for (char const* options : {"size=8k", "ro"}) {
    auto const run =
        run_ranks(folder_, {.ranks = 1,
                            .words = "scan/job.json -q --overwrite --output out.h5",
                            .before = std::string("mount -t tmpfs -o ") + options + " t /dev/shm",
                            .own_mounts = true});
    EXPECT_EQ(run.status, 0) << options << run.errors;
    EXPECT_TRUE(read_text(folder_ / "out.h5") == expected_) << options;
    std::filesystem::remove(folder_ / "out.h5");
  }
}

TEST_F(SameBytes, Threads) {
  for (int const threads : {1, 2, 3, 8}) expect_same("--threads " + std::to_string(threads), 1);
  expect_same("--threads 3", 2);
}

TEST_F(SameBytes, InstructionSets) {
  expect_same("", 1, "XRDCT_SIMD=portable");
  for (char const* simd : {"avx2", "avx512"}) {
    auto const run = xrdct(folder_, "reduce scan/job.json --overwrite --output out.h5", 1,
                           std::string("XRDCT_SIMD=") + simd);
    if (run.status == 2 && run.errors.find(simd) != std::string::npos) {
      std::cout << "this processor has no " << simd << "\n";
      continue;
    }
    expect_same("", 1, std::string("XRDCT_SIMD=") + simd);
  }
}

}  // namespace
}  // namespace xrdct::test
