#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "app/axes/axis_units.hpp"
#include "app/scan/empty_results.hpp"
#include "app/scan/monitor_series.hpp"
#include "core/words/errors.hpp"
#include "tests/app/command.hpp"

/// Results without content are no success.
namespace xrdct::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class Values final : public core::FrameValues {
 public:
  explicit Values(std::vector<double> values) : values_(std::move(values)) {}
  double at(std::int64_t frame) override { return values_.at(static_cast<std::size_t>(frame)); }

 private:
  std::vector<double> values_;
};

std::string told_of(std::vector<double> const& values) {
  Values monitor(values);
  try {
    app::expect_usable_value(monitor, 0, static_cast<std::int64_t>(values.size()), "m");
  } catch (core::InputError const& error) {
    return error.what();
  }
  return {};
}

TEST(EmptyResults, AMonitorNeedsOneUsableValue) {
  EXPECT_EQ(told_of({0, nan, 1, -1}), "");
  EXPECT_EQ(told_of({}), "") << "the number of frames is told elsewhere";
  EXPECT_THAT(told_of({0, 0, 0}), HasSubstr("found 0 to 0 for all 3 frames"));
  EXPECT_THAT(told_of({nan, nan}), HasSubstr("found NaN for all 2 frames"));
  EXPECT_THAT(told_of({-6, -1}), AllOf(HasSubstr("found -6 to -1"), HasSubstr("absolute values")));
  EXPECT_THAT(told_of({std::numeric_limits<double>::infinity()}), HasSubstr("found inf to inf"));
}

TEST(EmptyResults, LostFramesAreTold) {
  EXPECT_THAT(app::lost_frames({.good = 6}, 6), testing::IsEmpty());
  EXPECT_THAT(app::lost_frames({.good = 2, .missing = 1, .monitor_low = 3}, 6),
              testing::ElementsAre(HasSubstr("1 of 6 frames are missing"),
                                   HasSubstr("3 of 6 frames have a monitor")));
  EXPECT_THAT(
      app::lost_frames({.good = 6, .without_pixels = 6}, 6),
      testing::ElementsAre(HasSubstr("6 of 6 frames have no valid pixel"),
                           HasSubstr("at each place at least one reduction holds no number")));
}

bool is_motor(std::size_t fast, std::vector<double> const& values) {
  app::MonitorSeries series(fast);
  for (double const value : values) series.add(value);
  return series.looks_like_motor();
}

TEST(Plausibility, AMotorGoesInEqualSteps) {
  EXPECT_TRUE(is_motor(4, {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3})) << "the fast axis";
  EXPECT_TRUE(is_motor(4, {0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 2, 3})) << "the same of a snake";
  EXPECT_TRUE(is_motor(3, {0, 0, 0, 5, 5, 5, 10, 10, 10, 15, 15, 15})) << "the slow axis";
  EXPECT_TRUE(is_motor(3, {0, 0.01, 0, 5, 5.02, 5, 10, 10, 10.01, 15, 15, 15}))
      << "as its encoder reads it";
  EXPECT_TRUE(is_motor(6, {-1, -0.6, -0.2, 0.2, 0.6, 1.0}));
  EXPECT_FALSE(is_motor(4, {1e5, 0.99e5, 0.98e5, 0.97e5, 0.96e5, 0.95e5, 0.94e5, 0.93e5}))
      << "the current of a ring";
  EXPECT_FALSE(is_motor(4, {100, 103, 98, 101, 99, 102, 100, 97}));
  EXPECT_FALSE(is_motor(4, {3, 5, 1, 9, 2, 6, 5, 3})) << "few counts";
  EXPECT_FALSE(is_motor(4, {7, 7, 7, 7, 7, 7, 7, 7}));
  EXPECT_FALSE(is_motor(1, {1})) << "one frame";
}

TEST(Plausibility, UnitsOfAxesAreKnownOrGuessed) {
  for (std::string const unit : {"deg", "rad", "mm", "um", "µm", "s", "K", "m"})
    EXPECT_TRUE(app::is_axis_unit(unit)) << unit;
  for (std::string const unit : {"degree", "parsec", "MM", "millimeter", ""})
    EXPECT_FALSE(app::is_axis_unit(unit)) << unit;
  EXPECT_EQ(app::nearest_axis_unit("degree"), "deg");
  EXPECT_EQ(app::nearest_axis_unit("Degrees"), "deg");
  EXPECT_EQ(app::nearest_axis_unit("degres"), "deg");
  EXPECT_EQ(app::nearest_axis_unit("MM"), "mm");
  EXPECT_EQ(app::nearest_axis_unit("microns"), "um");
  EXPECT_EQ(app::nearest_axis_unit("millimetre"), "mm");
  EXPECT_EQ(app::nearest_axis_unit("parsec"), "");
}

TEST(EmptyResults, ASectorWithoutAPixelIsRefused) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(folder / "scan" / "calib.poni", "Poni1: 0.0024", "Poni1: -0.0002");
  replace_in(folder / "scan" / "calib.poni", "Poni2: 0.0029999999999999996", "Poni2: -0.0003");
  std::string const right = read_text(job);
  for (std::string const splitting : {"none", "bounding_box", "full"}) {
    for (std::string const pattern : {"", "\"pattern\": \"cake\", \"azimuthal_bins\": 4, ",
                                      "\"pattern\": \"azimuthal\", \"azimuthal_bins\": 4, "}) {
      write_text(job, right);
      replace_in(
          job, "\"splitting\": \"bounding_box\"",
          pattern + "\"azimuth_range_deg\": [-170, -100], \"splitting\": \"" + splitting + "\"");
      if (pattern.find("azimuthal\",") != std::string::npos) replace_in(job, "\"bins\": 100, ", "");
      auto const commands = splitting == "none" && pattern.empty()
                                ? std::vector<std::string>{"check", "reduce"}
                                : std::vector<std::string>{"check"};
      for (auto const& command : commands) {
        auto const run = xrdct(folder, command + " scan/job.json");
        EXPECT_EQ(run.status, 2) << command << " " << splitting << pattern << run.errors;
        EXPECT_THAT(run.errors, AllOf(HasSubstr("azimuth -170 to -100 deg, found none of 5120"),
                                      HasSubstr("the unmasked pixels have azimuth ")));
        EXPECT_FALSE(std::filesystem::exists(folder / "scan" / "scan_xrdct.h5"));
      }
    }
  }
}

TEST(EmptyResults, AWindowBetweenPixelsIsRefused) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(job, "\"splitting\": \"bounding_box\"",
             "\"splitting\": \"none\", \"radial_range\": [30.00001, 30.00002]");
  EXPECT_THAT(xrdct(folder, "check scan/job.json").errors,
              HasSubstr("expected pixels in q_nm^-1 30.00001 to 30.00002, found none of 5120"));
}

TEST(EmptyResults, FramesWithoutAValidPixelAreCounted) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(job, "\"snake\"", "\"invalid\": [[0, 1e9]], \"snake\"");
  auto const run = xrdct(folder, "reduce --quiet scan/job.json", 2);
  EXPECT_EQ(run.status, 4);
  EXPECT_THAT(run.errors, AllOf(HasSubstr("48 of 48 frames have no valid pixel"),
                                HasSubstr("not one frame is whole")));
  EXPECT_EQ(run.out, "");
  auto const again = xrdct(folder, "reduce --quiet scan/job.json");
  EXPECT_EQ(again.status, 4) << "it is finished by now";
  EXPECT_THAT(again.errors, HasSubstr("48 of 48 frames have no valid pixel"));
  EXPECT_THAT(read_text(folder / "scan" / "scan_xrdct.h5.log.json"),
              HasSubstr("\"frames_without_pixels\":48"));
}

TEST(EmptyResults, LostFramesAreToldWhenQuiet) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(
      job, "\"dataset\": \"/entry/monitor/data\"",
      "\"file\": \"truth.h5\", \"dataset\": \"/entry/frames/index\"");  // that of frame 0 is 0
  auto const run = xrdct(folder, "reduce -q scan/job.json");
  EXPECT_EQ(run.status, 4);
  EXPECT_THAT(run.errors, HasSubstr("1 of 48 frames have a monitor that is 0, negative or not a "
                                    "number: NaN in the output, 4 in /entry/frames/status"));
  EXPECT_EQ(xrdct(folder, "reduce -q scan/job.json").status, 4) << "it is finished by now";
}

TEST(EmptyResults, BinsWithoutPixelsAreTold) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder);
  replace_in(job, "\"splitting\": \"bounding_box\"", "\"splitting\": \"none\"");
  replace_in(job, "\"bins\": 100", "\"bins\": 300");
  auto const check = xrdct(folder, "check scan/job.json");
  EXPECT_EQ(check.status, 0);
  EXPECT_THAT(check.out,
              AllOf(HasSubstr(" of 300 bins without a pixel"), Not(HasSubstr(" 0 of 300 bins"))));
  auto const reduce = xrdct(folder, "reduce scan/job.json");
  EXPECT_EQ(reduce.status, 0);
  EXPECT_THAT(reduce.out, HasSubstr(" of 300 bins have no pixel"));
}

TEST(EmptyResults, AnImageWithoutAValidPixelIsAnError) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  std::string const start = "integrate --poni scan/calib.poni --dataset /entry/data/data -o p.xy ";
  auto const run = xrdct(folder, start + "scan/scan.h5 --frame 3 --invalid 0:1e9");
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(
      run.errors,
      AllOf(HasSubstr("expected pixels with a valid value in the range, found none of 5120"),
            HasSubstr("5120 invalid")));
  EXPECT_FALSE(std::filesystem::exists(folder / "p.xy"));
  for (std::string const threads : {"1", "2", "3"})  // 48 frames fill the last batch, or do not
    EXPECT_EQ(xrdct(folder, start + "scan/scan.h5 --invalid 0:1e9", 1, "OMP_NUM_THREADS=" + threads)
                  .status,
              2)
        << "all of several";
  EXPECT_THAT(
      xrdct(folder,
            start + "scan/scan.h5 --frame 3 --radial-range 30.00001 30.00002 --splitting none")
          .errors,
      HasSubstr("found none of 5120"));
}

TEST(Integrate, AnImageMayFollowEachOption) {
  auto const folder = fresh_folder();
  simulated_scan(folder);
  for (std::string const option :
       {"-o p.xy", "--radial-range 2 50", "--azimuth-range -90 90", "--invalid 7"}) {
    auto const run =
        xrdct(folder, "integrate --bins 100 --poni scan/calib.poni --dataset /entry/data/data " +
                          option + " scan/scan.h5 --frame 3");
    EXPECT_EQ(run.status, 0) << option << run.errors;
  }
}

TEST(Plausibility, ExamplesOfTheProjectGiveNoWarning) {
  auto const folder = fresh_folder();
  for (std::string const arguments :
       {"--shape 64x80 --zigzag --heights 2", "--detector Eiger500k --bins 500 --monitor-drift 0.3",
        "--shape 128x128 --hot-pixels 5"}) {
    auto const made = xrdct(
        folder, "simulate --rotations 4 --translations 3 --counts 1 --overwrite --output scan " +
                    arguments);
    ASSERT_EQ(made.status, 0) << made.errors;
    auto const run = xrdct(folder, "check scan/job.json");
    EXPECT_EQ(run.status, 0);
    EXPECT_EQ(run.errors, "") << arguments;
  }
}

}  // namespace
}  // namespace xrdct::test
