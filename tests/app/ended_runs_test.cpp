// Runs of reduce and reconstruct that were ended, and what comes after them.
#include "tests/app/ended_runs.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "io/stored/output_regions.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class EndedRuns : public LongRuns, public testing::WithParamInterface<LongCommand const*> {
 protected:
  EndedRuns() : LongRuns(*GetParam()) {}
};

/// The tests of these need a run that was interrupted.
class InterruptedRuns : public EndedRuns {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer has to be the first library that is preloaded";
#endif
    EndedRuns::SetUp();
  }
};

TEST_P(InterruptedRuns, GoOnWithOtherRanksAndWritersAndEndWithTheSameBytes) {
  auto const expected = undisturbed();
  for (auto const& [ranks, writer] :
       {std::pair(1, "direct"), std::pair(3, "collective"), std::pair(2, "independent")}) {
    fs::remove(output());
    interrupt(ranks == 1 ? 2 : 1);
    auto const rest = run(std::string("--writer ") + writer, ranks);
    EXPECT_EQ(rest.status, 0) << rest.errors;
    EXPECT_THAT(rest.out, HasSubstr("goes on with"));
    EXPECT_TRUE(read_text(output()) == expected) << writer;
    EXPECT_FALSE(fs::exists(part()) || fs::exists(journal()));
  }
}

TEST_P(InterruptedRuns, RefuseAnotherJobAndChangedInputsAndNameThem) {
  interrupt();
  auto const before = read_text(part());
  auto rest = run(command_.other_job);
  EXPECT_EQ(rest.status, 2);
  EXPECT_THAT(rest.errors, HasSubstr("cannot go on with"));
  EXPECT_THAT(rest.errors, HasSubstr("the job: "));
  EXPECT_THAT(rest.errors, HasSubstr("--restart"));
  touch_input();
  rest = run();
  EXPECT_EQ(rest.status, 2);
  EXPECT_THAT(rest.errors, HasSubstr(fs::path(command_.input).filename().string() + "): "));
  rest = run("--overwrite");
  EXPECT_EQ(rest.status, 2) << "overwrite is for finished outputs";
  EXPECT_TRUE(read_text(part()) == before);
  rest = run("--restart");
  EXPECT_EQ(rest.status, 0) << rest.errors;
  EXPECT_TRUE(read_text(output()) == undisturbed());
}

TEST_P(InterruptedRuns, MakeDamagedPiecesAgainAndSaySo) {
  auto const expected = undisturbed();
  interrupt();
  auto const regions = io::regions_of_file(folder_ / "undisturbed.h5");
  auto bytes = read_text(part());
  bytes[regions.region(1, 0).address + 3] ^= 1;
  bytes[regions.region(2, 0).address] ^= 64;
  write_text(part(), bytes);
  auto const rest = run();
  EXPECT_EQ(rest.status, 0) << rest.errors;
  EXPECT_THAT(rest.errors, HasSubstr("2 of the " + command_.piece));
  EXPECT_THAT(rest.errors, HasSubstr("are made again"));
  EXPECT_TRUE(read_text(output()) == expected);
}

TEST_P(EndedRuns, KnowAnOutputThatIsFinishedUntilAnInputIsYounger) {
  auto const expected = undisturbed();
  ASSERT_EQ(run().status, 0);
  fs::create_directory(journal());  // of a run that was ended when it gave the output its name
  write_text(folder_ / "out.h5.lock", "");
  for (int const ranks : {1, 2}) {
    auto const again = run("", ranks);
    EXPECT_EQ(again.status, 0) << again.errors;
    EXPECT_THAT(again.out, HasSubstr("is finished"));
    EXPECT_FALSE(fs::exists(journal()));
  }
  auto again = run(command_.other_job);
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.errors, HasSubstr("--overwrite"));
  touch_input();
  again = run();
  EXPECT_EQ(again.status, 2) << "an input is newer than the output";
  EXPECT_THAT(again.errors, HasSubstr("--overwrite"));
  EXPECT_TRUE(read_text(output()) == expected);
  again = run("--overwrite");
  EXPECT_EQ(again.status, 0) << again.errors;
  EXPECT_THAT(again.out, testing::Not(HasSubstr("is finished")));
  EXPECT_TRUE(read_text(output()) == expected);
}

TEST_P(EndedRuns, LeaveAForeignJournalAlone) {
  fs::create_directory(journal());
  write_text(journal() / "precious", "data");
  auto const refused = run("--overwrite --restart");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("out.h5.journal"));
  EXPECT_EQ(read_text(journal() / "precious"), "data");
}

class KilledRuns : public LongRuns {
 protected:
  KilledRuns() : LongRuns(reduce_command()) {}
  auto unfinished_logs() const {
    fs::directory_iterator entries(folder_);
    return std::count_if(begin(entries), end(entries), [](auto const& entry) {
      return entry.path().filename().string().starts_with(".xrdct-");
    });
  }
};

TEST_F(KilledRuns, LeaveNothingOfTheirLog) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer has to be the first library that is preloaded";
#endif
  // those of the journal are renamed before
  for (int at = 1; at < 8 && !fs::exists(output()); ++at) {
    auto const killed = run("--restart", 1,
                            "LD_PRELOAD=" XRDCT_FAILING_CALLS
                            " FAULT_FILE=.xrdct- FAULT_CALLS=rename FAULT_KIND=kill FAULT_AT=" +
                                std::to_string(at));
    ASSERT_NE(killed.status, 0) << at;
  }
  ASSERT_TRUE(fs::exists(output()));
  ASSERT_EQ(unfinished_logs(), 1);
  auto const again = run();
  EXPECT_EQ(again.status, 0) << again.errors;
  EXPECT_THAT(again.out, HasSubstr("is finished"));
  EXPECT_EQ(unfinished_logs(), 0);
}

auto const both = testing::Values(&reduce_command(), &reconstruct_command());
auto const name = [](testing::TestParamInfo<LongCommand const*> const& info) {
  return info.param->name;
};
INSTANTIATE_TEST_SUITE_P(Commands, InterruptedRuns, both, name);
INSTANTIATE_TEST_SUITE_P(Commands, EndedRuns, both, name);

}  // namespace
}  // namespace xrdct::test
