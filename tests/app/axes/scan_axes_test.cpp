#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "io/stored/sinogram_reader.hpp"
#include "tests/app/command.hpp"

/// Nobody is reported positions that nobody gave.
namespace xrdct::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Reduced {
  Outcome check = {}, reduce = {};
  io::SinogramReader::Axis height = {}, slow = {}, fast = {};
  std::string rotation = {};
};

/// The simulated scan of 8 × 6 places with these keys in place of its axes.
Reduced reduced(std::string const& axes) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  std::string text = read_text(job);
  auto const first = text.find("    \"slow\": {"), last = text.find("    \"snake\"");
  write_text(job, text.substr(0, first) + axes + text.substr(last));
  Reduced result{.check = xrdct(folder, "check scan/job.json --output out.h5"),
                 .reduce = xrdct(folder, "reduce scan/job.json --output out.h5")};
  EXPECT_EQ(result.reduce.status, 0) << result.reduce.errors;
  if (result.reduce.status != 0) return result;
  io::SinogramReader const reader(folder / "out.h5");
  result.height = reader.height();
  result.slow = reader.slow();
  result.fast = reader.fast();
  result.rotation = reader.rotation();
  return result;
}

TEST(ScanAxes, ThatAreNotGivenCount) {
  auto const run = reduced("");
  EXPECT_THAT(run.slow.positions, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(run.fast.positions, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(run.height.positions, ElementsAre(0));
  for (auto const& axis : {run.slow, run.fast, run.height}) {
    EXPECT_EQ(axis.unit, "") << axis.name;
    EXPECT_THAT(axis.label, HasSubstr("not given")) << axis.name;
  }
  EXPECT_EQ(run.rotation, "");
  EXPECT_THAT(
      run.check.out,
      HasSubstr("positions of rotation and translation not given: counted from 0, without a unit"));
  EXPECT_THAT(run.check.errors, Not(HasSubstr("warning")));
}

TEST(ScanAxes, WithoutAStepCountAndAreWarnedOf) {
  auto const run = reduced(R"("slow": {"name": "omega", "unit": "deg"}, "fast": {"start": 5},)");
  EXPECT_THAT(run.slow.positions, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_EQ(run.slow.unit, "");
  EXPECT_EQ(run.slow.label, "line number (omega not given)");
  EXPECT_THAT(run.fast.positions, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_EQ(run.rotation, "");
  EXPECT_THAT(run.check.errors,
              HasSubstr("$.scan.slow.step: expected a number beside the unit \"deg\", found none"));
  EXPECT_THAT(run.check.errors,
              HasSubstr("$.scan.fast.step: expected a number beside start 5, found none"));
}

TEST(ScanAxes, ThatAreGivenAreWhatTheJobSays) {
  auto const run = reduced(
      R"("slow": {"name": "omega", "start": -3, "step": 0.5, "unit": "deg"}, "fast": {"step": 2}, "height": {"name": "samz", "start": 0.3, "unit": "mm"},)");
  EXPECT_THAT(run.slow.positions, ElementsAre(-3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5));
  EXPECT_EQ(run.slow.label, "omega [deg]");
  EXPECT_EQ(run.rotation, "omega");
  EXPECT_THAT(run.fast.positions, ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_EQ(run.fast.label, "translation");
  EXPECT_THAT(run.height.positions, ElementsAre(0.3)) << "a single place needs no step";
  EXPECT_EQ(run.height.unit, "mm");
  EXPECT_THAT(run.check.errors, Not(HasSubstr("warning")));
}

TEST(ScanAxes, OfASimulatedScanAreInItsJob) {
  auto const folder = fresh_folder();
  std::string const job = read_text(simulated_scan(folder));
  for (std::string const axis : {"height", "rotation", "translation"})
    EXPECT_THAT(job, HasSubstr("{\"name\": \"" + axis + "\", \"start\": "));
}

}  // namespace
}  // namespace xrdct::test
