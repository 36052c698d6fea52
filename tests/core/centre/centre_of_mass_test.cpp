// The path of the centre of mass: exact on closed forms, robust, and refused where it has to be.
#include "core/centre/centre_of_mass.hpp"

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

CentreOfMass found_in(SummedSinogram const& sinogram) {
  return centre_of_mass(sinogram, estimate_air(sinogram, 2, AirScope::projection));
}

test::Disc const off_centre{12.0, -8.0, 20.0, 1.0};

TEST(CentreOfMass, is_that_of_the_disc) {
  for (double const turn : {pi, 2.0 * pi, pi * 2.0 / 3.0}) {
    auto const angles = test::even_angles(90, turn, -0.4);
    auto const found =
        found_in(summed_sinogram(angles, 101, test::chords({off_centre}, angles, 101, 55.3)));
    ASSERT_TRUE(found.estimate.centre) << found.estimate.refusal;
    EXPECT_NEAR(*found.estimate.centre, 55.3, 0.01);
    EXPECT_NEAR(found.cosine, off_centre.x, 0.01);  // the other sign would be a mirrored slice
    EXPECT_NEAR(found.sine, off_centre.y, 0.01);
    EXPECT_LT(found.residual, 0.02);
    EXPECT_NEAR(found.mass_centre[0],
                55.3 + off_centre.x * std::cos(angles[0]) + off_centre.y * std::sin(angles[0]),
                0.02);
  }
}

TEST(CentreOfMass, error_is_that_of_many_draws) {
  auto const angles = test::even_angles(60, pi);
  auto const means = test::scaled(test::chords({off_centre}, angles, 81, 42.0), 3.0, 10.0);
  double sum = 0.0, squares = 0.0, told = 0.0;
  constexpr int draws = 60;
  for (int draw = 0; draw < draws; ++draw) {
    auto const counts = test::drawn(means, static_cast<std::uint64_t>(draw));
    auto const raw = summed_sinogram(angles, 81, counts, counts);
    auto const air = estimate_air(raw, 4, AirScope::scan);
    auto const found = centre_of_mass(without_air(raw, air), air);
    ASSERT_TRUE(found.estimate.centre) << found.estimate.refusal;
    sum += *found.estimate.centre - 42.0;
    squares += (*found.estimate.centre - 42.0) * (*found.estimate.centre - 42.0);
    told += found.estimate.error;
  }
  double const scatter = std::sqrt(squares / draws - sum * sum / draws / draws);
  EXPECT_NEAR(sum / draws, 0.0, 4.0 * scatter / std::sqrt(draws));
  EXPECT_NEAR(told / draws / scatter, 1.0, 0.35);
}

TEST(CentreOfMass, spots_and_missing_samples_do_not_move_it) {
  auto const angles = test::even_angles(180, pi);
  auto value = test::chords(test::many_discs(40.0), angles, 101, 48.7);
  for (std::size_t p = 5; p < 180; p += 11) value[p * 101 + 90] += 400.0;  // strong, at the edge
  for (std::size_t i = 0; i < value.size(); ++i)
    if (test::uniform(2, i) < 0.02 || i / 101 == 33) value[i] = nan;
  auto const found = found_in(summed_sinogram(angles, 101, value));
  ASSERT_TRUE(found.estimate.centre) << found.estimate.refusal;
  EXPECT_NEAR(*found.estimate.centre, 48.7, 0.05);
  EXPECT_EQ(found.weight[5], 0.0);
  EXPECT_GT(found.weight[6], 0.5);
  EXPECT_TRUE(std::isnan(found.mass_centre[33]));
}

TEST(CentreOfMass, is_refused_where_it_cannot_be) {
  auto const angles = test::even_angles(90, pi);
  auto const outside =
      found_in(summed_sinogram(angles, 101, test::chords(test::many_discs(45.0), angles, 101, 65)));
  EXPECT_FALSE(outside.estimate.centre);
  EXPECT_THAT(outside.estimate.refusal, testing::HasSubstr("end of the line"));
  std::vector<double> const same(10, 0.7);
  EXPECT_FALSE(found_in(summed_sinogram(same, 101, test::chords({off_centre}, same, 101, 50)))
                   .estimate.centre);
  std::vector<double> const three{0.0, 1.0, 2.0};
  EXPECT_FALSE(found_in(summed_sinogram(three, 101, test::chords({off_centre}, three, 101, 50)))
                   .estimate.centre);
  EXPECT_FALSE(
      found_in(summed_sinogram(angles, 101, std::vector<double>(90 * 101, 0.0))).estimate.centre);
}

}  // namespace
}  // namespace xrdct::core
