// Jobs with values, files and a calibration of the command line; several scans in one run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "io/nexus/making.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "tests/app/command.hpp"

namespace xrdct::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string ranks_of(testing::TestParamInfo<int> const& test) {
  return std::to_string(test.param) + "_ranks";
}

class SeveralScans : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    folder_ = fresh_folder();
    simulated_scan(folder_);
    for (auto const* name : {"b.h5", "c_master.h5"})
      fs::copy_file(folder_ / "scan" / "scan.h5", folder_ / name);
  }
  Outcome run(std::string const& arguments, int ranks = 1) const {
    return xrdct(folder_, arguments, ranks);
  }
  std::string job_in(std::string const& output) const {
    return io::making_of_output(folder_ / output).job;
  }

  fs::path folder_;
};

INSTANTIATE_TEST_SUITE_P(Ranks, SeveralScans, testing::Values(1, 2), ranks_of);

TEST_P(SeveralScans, ValuesOfTheCommandLineAreStoredAsThoseOfAJob) {
  auto const made =
      run("reduce scan/job.json --set reductions[0].bins=40 --set "
          "scan.slow.name=omega -o a.h5",
          GetParam());
  ASSERT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(job_in("a.h5"), AllOf(HasSubstr("\"bins\":40"), HasSubstr("\"name\":\"omega\"")));
  EXPECT_EQ(io::SinogramReader(folder_ / "a.h5").radial("mean").positions.size(), 40u);
}

TEST_P(SeveralScans, FilesTakeThePlaceOfThoseOfTheJob) {
  auto const made = run("reduce scan/job.json b.h5 -o a.h5", GetParam());
  ASSERT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(job_in("a.h5"), HasSubstr("\"files\":[\"../b.h5\"]"));
  auto const again = run("reduce scan/job.json b.h5 -o a.h5");
  EXPECT_THAT(again.out, HasSubstr("is finished"));
}

TEST_P(SeveralScans, EachFileIsAScanOfItsOwn) {
  auto const made = run("reduce --each scan/job.json b.h5 c_master.h5 none.h5", GetParam());
  EXPECT_EQ(made.status, 3) << made.errors;
  EXPECT_THAT(made.out, AllOf(HasSubstr("scan 1 of 3: b.h5"), HasSubstr("3 scans, 2 done"),
                              HasSubstr("  c_master.h5  done\n"),
                              HasSubstr("  none.h5      failed: input or output\n")));
  EXPECT_THAT(made.errors, AllOf(HasSubstr("xrdct: none.h5: error: $.scan.files: "),
                                 Not(HasSubstr("b.h5: error"))));
  EXPECT_TRUE(fs::exists(folder_ / "scan" / "b_xrdct.h5"));
  EXPECT_TRUE(fs::exists(folder_ / "scan" / "c_xrdct.h5"));
  EXPECT_THAT(job_in("scan/c_xrdct.h5"), HasSubstr("\"files\":[\"../c_master.h5\"]"));
}

TEST_P(SeveralScans, WhatIsFinishedIsToldAndLeft) {
  fs::create_directory(folder_ / "out");
  ASSERT_EQ(run("reduce -q --each scan/job.json b.h5 -o out").status, 0);
  auto const made = run("reduce --each scan/job.json b.h5 c_master.h5 -o out", GetParam());
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out,
              AllOf(HasSubstr("out/b_xrdct.h5 is finished"), HasSubstr("2 scans, 2 done")));
  fs::copy_file(folder_ / "out" / "b_xrdct.h5", folder_ / "b_xrdct.h5");
  auto const own = run("check --each scan/job.json b.h5 b_xrdct.h5 c_master.h5 -o out");
  EXPECT_EQ(own.status, 0) << own.errors;
  EXPECT_THAT(own.out, HasSubstr("2 scans, 2 done"));
}

TEST_P(SeveralScans, SeveralJobsRunOneAfterAnother) {
  auto text = read_text(folder_ / "scan" / "job.json");
  write_text(folder_ / "scan" / "two.json", text);
  replace_in(folder_ / "scan" / "two.json", "scan_xrdct.h5", "two_xrdct.h5");
  auto const made = run("reduce scan/job.json scan/two.json", GetParam());
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.out, HasSubstr("2 scans, 2 done"));
  EXPECT_TRUE(read_text(folder_ / "scan" / "scan_xrdct.h5") ==
              read_text(folder_ / "scan" / "two_xrdct.h5"));
}

TEST_P(SeveralScans, TheWorstStatusIsThatOfAll) {
  write_text(folder_ / "scan" / "wrong.json", read_text(folder_ / "scan" / "job.json"));
  replace_in(folder_ / "scan" / "wrong.json", "scan_xrdct.h5", "wrong_xrdct.h5");
  replace_in(folder_ / "scan" / "wrong.json", "\"slow\": 8", "\"slow\": 9");
  auto const made = run("reduce scan/wrong.json scan/job.json", GetParam());
  EXPECT_EQ(made.status, 2);
  EXPECT_THAT(made.out, AllOf(HasSubstr("2 scans, 1 done"),
                              HasSubstr("scan/wrong.json  not begun: wrong input\n")));
  EXPECT_TRUE(fs::exists(folder_ / "scan" / "scan_xrdct.h5"));
}

class ScanList : public SeveralScans {};
INSTANTIATE_TEST_SUITE_P(Mistakes, ScanList, testing::Values(1, 2), ranks_of);

TEST_P(ScanList, MistakesAreToldBeforeTheFirstScanBegins) {
  auto const refusal = [&](std::string const& arguments) {
    auto const made = run(arguments, GetParam());
    EXPECT_EQ(made.status, 2) << arguments;
    EXPECT_THAT(made.out, Not(HasSubstr("scan 1 of")));
    return made.errors;
  };
  EXPECT_THAT(refusal("reduce b.h5"),
              StartsWith("xrdct: error: cannot reduce b.h5: expected a job file (JSON), or --poni "
                         "with the calibration, found files of frames alone; such as --poni "
                         "calib.poni; xrdct inspect b.h5 --write-job job.json makes a job of it"));
  EXPECT_THAT(refusal("reduce scan/job.json other.json b.h5"),
              HasSubstr("cannot reduce b.h5: expected one job for the files, found 2 jobs; run the "
                        "jobs one by one, or without files"));
  EXPECT_THAT(refusal("reduce --each scan/job.json"),
              HasSubstr("expected files of frames behind the job, found none; such as --each "
                        "job.json scan_*.h5"));
  EXPECT_THAT(refusal("reduce scan/job.json scan/job.json"),
              HasSubstr("expected an output of its own for each scan"));
  EXPECT_THAT(refusal("check scan/job.json --set scan.shap.slow=96"),
              AllOf(HasSubstr("--set scan.shap.slow: expected one of the keys "),
                    HasSubstr("did you mean \"shape\"?")));
  EXPECT_THAT(refusal("check scan/job.json --set slow --set fast"),
              AllOf(HasSubstr("cannot read --set slow: expected PATH=VALUE"),
                    HasSubstr("cannot read --set fast: expected PATH=VALUE")));
  EXPECT_THAT(refusal("check scan/job.json --set scan.shape.slow=\\\"9\\\""),
              AllOf(HasSubstr("--set scan.shape.slow: expected a whole number"),
                    Not(HasSubstr("place the frames"))));
}

TEST_P(SeveralScans, TheCalibrationOfTheCommandLineComesFirst) {
  fs::copy_file(folder_ / "scan" / "calib.poni", folder_ / "other.poni");
  auto const made = run("reduce scan/job.json --poni other.poni -o a.h5 -q", GetParam());
  ASSERT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(job_in("a.h5"), HasSubstr("\"poni\":\"../other.poni\""));
}

}  // namespace
}  // namespace xrdct::test
