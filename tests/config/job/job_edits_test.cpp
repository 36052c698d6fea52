// Values of a command line in place of those of a job.
#include "config/job/job_edits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/job/job.hpp"
#include "core/words/errors.hpp"

using namespace xrdct;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

std::string const job_text = R"({
  "scan": {"files": ["old.h5"], "shape": {"slow": 4, "fast": 6},
           "monitor": {"file": "old.h5", "dataset": "/ic1"}},
  "calibration": {"poni": "calib.poni"},
  "reductions": [{}],
  "output": {"file": "out.h5"}
})";

config::JobReading with(std::vector<std::string> const& words, std::string const& text = job_text) {
  std::vector<config::JobEdit> edits;
  for (auto const& word : words) edits.push_back(config::edit_of_option(word));
  return config::parse_whole_job(text, "job.json", "/data", edits);
}

std::vector<std::string> problems_of(std::vector<std::string> const& words) {
  return with(words).problems;
}

std::string refusal_of(std::string const& words) {
  try {
    config::edit_of_option(words);
  } catch (core::InputError const& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST(JobEdits, TakeThePlaceOfWhatTheJobSays) {
  auto const reading =
      with({"scan.shape.slow=96", "$.scan.dataset=/1.1/measurement/eiger", "scan.snake=true",
            "reductions[0].bins=500", "scan.files=[\"a.h5\", \"b.h5\"]", "output.file=\"96\""});
  EXPECT_THAT(reading.problems, IsEmpty());
  auto const& job = reading.job;
  EXPECT_EQ(job.scan.shape->slow, 96u);
  EXPECT_EQ(job.scan.dataset, "/1.1/measurement/eiger");
  EXPECT_TRUE(job.scan.snake);
  EXPECT_EQ(job.reductions.at(0).binning.bins, 500u);
  EXPECT_THAT(job.scan.files, ElementsAre("a.h5", "b.h5"));
  EXPECT_EQ(job.output.file, "96");
}

TEST(JobEdits, MakeObjectsThatAreNotThereAndAddToLists) {
  auto const reading = with({"corrections.polarization.factor=0.99", "reductions[1].name=clipped",
                             "reductions[1].method=sigma_clip", "scan.slow.step=1.5"});
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.job.corrections.polarization->factor, 0.99);
  ASSERT_EQ(reading.job.reductions.size(), 2u);
  EXPECT_EQ(reading.job.reductions[1].method, core::Method::sigma_clip);
  EXPECT_EQ(reading.job.scan.slow.step, 1.5);
}

TEST(JobEdits, TheLastOfAKeyCounts) {
  EXPECT_EQ(with({"scan.shape.slow=5", "scan.shape.slow=7"}).job.scan.shape->slow, 7u);
  EXPECT_FALSE(with({"scan.monitor=null"}).job.scan.monitor);
}

TEST(JobEdits, MistakesAreToldOfTheOption) {
  EXPECT_THAT(problems_of({"scan.shap.slow=96"}),
              ElementsAre(AllOf(testing::StartsWith("--set scan.shap.slow: expected one of the "
                                                    "keys "),
                                HasSubstr("did you mean \"shape\"?"))));
  EXPECT_THAT(problems_of({"scan.shape.slow=\"96\""}),
              ElementsAre("--set scan.shape.slow: expected a whole number of at least 1, found "
                          "\"96\"; write 96 without quotes"));
  EXPECT_THAT(problems_of({"reductions[0].unit=q_nm-1"}),
              ElementsAre(AllOf(testing::StartsWith("--set reductions[0].unit: expected one of "),
                                HasSubstr("did you mean \"q_nm^-1\"?"))));
  EXPECT_THAT(problems_of({"scan.shape={\"slow\": 4, \"fsat\": 6}"}),
              ElementsAre("--set scan.shape: $.scan.shape.fast: expected the number of points of "
                          "a line, found nothing",
                          AllOf(testing::StartsWith("--set scan.shape: $.scan.shape.fsat: "),
                                HasSubstr("did you mean \"fast\"?"))));
}

TEST(JobEdits, APathThatLeadsNowhereIsToldOnce) {
  EXPECT_THAT(problems_of({"reductions[3].bins=5"}),
              ElementsAre("--set reductions[3].bins: expected an index of $.reductions up to 1, "
                          "found 3; [1] adds one behind the last"));
  EXPECT_THAT(problems_of({"scan.snake.slow=5"}),
              ElementsAre("--set scan.snake.slow: expected true or false, found an object"));
  EXPECT_THAT(problems_of({"calibration.poni.file=a"}),
              ElementsAre("--set calibration.poni.file: expected an object at $.calibration.poni, "
                          "found \"calib.poni\"; give the whole of it"));
  EXPECT_THAT(problems_of({"scan[0]=5"}),
              ElementsAre("--set scan[0]: expected a list at $.scan, found an object; leave the "
                          "index out"));
}

TEST(JobEdits, OtherMistakesAreStillThoseOfTheFile) {
  auto const wrong = with({"scan.shape.slow=96"}, R"({"scan": {"files": ["a.h5"],
    "shape": {"fast": "six"}}, "calibration": {"poni": "a"}, "reductions": [{}],
    "output": {"file": "b.h5"}})");
  EXPECT_THAT(wrong.problems,
              ElementsAre(testing::StartsWith("job.json: $.scan.shape.fast: expected a whole")));
}

TEST(JobEdits, WordsThatAreNoEditAreRefused) {
  EXPECT_THAT(refusal_of("scan.shape.slow"),
              "cannot read --set scan.shape.slow: expected PATH=VALUE with the path of a key, "
              "found \"scan.shape.slow\"; such as scan.shape.slow=96, reductions[0].bins=500 or "
              "'scan.files=[\"a.h5\"]'");
  EXPECT_THAT(refusal_of("=5"), HasSubstr("PATH=VALUE"));
  EXPECT_THAT(refusal_of("scan..shape=5"), HasSubstr("PATH=VALUE"));
  EXPECT_THAT(refusal_of("reductions[x].bins=5"), HasSubstr("PATH=VALUE"));
  EXPECT_THAT(refusal_of("reductions[0.bins=5"), HasSubstr("PATH=VALUE"));
  EXPECT_THAT(refusal_of("scan.files=[a.h5]"),
              "cannot read --set scan.files: expected a value in JSON, or a text that is none, "
              "found [a.h5]; quote it for the shell, such as 'scan.files=[\"a.h5\"]'");
  EXPECT_THAT(refusal_of("scan.files="), HasSubstr("found nothing"));
}

TEST(JobEdits, ValuesInTheFilesOfTheScanFollowItsFiles) {
  std::vector<config::JobEdit> const edits{config::edit_of_files({"new.h5"}, "FILES")};
  auto const job = config::parse_job(job_text, "job.json", "/data");
  EXPECT_EQ(job.scan.monitor->file, "old.h5");
  auto const reading = config::parse_whole_job(job_text, "job.json", "/data", edits);
  EXPECT_THAT(reading.job.scan.files, ElementsAre("new.h5"));
  EXPECT_EQ(reading.job.scan.monitor->file, "");
  EXPECT_EQ(with({"scan.files=[\"new.h5\"]", "scan.monitor.file=ic.h5"}).job.scan.monitor->file,
            "ic.h5");
}

TEST(JobEdits, WhatIsToBeFilledInIsAskedForUntilItIs) {
  std::string text = job_text;
  auto const at = text.find("\"calib.poni\"");
  text.replace(at, 12, "\"FILL IN: the PONI file of this detector\"");
  text.replace(text.find("\"slow\": 4"), 9, "\"slow\": \"FILL IN: the number of lines\"");
  EXPECT_THAT(with({}, text).problems,
              ElementsAre("job.json: $.scan.shape.slow: expected a whole number of at least 1, "
                          "found nothing yet; fill in: the number of lines",
                          "job.json: $.calibration.poni: expected a PONI file, found nothing yet; "
                          "fill in: the PONI file of this detector"));
  EXPECT_THAT(with({"scan.shape.slow=4", "calibration.poni=a.poni"}, text).problems, IsEmpty());
}
