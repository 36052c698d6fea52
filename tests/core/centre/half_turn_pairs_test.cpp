// Projections half a turn apart: registered, interpolated between, or not there.
#include "core/centre/half_turn_pairs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

HalfTurnPairs found_in(std::vector<double> const& angles, double centre, double radius = 40.0,
                       double counts = 0.0) {
  auto value = test::chords(test::many_discs(radius), angles, 101, centre);
  if (counts > 0.0) value = test::drawn(test::scaled(value, counts / 100.0, 20.0), 7);
  return register_half_turns(summed_sinogram(angles, 101, value), half_turn_tolerance(101), 8);
}

TEST(HalfTurnPairs, one_pair_is_enough) {
  for (double const centre : {50.0, 53.3, 46.6, 47.75}) {
    auto angles = test::even_angles(60, pi);
    angles.push_back(pi);
    auto const found = found_in(angles, centre);
    ASSERT_TRUE(found.estimate.centre) << found.estimate.refusal;
    EXPECT_EQ(found.pairs.size(), 1U);
    EXPECT_NEAR(*found.estimate.centre, centre, 0.03);
    EXPECT_EQ(found.estimate.error, 0.0);
  }
}

TEST(HalfTurnPairs, nearly_half_a_turn_is_no_pair) {
  auto const found = found_in(test::even_angles(180, pi), 53.3);
  EXPECT_FALSE(found.estimate.centre);
  EXPECT_TRUE(found.pairs.empty());
  EXPECT_THAT(found.estimate.refusal, testing::HasSubstr("half a turn apart"));
}

TEST(HalfTurnPairs, all_of_a_full_turn) {
  auto const even = found_in(test::even_angles(180, 2.0 * pi), 53.3, 40.0, 1000.0);
  ASSERT_TRUE(even.estimate.centre);
  EXPECT_EQ(even.pairs.size(), 90U);
  EXPECT_NEAR(*even.estimate.centre, 53.3, 0.05);
  EXPECT_GT(even.estimate.error, 0.0);
  EXPECT_LT(even.estimate.error, 0.05);
  // an odd number meets no half turn, but lies on both sides of it
  auto const odd = found_in(test::even_angles(181, 2.0 * pi, 0.3), 53.3);
  ASSERT_TRUE(odd.estimate.centre);
  EXPECT_EQ(odd.pairs.size(), 181U);
  EXPECT_NEAR(*odd.estimate.centre, 53.3, 0.02);
  // 7° between projections are too many to interpolate
  EXPECT_FALSE(found_in(test::even_angles(51, 2.0 * pi), 53.3).estimate.centre);
}

TEST(HalfTurnPairs, half_acquisition) {
  for (double const centre : {14.4, 86.6}) {
    auto const found = found_in(test::even_angles(180, 2.0 * pi), centre, 80.0);
    ASSERT_TRUE(found.estimate.centre);
    EXPECT_NEAR(*found.estimate.centre, centre, 0.05);
  }
}

// A disc that most projections do not see in the samples that they share with their mirror images:
// flat pairs made a wider overlap look better, and moved the centre by 0.2.
TEST(HalfTurnPairs, a_lone_disc_in_a_half_acquisition) {
  auto const angles = test::even_angles(180, 2.0 * pi);
  for (double const centre : {12.4, 15.3, 85.6}) {
    auto const value = test::chords({{20.0, 0.0, 6.0, 1.0}}, angles, 101, centre);
    auto const found =
        register_half_turns(summed_sinogram(angles, 101, value), half_turn_tolerance(101), 8);
    ASSERT_TRUE(found.estimate.centre) << found.estimate.refusal;
    EXPECT_NEAR(*found.estimate.centre, centre, 0.05);
  }
}

TEST(HalfTurnPairs, levels_gains_and_missing_samples_do_not_move_it) {
  std::vector<double> const angles{0.2, 0.2 + pi};
  auto value = test::chords(test::many_discs(40.0), angles, 101, 47.8);
  for (std::size_t k = 0; k < 101; ++k) value[101 + k] = 1.3 * value[101 + k] + 50.0;
  value[20] = value[101 + 60] = std::numeric_limits<double>::quiet_NaN();
  auto const found =
      register_half_turns(summed_sinogram(angles, 101, value), half_turn_tolerance(101), 8);
  ASSERT_TRUE(found.estimate.centre);
  EXPECT_NEAR(*found.estimate.centre, 47.8, 0.05);
  EXPECT_NEAR(found.pairs[0].centre, *found.estimate.centre, 1e-9);
}

TEST(HalfTurnPairs, flat_projections_tell_nothing) {
  auto const found = register_half_turns(
      summed_sinogram({0.0, pi}, 101, std::vector<double>(202, 3.0)), half_turn_tolerance(101), 8);
  EXPECT_FALSE(found.estimate.centre);
}

}  // namespace
}  // namespace xrdct::core
