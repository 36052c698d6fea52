// The level of air, its variance, and ends of the line that are no air.
#include "core/conditioning/air.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Air, mean_of_the_measured_ends) {
  auto const sinogram = summed_sinogram(
      {0.0, 1.0}, 8, {1, 2, 500, 500, 500, 500, 3, 6, 3, nan, 500, 500, 500, 500, 4, 5},
      {1, 1, 9, 9, 9, 9, 1, 1, 2, 2, 9, 9, 9, 9, 2, 2});
  auto const each = estimate_air(sinogram, 2, AirScope::projection);
  EXPECT_TRUE(each.usable());
  EXPECT_THAT(each.level, testing::ElementsAre(3.0, 4.0));
  EXPECT_DOUBLE_EQ(each.variance[0], 4.0 / 16.0);
  EXPECT_DOUBLE_EQ(each.variance[1], 6.0 / 9.0);
  auto const all = estimate_air(sinogram, 2, AirScope::scan);
  EXPECT_THAT(all.level, testing::ElementsAre(24.0 / 7.0, 24.0 / 7.0));
  EXPECT_DOUBLE_EQ(all.variance[0], 10.0 / 49.0);
}

TEST(Air, of_short_lines_is_at_most_a_quarter_at_each_end) {
  for (std::size_t const translations : {4, 5, 7, 8, 12, 79, 320, 4000}) {
    auto const columns = usual_air_columns(translations);
    EXPECT_GE(columns, 1U);
    EXPECT_LE(4 * columns, translations);
  }
  EXPECT_EQ(usual_air_columns(7), 1U);
  EXPECT_EQ(usual_air_columns(192), 4U);
}

TEST(Air, is_subtracted_from_each_channel_by_itself) {
  auto const sinogram = summed_sinogram({0.0}, 4, {3, 9, 9, 3});
  auto const air = estimate_air(sinogram, 1, AirScope::projection);
  std::vector<float> values{1, 2, 4, 5, 4, 5, 1, 4}, variances{1, 2, 1, 1, 1, 1, 3, 2};
  subtract_air(sinogram, air, 2, std::span(values), std::span(variances));
  EXPECT_THAT(values, testing::ElementsAre(0, -1, 3, 2, 3, 2, 0, 1));
  EXPECT_THAT(variances, testing::ElementsAre(2, 3, 2, 2, 2, 2, 4, 3));
}

TEST(Air, of_a_channel_that_misses_a_sample_is_that_of_its_others) {
  auto const sinogram = summed_sinogram({0.0, 1.0}, 4, {3, 90, 90, 3, 3, 90, 90, 3});
  auto const air = estimate_air(sinogram, 1, AirScope::projection);
  ASSERT_TRUE(air.usable());
  std::vector<double> values{nan, 4, 4, 1, nan, 5, 5, nan};
  subtract_air(sinogram, air, 1, std::span(values), std::span<double>());
  EXPECT_THAT(values, testing::ElementsAre(testing::IsNan(), 3, 3, 0, testing::IsNan(), 4, 4,
                                           testing::IsNan()));
}

SummedSinogram scan(double centre, double radius, double turn, double air, double drift = 0.0) {
  auto const angles = test::even_angles(120, turn);
  auto means = test::chords(test::many_discs(radius), angles, 101, centre);
  for (std::size_t i = 0; i < means.size(); ++i)
    means[i] =
        (5.0 * means[i] + air) * (1.0 + drift * std::sin(static_cast<double>(i / 101) / 7.0));
  auto const counts = test::drawn(means, 11);
  return summed_sinogram(angles, 101, counts, means);
}

TEST(Air, level_and_variance_are_those_of_the_scatter) {
  auto const sinogram = scan(52.0, 44.0, pi, 400.0);
  auto known = estimate_air(sinogram, 3, AirScope::projection);
  ASSERT_TRUE(known.usable());
  auto unknown_variance = sinogram;
  unknown_variance.variance.clear();
  auto const unknown = estimate_air(unknown_variance, 3, AirScope::projection);
  double mean = 0.0, squares = 0.0;
  for (auto const level : known.level) {
    mean += level / 120.0;
    squares += level * level / 120.0;
  }
  EXPECT_NEAR(mean, 400.0, 3.0);
  double const expected = 400.0 / 6.0;
  EXPECT_NEAR(squares - mean * mean, expected, 0.3 * expected);
  EXPECT_NEAR(known.variance[7], expected, 0.05 * expected);
  EXPECT_NEAR(unknown.variance[7], expected, 0.2 * expected);
  EXPECT_NEAR(estimate_air(sinogram, 3, AirScope::scan).variance[0], expected / 120.0,
              0.05 * expected / 120.0);
}

TEST(Air, holds_no_sample_when_it_only_drifts) {
  for (double const drift : {0.0, 0.1, 0.3})
    for (double const air : {0.5, 20.0, 2000.0}) {
      auto const found = estimate_air(scan(52.0, 44.0, pi, air, drift), 3, AirScope::projection);
      EXPECT_TRUE(found.sample_inside())
          << drift << " " << air << " " << found.ends[0].excess << " " << found.ends[1].excess;
    }
}

TEST(Air, sample_at_one_end_or_at_both_is_seen) {
  auto const last = estimate_air(scan(60.0, 45.0, pi, 20.0), 3, AirScope::projection);
  EXPECT_FALSE(last.ends[0].holds_sample);
  EXPECT_TRUE(last.ends[1].holds_sample);
  EXPECT_TRUE(last.usable()) << "the other end is air";
  EXPECT_NEAR(last.level[10], 20.0, 12.0);
  auto const first = estimate_air(scan(40.0, 45.0, 2.0 * pi, 20.0), 3, AirScope::projection);
  EXPECT_TRUE(first.ends[0].holds_sample);
  EXPECT_FALSE(first.ends[1].holds_sample);
  auto const both = estimate_air(scan(50.0, 70.0, pi, 20.0), 3, AirScope::projection);
  EXPECT_TRUE(both.ends[0].holds_sample && both.ends[1].holds_sample);
  EXPECT_FALSE(both.usable());
  EXPECT_THAT(both.refusal, testing::HasSubstr("both ends"));
  auto const sinogram = scan(50.0, 70.0, pi, 20.0);
  EXPECT_EQ(without_air(sinogram, both).value, sinogram.value);
}

TEST(Air, sample_that_passes_an_end_for_a_short_while_is_seen) {
  // a small grain far from the axis leaves the line on 25 of 120 projections
  auto const angles = test::even_angles(120, pi);
  auto means = test::chords({{0.0, 0.0, 20.0, 1.0}, {49.5, 0.0, 2.0, 4.0}}, angles, 101, 50.0);
  means = test::scaled(means, 20.0, 20.0);
  auto const found =
      estimate_air(summed_sinogram(angles, 101, test::drawn(means, 4), means), 3, AirScope::scan);
  EXPECT_TRUE(found.ends[1].holds_sample);
}

}  // namespace
}  // namespace xrdct::core
