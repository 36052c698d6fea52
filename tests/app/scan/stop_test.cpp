#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/scan/rank_commands.hpp"

namespace xrdct::test {
namespace {

using testing::HasSubstr;

/// A scan that takes 2 s `times` where nothing ends it: four times medians by the slow engine, of
/// 820 frames. So long that a shell which is late still finds it at work.
std::filesystem::path slow_scan(std::filesystem::path const& folder, int times = 10) {
  auto const made = xrdct(folder,
                          "simulate --shape 64x80 --rotations 20 --translations 41 --bins 100 "
                          "--layout eiger --output scan --repeat " +
                              std::to_string(times));
  EXPECT_EQ(made.status, 0) << made.errors;
  auto const job = folder / "scan" / "job.json";
  std::string text = read_text(job);
  auto const begin = text.find("\"reductions\"");
  auto const first = text.find('{', begin), end = text.find('}', first) + 1;
  std::string const mean = text.substr(first, end - first);
  std::string more;
  for (std::string const name : {"b", "c", "d", "e"}) {
    std::string one = mean;
    one.replace(one.find("\"mean\""), 6, "\"" + name + "\"");
    one.replace(one.find("\"mean\""), 6, "\"median\"");
    more += ",\n" + one;
  }
  text.insert(end, more);
  write_text(job, text);
  return folder;
}

constexpr char waits_in_a_write[] =
    "itself does not get on, or waits in a common write for a rank that does not";

constexpr char slow_job[] = "scan/job.json -q --threads 1 --engine spmm --output out.h5 --restart ";

void expect_stopped(Outcome const& outcome, std::string const& signal,
                    std::filesystem::path const& folder) {
  EXPECT_EQ(outcome.status, 99) << outcome.errors;
  EXPECT_EQ(last_words(outcome), 1) << outcome.errors;
  EXPECT_THAT(outcome.errors, HasSubstr("xrdct: stopped by " + signal + " after "));
  EXPECT_TRUE(std::filesystem::exists(folder / "out.h5.part"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out.h5.lock"));
}

TEST(Signals, ToOneRankStopAllOfThem) {
  auto const folder = slow_scan(fresh_folder());
  for (int const ranks : {1, 2, 3}) {
    for (std::string const writer : {"collective", "independent", "direct"}) {
      SCOPED_TRACE(writer + " on " + std::to_string(ranks));
      expect_stopped(run_ranks(folder, {.ranks = ranks,
                                        .words = slow_job + ("--writer " + writer),
                                        .meanwhile = "kill -TERM $last"}),
                     "SIGTERM", folder);
      std::filesystem::remove(folder / "out.h5.part");
    }
  }
}

TEST(Signals, OfAllFourKindsStop) {
  auto const folder = slow_scan(fresh_folder());
  for (std::string const signal : {"INT", "USR1", "USR2"}) {
    expect_stopped(
        run_ranks(folder,
                  {.ranks = 2, .words = slow_job, .meanwhile = "kill -" + signal + " $last"}),
        "SIG" + signal, folder);
    std::filesystem::remove(folder / "out.h5.part");
  }
}

TEST(Signals, ToTheLauncherStop) {
  auto const folder = slow_scan(fresh_folder());
  expect_stopped(
      run_ranks(folder, {.ranks = 3, .words = slow_job, .meanwhile = "kill -USR2 $launcher"}),
      "SIGUSR2", folder);
}

TEST(Signals, EndARunAtOnceTheSecondTime) {
  auto const folder = slow_scan(fresh_folder());
  auto const outcome =
      run_ranks(folder, {.ranks = 2,
                         .words = slow_job,
                         .meanwhile = "kill -TERM $last; sleep 0.3; kill -TERM $last"});
  EXPECT_EQ(outcome.status, 99) << outcome.errors;
  EXPECT_LE(last_words(outcome), 1) << outcome.errors;
}

class StoppedRank : public testing::TestWithParam<std::string> {};

// Where it is stopped within a common write, the others are in it too and know only that they wait:
// that is chance, and the next run is not stopped there. The others make what is theirs first.
TEST_P(StoppedRank, IsNamedByTheWatchdog) {
  auto const folder = slow_scan(fresh_folder(), 5);
  bool named = false;
  for (int run = 0; run < 6 && !named; ++run) {
    auto const outcome =
        run_ranks(folder, {.words = slow_job + ("--watchdog 8 --writer " + GetParam()),
                           .meanwhile = "sleep 1; kill -STOP $last"});
    EXPECT_EQ(outcome.status, 98) << outcome.errors;
    EXPECT_EQ(last_words(outcome), 1) << outcome.errors;
    named = names_rank_2(outcome);
    EXPECT_TRUE(named || outcome.errors.find(waits_in_a_write) != std::string::npos)
        << outcome.errors;
    std::filesystem::remove(folder / "out.h5.part");
  }
  EXPECT_TRUE(named);
}
INSTANTIATE_TEST_SUITE_P(Writers, StoppedRank,
                         testing::Values("collective", "independent", "direct"));

// Without the watchdog the same run does not end: or the test above would show nothing.
TEST(Watchdog, IsNeededForARankThatIsStopped) {
  auto const folder = slow_scan(fresh_folder(), 1);
  auto const outcome = run_ranks(folder, {.words = slow_job + std::string("--watchdog 0"),
                                          .meanwhile = "kill -STOP $last",
                                          .limit_s = 15});
  EXPECT_TRUE(outcome.status == 124 || outcome.status == 137) << outcome.status << outcome.errors;
  EXPECT_EQ(last_words(outcome), 0) << outcome.errors;
}

}  // namespace
}  // namespace xrdct::test
