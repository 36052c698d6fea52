// Marks of missing samples, the order of angles, and numbers that outliers do not move.
#include "core/conditioning/summed_sinogram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "core/conditioning/full_turn.hpp"
#include "core/conditioning/robust_statistics.hpp"
#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

constexpr double pi = std::numbers::pi;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(SummedSinogram, leaves_no_nan) {
  auto const sinogram = summed_sinogram({0.0, 1.0}, 3, {1.0, nan, 3.0, 4.0, 5.0, HUGE_VAL},
                                        {1.0, 1.0, 1.0, nan, 1.0, 1.0}, {1, 0, 0, 0, 0, 0});
  EXPECT_THAT(sinogram.missing, ElementsAre(1, 1, 0, 1, 0, 1));
  EXPECT_THAT(sinogram.value, ElementsAre(0.0, 0.0, 3.0, 0.0, 5.0, 0.0));
  EXPECT_THAT(sinogram.variance, ElementsAre(0.0, 0.0, 1.0, 0.0, 1.0, 0.0));
  EXPECT_FALSE(sinogram.whole_missing(0));
  EXPECT_TRUE(summed_sinogram({0.0}, 2, {nan, nan}).whole_missing(0));
}

TEST(SummedSinogram, orders_angles_on_the_full_circle_and_ties_by_place) {
  EXPECT_THAT(by_angle(std::vector{-0.1, 1.0, 2.0 * pi + 0.5, 1.0, 0.2}),
              ElementsAre(4, 2, 1, 3, 0));
}

TEST(FullTurn, angles) {
  EXPECT_DOUBLE_EQ(modulo_full_turn(-0.5), 2.0 * pi - 0.5);
  EXPECT_DOUBLE_EQ(modulo_full_turn(2.0 * pi), 0.0);
  EXPECT_NEAR(nearest_turn(3.0 * pi / 2.0), -pi / 2.0, 1e-12);
  EXPECT_LT(modulo_full_turn(-1e-20), 2.0 * pi);
}

TEST(FullTurn, coverage) {
  EXPECT_FALSE(turn_coverage(test::even_angles(180, pi)).full_turn);
  EXPECT_TRUE(turn_coverage(test::even_angles(180, 2.0 * pi)).full_turn);
  EXPECT_FALSE(turn_coverage(test::even_angles(180, 1.8 * pi)).full_turn) << "36 degrees missing";
  EXPECT_FALSE(turn_coverage({}).full_turn);
  auto const half = turn_coverage(test::even_angles(90, pi, -0.3));
  EXPECT_NEAR(half.start, 2.0 * pi - 0.3, 1e-9);
  EXPECT_NEAR(half.usual_gap, pi / 90.0, 1e-9);
  EXPECT_NEAR(half.largest_gap, pi + pi / 90.0, 1e-9);
}

TEST(RobustStatistics, middle_and_spread) {
  EXPECT_EQ(median({}), 0.0);
  EXPECT_EQ(median({3.0, 1.0, 1e9}), 3.0);
  EXPECT_EQ(median({4.0, 1.0, 2.0, 1e9}), 3.0);
  EXPECT_EQ(quantile({5.0, 1.0, 3.0, 2.0, 4.0}, 0.5), 3.0);
  EXPECT_DOUBLE_EQ(robust_spread({1.0, 2.0, 3.0, 4.0, 1e9}), 1.4826);
  std::vector<double> means(4000, 1000.0);
  auto const noise = test::drawn(means, 3);
  EXPECT_NEAR(robust_spread(noise), std::sqrt(1000.0), 2.0);
  EXPECT_NEAR(noise_of_series(noise), std::sqrt(1000.0), 2.0);
}

}  // namespace
}  // namespace xrdct::core
