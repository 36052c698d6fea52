// Four opinions beside each other: which is used, and when they are told to disagree.
#include "core/centre/rotation_centre.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

RotationCentre found_in(std::vector<double> const& angles, double centre, double radius,
                        double absorbed = 0.0) {
  auto value = test::chords(test::many_discs(radius), angles, 101, centre);
  // what is far down the line is seen less
  for (std::size_t i = 0; i < value.size(); ++i)
    value[i] *= 1.0 - absorbed * static_cast<double>(i % 101) / 101.0;
  auto const sinogram = summed_sinogram(angles, 101, value);
  auto const air = estimate_air(sinogram, 2, AirScope::projection);
  return find_rotation_centre(without_air(sinogram, air), air);
}

TEST(RotationCentre, all_four_agree_on_a_good_scan) {
  auto const found = found_in(test::even_angles(180, 2.0 * pi), 53.3, 40.0);
  for (auto const& word : words_of<CentreMethod>) {
    auto const& estimate = found.of(word.value);
    ASSERT_TRUE(estimate.centre) << word.name << ": " << estimate.refusal;
    EXPECT_NEAR(*estimate.centre, 53.3, 0.1) << word.name;
  }
  EXPECT_EQ(found.method, CentreMethod::centre_of_mass);
  EXPECT_EQ(found.centre, *found.mass.estimate.centre);
  EXPECT_LT(found.disagreement, 0.2);
  EXPECT_FALSE(found.disagree());
  EXPECT_FALSE(found.half.found);
}

TEST(RotationCentre, is_never_a_mean_of_what_disagrees) {
  auto const found = found_in(test::even_angles(180, pi), 53.3, 40.0, 0.5);
  EXPECT_TRUE(found.disagree()) << found.disagreement;
  EXPECT_EQ(found.centre, *found.of(*found.method).centre);
}

TEST(RotationCentre, sample_beyond_the_line) {
  auto const found = found_in(test::even_angles(180, pi), 47.8, 70.0);
  EXPECT_EQ(found.method, CentreMethod::double_wedge);
  EXPECT_NEAR(found.centre, 47.8, 0.25);
}

TEST(RotationCentre, half_acquisition) {
  auto const found = found_in(test::even_angles(181, 2.0 * pi), 14.3, 80.0);
  EXPECT_TRUE(found.half.found) << found.half.reason;
  EXPECT_EQ(found.method, CentreMethod::half_turn);
  EXPECT_NEAR(found.centre, 14.3, 0.1);
  EXPECT_FALSE(found.sweep.centre);
  EXPECT_FALSE(found.wedge.centre);
  EXPECT_EQ(found.disagreement, 0.0);
}

TEST(RotationCentre, middle_of_the_line_where_nobody_knows) {
  std::vector<double> const angles{0.0, 0.1, 0.2};
  auto const sinogram = summed_sinogram(angles, 40, std::vector<double>(120, 0.0));
  auto const found =
      find_rotation_centre(sinogram, estimate_air(sinogram, 2, AirScope::projection));
  EXPECT_FALSE(found.method);
  EXPECT_EQ(found.centre, 19.5);
}

}  // namespace
}  // namespace xrdct::core
