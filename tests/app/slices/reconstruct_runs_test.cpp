#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/ended_runs.hpp"
#include "tests/app/scan/rank_commands.hpp"
#include "tests/support/replaced_values.hpp"

/// Runs of `reconstruct` that are repeated or disturbed, and what its ranks do once alone.
namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ReconstructRuns : public LongRuns {
 protected:
  ReconstructRuns() : LongRuns(reconstruct_command()) {}

  /// How often all ranks together read the sinograms.
  std::int64_t reads(std::string const& reductions, std::string const& options, int ranks) const {
    write_text(folder_ / "counts", std::string(512, '\0'));
    write_text(folder_ / "some.json",
               R"({"sinograms": {"file": "sinograms.h5", "reductions": [)" + reductions + "]}}");
    auto const run =
        xrdct(folder_, "reconstruct some.json -o some.h5 --overwrite " + options, ranks,
              "LD_PRELOAD=" XRDCT_FAILING_CALLS
              " FAULT_FILE=sinograms.h5 FAULT_CALLS=pread FAULT_AT=0 FAULT_COUNTS=" +
                  (folder_ / "counts").string());
    EXPECT_EQ(run.status, 0) << run.errors;
    auto const counts = read_text(folder_ / "counts");
    std::int64_t all = 0;
    for (std::size_t at = 0; at < counts.size(); at += sizeof all) {
      std::int64_t one = 0;
      std::memcpy(&one, counts.data() + at, sizeof one);
      all += one;
    }
    return all;
  }
  /// The same without those of a run that only opens the file and looks.
  std::int64_t reads_beside_looking(std::string const& reductions, int ranks) const {
    return reads(reductions, "", ranks) - reads(reductions, "--dry-run", ranks);
  }
};

TEST_F(ReconstructRuns, LookAtEachHeightOnceOnAnyNumberOfRanks) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer has to be the first library that is preloaded";
#endif
  // what each rank reads besides, of the structure
  constexpr std::int64_t of_structure = 20;
  auto const look = reads("\"cake\"", "--dry-run", 1);
  ASSERT_GT(look, 3 * 2 * of_structure) << "a second look at a height would not be seen";
  auto const both = "\"cake\", \"mean\"";
  auto const apart = reads_beside_looking("\"cake\"", 1) + reads_beside_looking("\"mean\"", 1);
  for (int const ranks : {1, 2, 3, 5})
    EXPECT_LE(reads_beside_looking(both, ranks), apart + of_structure * ranks) << ranks << " ranks";
  // Heights that are left over are looked at by several ranks, each of which reads its share, after
  // it has opened the file: a second look at one height would be 300 reads.
  constexpr std::int64_t of_opening = 100;
  for (int const ranks : {2, 3, 5, 7})
    EXPECT_LE(reads("\"cake\"", "--dry-run", ranks), look + of_opening * (ranks - 1))
        << ranks << " ranks";
}

TEST_F(ReconstructRuns, GiveTheSameBytesWhereHeightsAreSharedByRanks) {
  auto const expected = undisturbed();
  for (int const ranks : {2, 4, 7}) {
    auto const again = run("--overwrite", ranks);
    EXPECT_EQ(again.status, 0) << again.errors;
    EXPECT_TRUE(read_text(output()) == expected) << ranks << " ranks";
  }
}

// All methods have a centre, so that each share of each would be seen.
TEST_F(ReconstructRuns, GiveTheSameBytesAndWordsWhereAHeightIsLookedAtByAllRanks) {
  ASSERT_EQ(xrdct(folder_,
                  "simulate --shape 64x64 --rotations 36 --rotation-step 10 --translations 21 "
                  "--sample-radius 2 --bins 70 --counts 20 --output one")
                .status,
            0);
  ASSERT_EQ(xrdct(folder_, "reduce one/job.json -q -o sinograms.h5 --overwrite").status, 0);
  for (std::string const options : {"", "--centre 10.25", "--algorithm sirt --iterations 3"}) {
    std::string bytes, words;
    for (int const ranks : {1, 2, 3, 5, 7}) {
      auto const outcome = run("--overwrite " + options, ranks);
      EXPECT_EQ(outcome.status, 0) << outcome.errors;
      auto const told = outcome.out.substr(0, outcome.out.find("slices of "));
      if (ranks == 1) {
        bytes = read_text(output());
        words = told;
        if (options.empty()) {
          EXPECT_THAT(words, HasSubstr("double_wedge "));
          EXPECT_THAT(words, testing::Not(HasSubstr("none")));
        }
      }
      EXPECT_TRUE(read_text(output()) == bytes) << ranks << " ranks " << options;
      EXPECT_EQ(told, words) << ranks << " ranks";
    }
  }
}

TEST_F(ReconstructRuns, TellWhatAFinishedOutputLacksAsTheFirstTime) {
  replace_in(folder_ / "scan/job.json", "\"slow\": 12", "\"slow\": 13");
  replace_in(folder_ / "scan/job.json", "\"scan\": {", "\"scan\": {\"incomplete\": \"nan\", ");
  ASSERT_EQ(xrdct(folder_, "reduce scan/job.json --quiet -o sinograms.h5 --overwrite").status, 4);
  ASSERT_EQ(run().status, 4);
  for (int const ranks : {1, 2}) {
    auto const again = run("", ranks);
    EXPECT_EQ(again.status, 4) << again.errors;
    EXPECT_THAT(again.out, HasSubstr("is finished"));
    EXPECT_THAT(again.errors, HasSubstr("33 samples of all heights have no good frame"));
  }
  // a sample that is left out as a zinger is none of them
  constexpr std::size_t bins = 9 * 20, place = 5 * 11 + 5;
  std::vector<double> values(3 * 13 * 11 * bins, 1.0);
  std::fill_n(values.begin() + place * bins, bins, 100.0);
  replace_values(folder_ / "sinograms.h5", "/entry/cake/I", values);
  replace_values(folder_ / "sinograms.h5", "/entry/cake/I_errors",
                 std::vector<double>(values.size(), 0.01));
  write_text(folder_ / "slices.json", R"({"sinograms": {"file": "sinograms.h5"},
    "conditioning": {"zingers": {"threshold": 6}}, "output": {"overwrite": true}})");
  auto const without = run();
  EXPECT_EQ(without.status, 4) << without.errors;
  EXPECT_THAT(without.out, HasSubstr("1 zingers left out"));
  EXPECT_THAT(xrdct(folder_, "view out.h5 --conditioning").out,
              HasSubstr("1 zingers left out, 0 samples without a good frame"));
  write_text(folder_ / "slices.json", R"({"sinograms": {"file": "sinograms.h5"},
    "conditioning": {"zingers": {"threshold": 6}}})");
  auto const last = run();
  EXPECT_EQ(last.status, 4) << last.errors;
  EXPECT_THAT(last.errors, HasSubstr("33 samples of all heights have no good frame"));
}

/// 20 s of work where nothing ends it: a shell that is late by seconds still finds it.
void make_more_sinograms(fs::path const& folder) {
  auto const made = xrdct(folder,
                          "reduce scan/job.json -q -o sinograms.h5 --overwrite "
                          "--set reductions[0].azimuthal_bins=120");
  ASSERT_EQ(made.status, 0) << made.errors;
}

constexpr char slow_words[] =
    "slices.json -q --output out.h5 --algorithm sirt --iterations 10000 --restart ";

RankCommand slow(int ranks, std::string const& meanwhile, std::string const& more = "") {
  return {
      .ranks = ranks, .command = "reconstruct", .words = slow_words + more, .meanwhile = meanwhile};
}

TEST_F(ReconstructRuns, StopWhenOneRankIsAskedTo) {
  make_more_sinograms(folder_);
  for (std::string const signal : {"TERM", "USR2"}) {
    for (std::string const writer : {"collective", "direct"}) {
      int const ranks = writer == "direct" ? 1 : 3;
      auto const outcome =
          run_ranks(folder_, slow(ranks, "kill -" + signal + " $last", "--writer " + writer));
      EXPECT_EQ(outcome.status, 99) << outcome.errors;
      EXPECT_EQ(last_words(outcome), 1) << outcome.errors;
      EXPECT_THAT(outcome.errors, HasSubstr("xrdct: stopped by SIG" + signal + " after "));
      EXPECT_TRUE(fs::exists(part()));
      EXPECT_FALSE(fs::exists(output()) || fs::exists(folder_ / "out.h5.lock"));
      fs::remove(part());
    }
  }
}

// It is stopped when it has written a unit: no rank is still at opening the output, which is one
// call of MPI-IO that all are in. The watchdog waits longer than a busy disk keeps another rank.
TEST_F(ReconstructRuns, AreEndedByTheWatchdogWhenARankIsStopped) {
  make_more_sinograms(folder_);
  constexpr char stop[] =
      "for i in $(seq 1000); do [ -s out.h5.journal/000000.000002 ] && break; sleep 0.02; done; "
      "kill -STOP $last";
  for (std::string const writer : {"collective", "direct"}) {
    auto const outcome = run_ranks(folder_, slow(3, stop, "--watchdog 10 --writer " + writer));
    EXPECT_EQ(outcome.status, 98) << outcome.errors;
    EXPECT_EQ(last_words(outcome), 1) << outcome.errors;
    // within a common write the others know only that they wait
    EXPECT_TRUE(names_rank_2(outcome) ||
                outcome.errors.find("itself does not get on") != std::string::npos)
        << outcome.errors;
    fs::remove(part());
    fs::remove_all(journal());
  }
}

TEST_F(ReconstructRuns, EndWithOneMessageWhereOneRankIsDifferent) {
  auto const differs = [&](std::string const& other, std::string const& before,
                           std::vector<int> const& statuses, std::string const& told) {
    auto const outcome = run_ranks(folder_, {.command = "reconstruct",
                                             .words = "slices.json -q --output out.h5",
                                             .other_words = other,
                                             .before = before,
                                             .own_mounts = before.starts_with("mount")});
    EXPECT_THAT(statuses, testing::Contains(outcome.status)) << outcome.errors;
    EXPECT_EQ(last_words(outcome), 1) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr(told));
    EXPECT_FALSE(fs::exists(output()) || fs::exists(part())) << other << before;
  };
  differs("slices.json -q --output out.h5 --centre 4", "", {2}, "the job");
  differs("slices.json -q --output out.h5 --algorithm cgls", "", {2}, "the job");
  differs("nothing.json -q --output out.h5", "", {2, 3}, "nothing.json");
  differs("slices.json -q --output out.h5 --writer direct", "", {2}, "the options of the run");
  differs("slices.json -q --output out.h5 --dry-run", "", {2}, "the options of the run");
  differs("slices.json -q --output other.h5", "", {2}, "the options of the run");
  differs("", "export XRDCT_SIMD=none", {2}, "XRDCT_SIMD");
  if (!can_mount()) GTEST_SKIP() << "the rest needs the right to mount";
  auto const made =
      xrdct(folder_, "reduce scan/job.json -q -o other.h5 --set corrections.solid_angle=false");
  ASSERT_EQ(made.status, 0) << made.errors;
  differs("", "mount --bind other.h5 sinograms.h5", {2}, "the sinograms");
  differs("", "mount --bind scan/truth.h5 sinograms.h5", {2, 3}, "rank 2 on ");
}

}  // namespace
}  // namespace xrdct::test
