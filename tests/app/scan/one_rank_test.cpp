#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/scan/rank_commands.hpp"

namespace xrdct::test {
namespace {

using testing::HasSubstr;

constexpr char whole_job[] = "scan/job.json -q --output out.h5 --overwrite";

/// The last of three ranks sees another folder in the place of one.
RankCommand with_other(std::string const& folder, std::string const& target) {
  return {
      .words = whole_job, .before = "mount --bind " + folder + " " + target, .own_mounts = true};
}

void expect_end(Outcome const& outcome, int status, std::string const& text) {
  EXPECT_EQ(outcome.status, status) << outcome.errors;
  EXPECT_EQ(last_words(outcome), 1) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("xrdct: rank 2 on "));
  EXPECT_THAT(outcome.errors, HasSubstr(text));
}

std::filesystem::path with_copy(std::filesystem::path const& folder) {
  simulated_scan(folder);
  std::filesystem::copy(folder / "scan", folder / "other");
  return folder;
}

TEST(OneRank, IsNamedWhereItReadsAnotherJobOrCalibration) {
  if (!can_mount()) GTEST_SKIP() << "needs the right to mount";
  auto const folder = with_copy(fresh_folder());
  replace_in(folder / "other" / "job.json", "\"bins\": 100", "\"bins\": 90");
  expect_end(run_ranks(folder, with_other("other", "scan")), 2, "here: the job ");
  std::filesystem::copy_file(folder / "scan" / "job.json", folder / "other" / "job.json",
                             std::filesystem::copy_options::overwrite_existing);
  replace_in(folder / "other" / "calib.poni", "Rot1: ", "Rot1: 0.01");
  expect_end(run_ranks(folder, with_other("other", "scan")), 2,
             "here: the calibration calib.poni;");
  std::filesystem::remove(folder / "other" / "calib.poni");
  expect_end(run_ranks(folder, with_other("other", "scan")), 2, "calib.poni");
}

TEST(OneRank, IsNamedWhereItReadsOtherFramesOrNone) {
  if (!can_mount()) GTEST_SKIP() << "needs the right to mount";
  auto const folder = with_copy(fresh_folder());
  auto const frames = folder / "other" / "scan.h5";
  std::filesystem::remove(frames);
  expect_end(run_ranks(folder, with_other("other", "scan")), 3, "scan.h5");
  auto const made = xrdct(folder,
                          "simulate --shape 64x80 --rotations 8 --translations 6 --bins 100 "
                          "--counts 6 --output third");
  ASSERT_EQ(made.status, 0) << made.errors;
  std::filesystem::copy_file(folder / "third" / "scan.h5", frames);
  expect_end(run_ranks(folder, with_other("other", "scan")), 2, "the frames");
}

TEST(OneRank, MayHaveACopyOfItsOwn) {
  if (!can_mount()) GTEST_SKIP() << "needs the right to mount";
  auto const folder = with_copy(fresh_folder());
  auto const outcome = run_ranks(folder, with_other("other", "scan"));
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
}

TEST(OneRank, IsNamedWhereItHasAnotherFolderForTheOutput) {
  if (!can_mount()) GTEST_SKIP() << "needs the right to mount";
  auto const folder = fresh_folder();
  simulated_scan(folder);
  std::filesystem::create_directory(folder / "here");
  for (std::string const writer : {"collective", "independent", "direct"}) {
    RankCommand command{
        .words = "scan/job.json -q --overwrite --output here/out.h5 --writer " + writer,
        .before = "mount -t tmpfs t here",
        .own_mounts = true};
    expect_end(run_ranks(folder, command), 3, "here/out.h5 together");
    command.before = "mount --bind here here; mount -o remount,ro,bind here";
    expect_end(run_ranks(folder, command), 3, "Read-only file system");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder / "here") ||
              std::filesystem::exists(folder / "here" / "out.h5.part"));
}

TEST(OneRank, IsNamedWhereItHasOtherOptions) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  RankCommand command{.words = whole_job, .other_words = whole_job};
  command.other_words += " --writer direct";
  expect_end(run_ranks(folder, command), 2, "the options of the run");
  command.other_words = std::string(whole_job) + " --writer none";
  expect_end(run_ranks(folder, command), 2, "--writer");
}

TEST(OneRank, MayHaveAnotherInstructionSet) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  RankCommand command{.words = whole_job, .before = "export XRDCT_SIMD=portable"};
  auto const portable = run_ranks(folder, command);
  EXPECT_EQ(portable.status, 0) << portable.errors;
  std::string const bytes = read_text(folder / "out.h5");
  command.before = "";
  EXPECT_EQ(run_ranks(folder, command).status, 0);
  EXPECT_TRUE(read_text(folder / "out.h5") == bytes);
  command.before = "export XRDCT_SIMD=none";
  expect_end(run_ranks(folder, command), 2, "XRDCT_SIMD");
}

// Which call fails first depends on the machine, and may be one of MPI itself, which has its own
// words and status.
TEST(OneRank, WithFewDescriptorsOrLittleMemoryKeepsNobodyWaiting) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  RankCommand command{.words = whole_job};
  ASSERT_EQ(run_ranks(folder, command).status, 0);
  std::string const bytes = read_text(folder / "out.h5");
  for (std::string const limit :
       {"-n 14", "-n 17", "-n 20", "-n 23", "-v 270000", "-v 300000", "-v 340000", "-v 400000"}) {
    command.before = "ulimit " + limit;
    auto const outcome = run_ranks(folder, command);
    EXPECT_LE(last_words(outcome), 1) << limit << outcome.errors;
    EXPECT_NE(outcome.status, 124) << limit << outcome.errors;
    if (outcome.status == 0) {
      EXPECT_TRUE(read_text(folder / "out.h5") == bytes) << limit;
    }
  }
}

TEST(Ranks, ThatAllFailGiveOneMessage) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  auto const all = xrdct(folder, "reduce scan/job.json -q --output new.h5", 3, "XRDCT_SIMD=none");
  EXPECT_EQ(all.status, 2);
  EXPECT_EQ(last_words(all), 1) << all.errors;
}

}  // namespace
}  // namespace xrdct::test
