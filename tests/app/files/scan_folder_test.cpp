// Folders of a scan in which more lies than its frames: results, the truth, data files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(ScanFolder, OfAJobIsReadWithoutTheTruthAndResultsInIt) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(job, "\"scan.h5\"", "\".\"");
  auto const first = xrdct(folder, "reduce scan/job.json -q");
  EXPECT_EQ(first.status, 0) << first.errors;
  EXPECT_THAT(first.errors, HasSubstr("passed over: truth.h5 (the truth of a simulated scan)"));
  auto const second = xrdct(folder, "reduce scan/job.json -q -o other.h5", 2);
  EXPECT_EQ(second.status, 0) << second.errors;
  EXPECT_THAT(second.errors, HasSubstr("scan_xrdct.h5 (a result of xrdct reduce)"));
  EXPECT_TRUE(read_text(folder / "other.h5") == read_text(folder / "scan" / "scan_xrdct.h5"));
}

TEST(ScanFolder, MayHoldTheOutput) {
  auto const folder = fresh_folder();
  simulated_scan(folder, "--layout cbf --motors");
  std::string const command =
      "reduce scan/cbf --poni scan/calib.poni -q -o scan/cbf/result.h5 --set reductions[0].bins=50";
  auto const first = xrdct(folder, command);
  EXPECT_EQ(first.status, 0) << first.errors << "the folder changes by the output itself";
  auto const again = xrdct(folder, command);
  EXPECT_EQ(again.status, 0) << again.errors;
  EXPECT_THAT(again.out, HasSubstr("result.h5 is finished"));
  auto const looked = run_alone(folder, "inspect scan/cbf");
  EXPECT_THAT(looked.out, AllOf(HasSubstr("48 frames"), HasSubstr("passed over: result.h5 (a ")))
      << looked.errors;
}

TEST(ScanFolder, OfSeveralMastersNamesThePatternThatIsAllOfThem) {
  auto const folder = fresh_folder();
  simulated_scan(folder, "--layout maxiv --entries lines --motors");
  auto const refused = run_alone(folder, "inspect scan");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("all as one scan: 'scan/scan-%04d.h5'"));
  auto const named = run_alone(folder, "inspect 'scan/scan-%04d.h5' --poni scan/calib.poni");
  EXPECT_THAT(named.out,
              AllOf(HasSubstr("8 rotations × 6 translations"), Not(HasSubstr("question"))))
      << named.errors;
}

TEST(ScanFolder, NamesOfAShellAreTakenWithoutWhatOthersReferTo) {
  auto const folder = fresh_folder();
  simulated_scan(folder, "--layout maxiv --entries lines --motors");
  std::string words;
  for (auto const& entry : fs::directory_iterator(folder / "scan"))
    if (entry.path().extension() == ".h5") words += " scan/" + entry.path().filename().string();
  auto const found = run_alone(folder, "inspect" + words + " --poni scan/calib.poni");
  EXPECT_EQ(found.status, 0) << found.errors;
  EXPECT_THAT(found.out,
              AllOf(HasSubstr("8 rotations × 6 translations"), HasSubstr("truth.h5 (the truth"),
                    HasSubstr("passed over: 8 of the files, which hold the frames that others")));
}

TEST(ScanFolder, APipeIsRefusedAtOnce) {
  auto const folder = fresh_folder();
  ASSERT_EQ(mkfifo((folder / "pipe.h5").c_str(), 0600), 0);
  for (char const* command : {"inspect pipe.h5", "reduce pipe.h5 --poni calib.poni"}) {
    auto const run = run_alone(folder, command);
    EXPECT_EQ(run.status, 3) << command << " waits for a writer";
    EXPECT_THAT(run.errors, HasSubstr("found a pipe")) << command;
  }
}

TEST(ScanFolder, WithoutFramesSaysWhatIsThereInstead) {
  auto const folder = fresh_folder();
  simulated_scan(folder, "--layout cbf");
  auto const refused = run_alone(folder, "inspect scan");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors,
              AllOf(HasSubstr("1 folder (cbf)"), HasSubstr("passed over: truth.h5")));
}

}  // namespace
}  // namespace xrdct::test
