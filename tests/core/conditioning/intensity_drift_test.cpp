// The intensity of projections from their total scattering.
#include "core/conditioning/intensity_drift.hpp"

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

double gain(std::size_t p) { return 1.0 + 0.1 * std::sin(static_cast<double>(p) * pi / 12.0); }

SummedSinogram scan(double centre, bool noise) {
  auto const angles = test::even_angles(120, pi);
  auto means = test::chords(test::many_discs(44.0), angles, 101, centre);
  for (std::size_t i = 0; i < means.size(); ++i) means[i] *= 9.0 * gain(i / 101);
  return noise ? summed_sinogram(angles, 101, test::drawn(means, 2), means)
               : summed_sinogram(angles, 101, means);
}

IntensityDrift drift_of(SummedSinogram const& sinogram) {
  return estimate_drift(sinogram, estimate_air(sinogram, 2, AirScope::projection));
}

TEST(IntensityDrift, factors_undo_the_gain) {
  auto const sinogram = scan(51.3, false);
  auto const drift = drift_of(sinogram);
  ASSERT_TRUE(drift.usable()) << drift.refusal;
  double const scale = drift.factor[0] * gain(0);
  for (std::size_t p = 0; p < 120; ++p) EXPECT_NEAR(drift.factor[p] * gain(p) / scale, 1.0, 1e-3);
  EXPECT_NEAR(scale, 1.0, 0.02);
  EXPECT_NEAR(drift.spread, 0.1, 0.06);
  auto const even = without_drift(sinogram, drift);
  EXPECT_NEAR(estimate_drift(even, estimate_air(even, 2, AirScope::scan)).spread, 0.0, 1e-12);
}

TEST(IntensityDrift, missing_samples_and_projections_do_not_move_it) {
  auto sinogram = scan(51.3, false);
  for (std::size_t i = 0; i < sinogram.samples(); ++i)
    if (test::uniform(3, i) < 0.03 || i / 101 == 17) sinogram.value[i] = nan;
  sinogram = summed_sinogram(sinogram.angles, 101, sinogram.value);
  auto const drift = drift_of(sinogram);
  ASSERT_TRUE(drift.usable()) << drift.refusal;
  EXPECT_EQ(drift.factor[17], 1.0);
  for (std::size_t p = 18; p < 120; ++p)
    EXPECT_NEAR(drift.factor[p] * gain(p), drift.factor[0] * gain(0), 4e-3);
}

TEST(IntensityDrift, variance_is_that_of_the_totals) {
  auto const drift = drift_of(scan(51.3, true));
  ASSERT_TRUE(drift.usable()) << drift.refusal;
  double squares = 0.0;
  for (std::size_t p = 0; p < 120; ++p) {
    double const wrong = drift.factor[p] * gain(p) - 1.0;
    squares += wrong * wrong / drift.relative_variance[p];
  }
  EXPECT_NEAR(squares / 120.0, 1.0, 0.5);
}

TEST(IntensityDrift, is_refused_where_totals_are_not_those_of_all_the_sample) {
  auto const angles = test::even_angles(120, pi);
  auto const outside =
      summed_sinogram(angles, 101, test::chords(test::many_discs(45.0), angles, 101, 62.0));
  auto const drift = drift_of(outside);
  EXPECT_FALSE(drift.usable());
  EXPECT_THAT(drift.refusal, testing::HasSubstr("end of the line"));
  EXPECT_THAT(drift.factor, testing::Each(1.0));
  auto const nothing = summed_sinogram(angles, 101, std::vector<double>(120 * 101, 0.0));
  EXPECT_FALSE(drift_of(nothing).usable());
}

TEST(IntensityDrift, is_refused_where_totals_are_noise) {
  auto const angles = test::even_angles(60, pi);
  std::vector<double> const means(60 * 40, 4.0);
  auto counts = test::drawn(means, 9);
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += i % 40 == 20 ? 10.0 : 0.0;
  auto const sinogram = summed_sinogram(angles, 40, counts, means);
  auto const air = estimate_air(sinogram, 2, AirScope::scan);
  EXPECT_FALSE(estimate_drift(without_air(sinogram, air), air).usable());
}

TEST(IntensityDrift, is_applied_to_all_channels) {
  IntensityDrift drift;
  drift.factor = {2.0, 0.5};
  std::vector<float> values{1, 2, 3, 4, 5, 6, 7, 8}, variances{1, 1, 1, 1, 4, 4, 4, 4};
  correct_drift(drift, std::span(values), std::span(variances));
  EXPECT_THAT(values, testing::ElementsAre(2, 4, 6, 8, 2.5, 3, 3.5, 4));
  EXPECT_THAT(variances, testing::ElementsAre(4, 4, 4, 4, 1, 1, 1, 1));
}

}  // namespace
}  // namespace xrdct::core
