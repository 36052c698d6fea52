// The centre from the double wedge, with samples inside of the line and beyond it.
#include "core/centre/double_wedge.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

CentreEstimate found_in(SummedSinogram const& sinogram) {
  return double_wedge_centre(
      sinogram, double_wedge_badness(sinogram, 0, double_wedge_tries(sinogram.translations)));
}

CentreEstimate found_in(std::vector<double> const& angles, double centre, double radius,
                        double counts = 0.0) {
  auto value = test::chords(test::many_discs(radius), angles, 101, centre);
  if (counts > 0.0) value = test::drawn(test::scaled(value, counts / 100.0, 20.0), 5);
  return found_in(summed_sinogram(angles, 101, value));
}

TEST(DoubleWedge, sample_inside_of_the_line) {
  for (double const turn : {pi, 2.0 * pi})
    for (double const centre : {50.0, 54.3, 46.8}) {
      auto const found = found_in(test::even_angles(180, turn), centre, 40.0, 1000.0);
      ASSERT_TRUE(found.centre) << found.refusal;
      EXPECT_NEAR(*found.centre, centre, 0.25);
    }
}

TEST(DoubleWedge, sample_beyond_the_line) {
  for (double const centre : {47.0, 54.3}) {
    auto const found = found_in(test::even_angles(180, pi), centre, 70.0, 1000.0);
    ASSERT_TRUE(found.centre) << found.refusal;
    EXPECT_NEAR(*found.centre, centre, 0.25);
  }
}

TEST(DoubleWedge, angles_in_any_order_and_missing_samples) {
  std::vector<double> golden(180);
  for (std::size_t i = 0; i < golden.size(); ++i)
    golden[i] = std::fmod(static_cast<double>(i) * pi * (std::sqrt(5.0) - 1.0) / 2.0, pi);
  EXPECT_NEAR(found_in(golden, 54.3, 40.0).centre.value_or(0.0), 54.3, 0.25);
  auto const angles = test::even_angles(180, pi);
  auto value = test::chords(test::many_discs(40.0), angles, 101, 54.3);
  for (std::size_t i = 0; i < value.size(); ++i)
    if (test::uniform(2, i) < 0.02 || i / 101 == 33)
      value[i] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NEAR(found_in(summed_sinogram(angles, 101, value)).centre.value_or(0.0), 54.3, 0.25);
}

TEST(DoubleWedge, has_the_same_bits_in_any_shares) {
  for (std::size_t const line : {100, 101}) {
    auto const angles = test::even_angles(180, pi);
    auto const sinogram =
        summed_sinogram(angles, line, test::chords(test::many_discs(40.0), angles, line, 54.3));
    auto const tries = double_wedge_tries(line);
    auto const whole = double_wedge_badness(sinogram, 0, tries);
    ASSERT_EQ(whole.size(), tries);
    for (auto const& ends : std::vector<std::vector<std::size_t>>{
             {0, 7, 50, 51, 52, tries}, {0, 1, tries - 1, tries}, {0, 0, 30, 30, 80, tries}}) {
      std::vector<double> parts;
      for (std::size_t i = 1; i < ends.size(); ++i)
        for (double const each : double_wedge_badness(sinogram, ends[i - 1], ends[i]))
          parts.push_back(each);
      EXPECT_EQ(parts, whole);
    }
  }
}

TEST(DoubleWedge, is_refused_with_a_missing_wedge_or_few_angles) {
  EXPECT_FALSE(found_in(test::even_angles(120, 2.0 * pi / 3.0), 54.3, 40.0).centre);
  EXPECT_FALSE(found_in(test::even_angles(10, pi), 54.3, 40.0).centre);
  EXPECT_FALSE(found_in(test::even_angles(180, pi), 90.0, 8.0).centre.value_or(0.0) > 80.0);
}

}  // namespace
}  // namespace xrdct::core
