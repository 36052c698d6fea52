#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "io/stored/output_regions.hpp"
#include "tests/app/command.hpp"

/// Runs that were ended, and what comes after them.
namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A scan of 16 blocks whose run commits after each of them.
class Resume : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    auto const made = xrdct(folder_,
                            "simulate --shape 64x80 --rotations 64 --translations 6 --bins 100 "
                            "--counts 5 --output scan");
    ASSERT_EQ(made.status, 0) << made.errors;
    std::string text = read_text(job());
    text.insert(text.rfind('}'), ", \"run\": {\"commit_s\": 0}");
    write_text(job(), text);
  }

  fs::path job() const { return folder_ / "scan" / "job.json"; }
  fs::path output() const { return folder_ / "out.h5"; }
  fs::path part() const { return folder_ / "out.h5.part"; }
  fs::path journal() const { return folder_ / "out.h5.journal"; }

  Outcome reduce(std::string const& options = "", int ranks = 1,
                 std::string const& environment = "") const {
    return xrdct(folder_, "reduce scan/job.json -o out.h5 " + options, ranks, environment);
  }

  /// Ends a run by a write of the output that fails, when some blocks are done.
  void interrupt(int ranks = 1) const {
    auto const run = reduce("--writer direct", ranks,
                            "LD_PRELOAD=" XRDCT_FAILING_CALLS
                            " FAULT_FILE=out.h5.part FAULT_CALLS=pwrite FAULT_AT=60");
    ASSERT_EQ(run.status, 3) << run.errors << run.out;
    ASSERT_TRUE(fs::exists(part()) && fs::exists(journal()) && !fs::exists(output()));
  }

  std::string undisturbed() const {
    auto const run = xrdct(folder_, "reduce scan/job.json -o undisturbed.h5");
    EXPECT_EQ(run.status, 0) << run.errors;
    return read_text(folder_ / "undisturbed.h5");
  }

  fs::path folder_;
};

TEST_F(Resume, GoesOnWithOtherRanksAndWritersAndEndsWithTheSameBytes) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer has to be the first library that is preloaded";
#endif
  auto const expected = undisturbed();
  for (auto const& [ranks, writer] :
       {std::pair(1, "direct"), std::pair(3, "collective"), std::pair(2, "independent")}) {
    fs::remove(output());
    interrupt(ranks == 1 ? 2 : 1);
    auto const run = reduce(std::string("--writer ") + writer, ranks);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(run.out, HasSubstr("goes on with"));
    EXPECT_TRUE(read_text(output()) == expected) << writer;
    EXPECT_FALSE(fs::exists(part()) || fs::exists(journal()));
  }
}

TEST_F(Resume, RefusesAnotherJobAndChangedInputsAndNamesThem) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer has to be the first library that is preloaded";
#endif
  interrupt();
  auto const before = read_text(part());
  auto const text = read_text(job());
  replace_in(job(), "\"bins\": 100", "\"bins\": 101");
  auto run = reduce();
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("cannot go on with"));
  EXPECT_THAT(run.errors, HasSubstr("the job: "));
  EXPECT_THAT(run.errors, HasSubstr("--restart"));
  write_text(job(), text);
  fs::last_write_time(folder_ / "scan" / "scan.h5",
                      fs::file_time_type::clock::now() + std::chrono::seconds(5));
  run = reduce();
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("scan.h5): "));
  EXPECT_TRUE(read_text(part()) == before);
  run = reduce("--overwrite");
  EXPECT_EQ(run.status, 2) << "overwrite is for finished outputs";
  run = reduce("--restart");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_TRUE(read_text(output()) == undisturbed());
}

TEST_F(Resume, MakesDamagedBlocksAgain) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer has to be the first library that is preloaded";
#endif
  auto const expected = undisturbed();
  interrupt();
  auto const regions = io::regions_of_file(folder_ / "undisturbed.h5");
  auto bytes = read_text(part());
  bytes[regions.region(1, 0).address + 3] ^= 1;
  bytes[regions.region(2, regions.columns() - 1).address] ^= 64;
  write_text(part(), bytes);
  auto const run = reduce();
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("2 of the blocks"));
  EXPECT_THAT(run.errors, HasSubstr("are made again"));
  EXPECT_TRUE(read_text(output()) == expected);
}

TEST_F(Resume, SaysThatAJobIsFinishedUntilAnInputIsYounger) {
  EXPECT_EQ(reduce().status, 0);
  auto const made = read_text(output());
  auto run = reduce();
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("is finished"));
  run = reduce("", 3);
  EXPECT_EQ(run.status, 0) << run.errors;
  run = reduce("--overwrite");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("384 good"));
  EXPECT_TRUE(read_text(output()) == made);
  fs::last_write_time(folder_ / "scan" / "scan.h5",
                      fs::file_time_type::clock::now() + std::chrono::seconds(5));
  run = reduce();
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("--overwrite"));
}

TEST_F(Resume, LeavesAForeignJournalAlone) {
  fs::create_directory(journal());
  write_text(journal() / "precious", "data");
  auto const run = reduce("--overwrite --restart");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("out.h5.journal"));
  EXPECT_EQ(read_text(journal() / "precious"), "data");
}

TEST_F(Resume, VerifyNamesDamageAndRefusesOtherFiles) {
  EXPECT_EQ(reduce().status, 0);
  auto run = xrdct(folder_, "verify out.h5");
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("out.h5: whole: 16 blocks of 12 datasets"));
  auto bytes = read_text(output());
  bytes[bytes.size() - 5] ^= 64;
  write_text(output(), bytes);
  run = xrdct(folder_, "verify out.h5");
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.errors, HasSubstr("cannot trust out.h5"));
  run = xrdct(folder_, "verify scan/scan.h5 nothing.h5 scan/job.json");
  EXPECT_NE(run.status, 0);
  for (char const* file : {"scan/scan.h5", "nothing.h5", "scan/job.json"})
    EXPECT_THAT(run.errors, HasSubstr(file));
}

}  // namespace
}  // namespace xrdct::test
