#include "config/slices/slices_job.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/words/errors.hpp"
#include "tests/config/job_text.hpp"

namespace xrdct::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;

SlicesJob job_of(std::string const& text) {
  return parse_slices_job(text, "slices.json", "/data/scan");
}

std::string problem_of(std::string const& text) {
  try {
    job_of(text);
  } catch (core::InputError const& error) {
    return error.what();
  }
  return "";
}

TEST(SlicesJob, TheShortestHasDefaults) {
  auto const job = job_of(R"({"sinograms": {"file": "scan_xrdct.h5"}})");
  EXPECT_TRUE(job.sinograms.reductions.empty());
  EXPECT_EQ(job.reconstruction.algorithm, core::SliceAlgorithm::fbp);
  EXPECT_FALSE(job.grid.centre);
  EXPECT_FALSE(job.conditioning.air);
  EXPECT_EQ(job.output_file(), "/data/scan/scan_xrdct_slices.h5");
}

TEST(SlicesJob, TheExampleIsRead) {
  auto const job = job_of(text_of(source_file("config/examples/reconstruct/slices.json")));
  EXPECT_EQ(job.grid.centre, 60.2);
  EXPECT_EQ(job.grid.side, 121);
  EXPECT_EQ(job.reconstruction.window, core::FilterWindow::hann);
  ASSERT_TRUE(job.conditioning.air);
  EXPECT_EQ(job.conditioning.air->per, core::AirScope::projection);
  EXPECT_EQ(job.output_file(), "/data/scan/scan_0001_slices.h5");
}

TEST(SlicesJob, CanonicalTextHasEveryDefaultAndNoPlaceOfOutput) {
  auto const text = canonical_slices_job(job_of(R"({"sinograms": {"file": "a.h5"},
                                      "reconstruction": {"algorithm": "sirt"},
                                      "output": {"file": "b.h5"}, "run": {"threads": 3}})"),
                                         "CPU");
  EXPECT_THAT(text, AllOf(HasSubstr(R"("backend":"CPU")"), HasSubstr(R"("iterations":100)"),
                          HasSubstr(R"("footprint":"linear")"), HasSubstr(R"("side":null)")));
  EXPECT_THAT(text, testing::Not(HasSubstr("b.h5")));
  EXPECT_THAT(text, testing::Not(HasSubstr("threads")));
  EXPECT_THAT(text, testing::Not(HasSubstr("window")));
}

TEST(SlicesJob, TellsWhatIsWrong) {
  EXPECT_THAT(problem_of("{}"), HasSubstr("$.sinograms: expected an object with the file"));
  EXPECT_THAT(problem_of(R"({"sinograms": {"file": "a.h5"}, "grid": {"center": 3}})"),
              AllOf(HasSubstr("$.grid.center"), HasSubstr("did you mean \"centre\"?")));
  EXPECT_THAT(problem_of(R"({"sinograms": {"file": "a.h5"},
                             "reconstruction": {"algorithm": "fbp", "iterations": 5}})"),
              AllOf(HasSubstr("$.reconstruction.iterations"), HasSubstr("sirt")));
  EXPECT_THAT(problem_of(R"({"sinograms": {"file": "a.h5"},
                             "reconstruction": {"algorithm": "FBP"}})"),
              HasSubstr(R"(did you mean "fbp"?)"));
  EXPECT_THAT(problem_of(R"({"sinograms": {"file": "a.h5"}, "conditioning": {"air": 0}})"),
              HasSubstr("$.conditioning.air"));
  EXPECT_THAT(problem_of(R"({"sinograms": "a.h5"})"), HasSubstr(R"({"file": "a.h5"})"));
}

TEST(SlicesJob, TheSchemaIsWhatTheTablesOfKeysGive) {
  EXPECT_TRUE(text_of(source_file("config/slices.schema.json")) == slices_job_schema())
      << "renew config/slices.schema.json: cmake --build <build folder> --target job-schema";
}

}  // namespace
}  // namespace xrdct::config
