// The centre of least negative mass, over all kinds of angles.
#include "core/centre/centre_sweep.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

CentreEstimate found_in(std::vector<double> const& angles, double centre, double counts = 0.0,
                        std::size_t translations = 81) {
  double const radius = 0.4 * static_cast<double>(translations);
  auto value = test::chords(test::many_discs(radius), angles, translations, centre);
  if (counts > 0.0)
    value = test::scaled(test::drawn(test::scaled(value, counts / 80.0, 20.0), 5), 1.0, -20.0);
  double const line = static_cast<double>(translations);
  return sweep_centre(summed_sinogram(angles, translations, value), line / 4.0, 3.0 * line / 4.0);
}

TEST(CentreSweep, half_turn) {
  for (double const centre : {40.0, 43.3, 36.55}) {
    auto const found = found_in(test::even_angles(120, pi), centre);
    ASSERT_TRUE(found.centre) << found.refusal;
    EXPECT_NEAR(*found.centre, centre, 0.1);
    EXPECT_EQ(found.tried.size(), found.badness.size());
    EXPECT_GT(found.tried.size(), 15U);
  }
}

TEST(CentreSweep, full_turn_is_taken_in_halves) {
  auto const found = found_in(test::even_angles(180, 2.0 * pi), 43.3);
  ASSERT_TRUE(found.centre) << found.refusal;
  EXPECT_NEAR(*found.centre, 43.3, 0.1);
}

TEST(CentreSweep, noise_golden_and_random_angles) {
  std::vector<double> golden(150), random(150);
  for (std::size_t i = 0; i < golden.size(); ++i) {
    golden[i] = std::fmod(static_cast<double>(i) * pi * (std::sqrt(5.0) - 1.0) / 2.0, pi);
    random[i] = pi * test::uniform(4, i);
  }
  EXPECT_NEAR(found_in(golden, 43.3, 1000.0).centre.value_or(0.0), 43.3, 0.15);
  EXPECT_NEAR(found_in(random, 43.3, 1000.0).centre.value_or(0.0), 43.3, 0.15);
  EXPECT_NEAR(found_in(test::even_angles(120, pi), 43.3, 1000.0).centre.value_or(0.0), 43.3, 0.15);
}

TEST(CentreSweep, long_lines_go_from_coarse_to_fine) {
  auto const found = found_in(test::even_angles(90, pi), 131.7, 0.0, 250);
  ASSERT_TRUE(found.centre) << found.refusal;
  EXPECT_NEAR(*found.centre, 131.7, 0.1);
}

TEST(CentreSweep, says_when_there_is_no_best) {
  auto const angles = test::even_angles(60, pi);
  auto const sinogram =
      summed_sinogram(angles, 81, test::chords(test::many_discs(25.0), angles, 81, 60.0));
  auto const at_the_end = sweep_centre(sinogram, 30.0, 50.0);
  EXPECT_FALSE(at_the_end.centre);
  EXPECT_FALSE(at_the_end.refusal.empty());
  auto const nothing = summed_sinogram(angles, 81, std::vector<double>(60 * 81, 0.0));
  EXPECT_FALSE(sweep_centre(nothing, 30.0, 50.0).centre);
}

}  // namespace
}  // namespace xrdct::core
