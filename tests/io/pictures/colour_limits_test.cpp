#include "io/pictures/colour_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace xrdct::io {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();

ColourChoice const logarithmic{.logarithmic = true};

std::vector<double> ramp(std::size_t number) {
  std::vector<double> values(number);
  for (std::size_t i = 0; i < number; ++i) values[i] = 1.0 + static_cast<double>(i);
  return values;
}

TEST(ColourLimits, AreTheWholeRangeWhereNothingLiesFarOff) {
  auto const limits = colour_limits(ramp(1000), {});
  EXPECT_EQ(limits.low, 1.0);
  EXPECT_EQ(limits.high, 1000.0);
  EXPECT_THAT(limits.note, IsEmpty());
}

TEST(ColourLimits, LeaveOneHotValueOutAndTellIt) {
  for (std::size_t const number : {48u, 1000u}) {
    auto values = ramp(number);
    values[7] = 4.2e9;
    auto const limits = colour_limits(values, {});
    EXPECT_LE(limits.high, static_cast<double>(number)) << number;
    EXPECT_GE(limits.high, 0.99 * static_cast<double>(number) - 2.0) << number;
    EXPECT_GE(limits.above, 1u);
    EXPECT_THAT(limits.note, HasSubstr("colours from percentile 1 to 99.5")) << number;
    EXPECT_THAT(limits.note, HasSubstr("4.2e+09"));
  }
}

TEST(ColourLimits, TellOnlyTheSideOnWhichValuesLie) {
  auto values = ramp(48);
  values[0] = values[1];  // so that the 1st percentile is the lowest value
  values[7] = 4.2e9;
  EXPECT_THAT(colour_limits(values, {}).note, testing::AllOf(HasSubstr("1 above, up to 4.2e+09"),
                                                             testing::Not(HasSubstr("below"))));
}

TEST(ColourLimits, LeaveOneLowValueOut) {
  auto values = ramp(48);
  values[7] = -1e7;
  EXPECT_EQ(colour_limits(values, {}).low, 1.0);
}

TEST(ColourLimits, JudgeByDecadesOnALogarithmicScale) {
  auto values = ramp(1000);
  values[3] = 5e3;
  EXPECT_LE(colour_limits(values, {}).high, 1000.0);
  EXPECT_EQ(colour_limits(values, logarithmic).high, 5e3)
      << "a factor of five is not far off there";
  values[3] = 1e12;
  EXPECT_LE(colour_limits(values, logarithmic).high, 1000.0);
  values[4] = -5.0;
  values[5] = 0.0;
  EXPECT_GT(colour_limits(values, logarithmic).low, 0.0);
}

TEST(ColourLimits, StandForAnythingThatMayCome) {
  EXPECT_FALSE(colour_limits({}, {}).any);
  EXPECT_FALSE(colour_limits(std::vector{nan, infinity, -infinity}, {}).any);
  EXPECT_FALSE(colour_limits(std::vector{-1.0, 0.0}, logarithmic).any);
  auto const equal = colour_limits(std::vector<double>(100, 5.0), {});
  EXPECT_TRUE(equal.any);
  EXPECT_EQ(equal.low, 5.0);
  EXPECT_EQ(equal.high, 5.0);
  std::vector<double> sparse(1000, 0.0);
  sparse[17] = 3.0;
  EXPECT_EQ(colour_limits(sparse, {}).high, 3.0)
      << "all but one are equal: there is nothing else to see";
  EXPECT_EQ(colour_limits(std::vector{1.0, 2.0, 900.0}, {}).high, 900.0)
      << "too few to call one an outlier";
}

TEST(ColourLimits, AreThePercentilesThatAreAskedFor) {
  auto const limits = colour_limits(ramp(101), {.percentiles = Interval{10.0, 80.0}});
  EXPECT_EQ(limits.low, 11.0);
  EXPECT_EQ(limits.high, 81.0);
  EXPECT_EQ(limits.below, 10u);
  EXPECT_EQ(limits.above, 20u);
  EXPECT_EQ(limits.note,
            "colours from percentile 10 to 80: 20 above, up to 101; 10 below, down to 1");
  auto const all = colour_limits(ramp(101), {.percentiles = Interval{0.0, 100.0}});
  EXPECT_EQ(all.low, 1.0);
  EXPECT_EQ(all.high, 101.0);
  EXPECT_THAT(all.note, IsEmpty());
  EXPECT_EQ(colour_limits(ramp(1), {.percentiles = Interval{40.0, 60.0}}).high, 1.0);
}

TEST(ColourLimits, AreTheRangeThatIsAskedFor) {
  auto const limits = colour_limits(ramp(100), {.range = Interval{-5.0, 90.0}});
  EXPECT_EQ(limits.low, -5.0);
  EXPECT_EQ(limits.high, 90.0);
  EXPECT_EQ(limits.note, "colours over a chosen range: 10 above, up to 100");
}

TEST(ColourLimits, LieAroundZeroWhereColoursDivergeFromIt) {
  std::vector<double> const both{-2.0, 0.0, 1.0, 5.0}, positive{1.0, 2.0, 5.0};
  auto const around = colour_limits(both, {.map = "coolwarm"});
  EXPECT_EQ(around.low, -5.0);
  EXPECT_EQ(around.high, 5.0);
  EXPECT_EQ(colour_limits(positive, {.map = "coolwarm"}).low, 1.0);
  EXPECT_EQ(colour_limits(both, {.map = "coolwarm", .range = Interval{-1.0, 5.0}}).low, -1.0);
}

}  // namespace
}  // namespace xrdct::io
