#include "core/phantom/simulated_course.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/phantom/simulated_scan.hpp"
#include "core/words/errors.hpp"
#include "small_scan.hpp"

namespace xrdct::core {
namespace {

using testing::ElementsAre;

// 3 lines of 4 points; the rotation is slow.
SimulationSettings tiny() {
  auto settings = test::small_scan(1.0);
  settings.scan = {1, 3, 4};
  settings.rotation_deg = {10.0, 90.0};
  settings.translation_mm = {-3.0, 2.0};
  return settings;
}

std::vector<std::int64_t> places_of(SimulationSettings const& settings) {
  std::vector<std::int64_t> places;
  for (auto const& frame : simulated_course(settings)) places.push_back(frame.place);
  return places;
}

TEST(SimulatedCourse, FollowsTheLines) {
  EXPECT_THAT(places_of(tiny()), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  auto zigzag = tiny();
  zigzag.course.zigzag = true;
  EXPECT_THAT(places_of(zigzag), ElementsAre(0, 1, 2, 3, 7, 6, 5, 4, 8, 9, 10, 11));
}

TEST(SimulatedCourse, InterlacedLinesComeInPasses) {
  auto settings = tiny();
  settings.scan.slow = 5;
  settings.course.interlaced = 2;
  std::vector<std::size_t> lines;
  for (auto const& frame : simulated_course(settings))
    if (lines.empty() || lines.back() != frame.line) lines.push_back(frame.line);
  EXPECT_THAT(lines, ElementsAre(0, 2, 4, 1, 3));
}

TEST(SimulatedCourse, LinesAreMissingRepeatedAbortedAndTooLong) {
  auto settings = tiny();
  settings.course.zigzag = true;
  settings.course.missing_lines = {0};
  EXPECT_THAT(places_of(settings), ElementsAre(7, 6, 5, 4, 8, 9, 10, 11))
      << "as if the first had been there";
  settings.course = {};
  settings.course.repeated_lines = {1};
  settings.course.longer_lines = {2};
  EXPECT_THAT(places_of(settings),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 8, 9, 10, 11, -1));
  settings.course = {};
  settings.course.aborted_lines = {2};
  auto const places = places_of(settings);
  EXPECT_GT(places.size(), 8u);
  EXPECT_LT(places.size(), 12u);
  settings.course.repeated_lines = {2};
  auto const again = places_of(settings);
  EXPECT_EQ(again.size(), places.size() + 4) << "the second time all of it";
  EXPECT_EQ(again.back(), 11);
}

TEST(SimulatedCourse, MotorsAreAtTheirPlacesAndBeyondTheEnd) {
  auto settings = tiny();
  settings.course.zigzag = true;
  settings.course.longer_lines = {1};
  auto const frames = simulated_course(settings);
  EXPECT_DOUBLE_EQ(frames[4].middle.rotation_deg, 100.0);
  EXPECT_DOUBLE_EQ(frames[4].middle.translation_mm, 3.0);
  EXPECT_DOUBLE_EQ(frames[8].middle.translation_mm, -5.0) << "a step beyond the end of line 1";
  EXPECT_EQ(frames[8].place, -1);
}

TEST(SimulatedCourse, PositionsAtTheStartLieBackwardsByHalfAStep) {
  auto settings = tiny();
  settings.course.zigzag = true;
  settings.course.exposure = Exposure::start;
  auto const frames = simulated_course(settings);
  EXPECT_DOUBLE_EQ(frames[0].middle.translation_mm, -3.0);
  EXPECT_DOUBLE_EQ(frames[0].measured.translation_mm, -4.0);
  EXPECT_DOUBLE_EQ(frames[4].middle.translation_mm, 3.0);
  EXPECT_DOUBLE_EQ(frames[4].measured.translation_mm, 4.0);
  EXPECT_DOUBLE_EQ(frames[4].measured.rotation_deg, 100.0);
}

TEST(SimulatedCourse, JitterIsWithinItsBoundsAndShowsInTheFrame) {
  auto settings = test::small_scan(1.0);
  auto const still = SimulatedScan(settings);
  settings.course.jitter = 0.3;
  SimulatedScan const scan(settings);
  double most = 0.0;
  for (std::int64_t n = 0; n < scan.frames(); ++n) {
    auto const& frame = scan.course()[static_cast<std::size_t>(n)];
    auto const at = positions_of(settings, static_cast<std::size_t>(frame.place));
    most = std::max(most, std::abs(frame.middle.translation_mm - at.translation_mm) /
                              settings.translation_mm.step);
    EXPECT_EQ(frame.middle.height_mm, at.height_mm) << "a single height does not move";
    EXPECT_EQ(frame.measured.translation_mm, frame.middle.translation_mm);
  }
  EXPECT_LE(most, 0.3);
  EXPECT_GT(most, 0.25);
  EXPECT_NE(scan.frame_weights(100), still.frame_weights(100));
}

TEST(SimulatedCourse, TheFastRotationMayTurnOn) {
  auto settings = tiny();
  settings.course.rotation_fast = settings.course.turning_on = true;
  auto const frames = simulated_course(settings);
  EXPECT_DOUBLE_EQ(frames[3].middle.rotation_deg, 280.0);
  EXPECT_DOUBLE_EQ(frames[4].middle.rotation_deg, 370.0);
  EXPECT_EQ(frames[4].place, 4);
  EXPECT_DOUBLE_EQ(frames[4].middle.translation_mm, -1.0);
}

TEST(SimulatedCourse, AMovingExposureIsTheMeanOfItsMoments) {
  auto settings = test::small_scan(1.0);
  auto const still = SimulatedScan(settings);
  settings.course.exposure = Exposure::middle;
  SimulatedScan const moving(settings);
  for (std::int64_t n : {3, 70, 150}) {
    auto const a = still.frame_weights(n), b = moving.frame_weights(n);
    double difference = 0.0;
    for (std::size_t c = 0; c < a.size(); ++c) difference += std::abs(a[c] - b[c]);
    EXPECT_GT(difference, 0.0);
    EXPECT_EQ(b.back(), 1.0) << "air";
  }
}

TEST(SimulatedCourse, WhatCannotBeIsNamed) {
  auto settings = tiny();
  settings.course.missing_lines = {1, 3};
  settings.course.repeated_lines = {1};
  settings.course.jitter = 0.5;
  settings.course.interlaced = 4;
  settings.course.turning_on = true;
  try {
    SimulatedScan const scan(settings);
    FAIL();
  } catch (InputError const& error) {
    EXPECT_EQ(error.problems().size(), 5u);
    for (char const* word : {"--missing-line: expected a line from 1 to 3, found 4",
                             "--missing-line: expected a line of which nothing else is said",
                             "--jitter", "--interlaced: expected 1 to 3", "--turning-on"})
      EXPECT_THAT(std::string(error.what()), testing::HasSubstr(word));
  }
}

}  // namespace
}  // namespace xrdct::core
