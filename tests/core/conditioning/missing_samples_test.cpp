// What stands in for missing samples: by hand, and in reconstructions of discs.
#include "core/conditioning/missing_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "core/tomography/reference_slices.hpp"
#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

using testing::Each;

constexpr double pi = std::numbers::pi;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(MissingSamples, interpolates_linearly_in_the_angle) {
  // angles in disorder; the one at 0.2 lies a quarter of the way from 0.1 to 0.5
  auto const sinogram =
      summed_sinogram({0.5, 0.2, 0.1, 0.9}, 2, {8.0, 1.0, nan, 1.0, 4.0, 1.0, 99.0, 1.0});
  auto const imputation = impute(sinogram, {});
  ASSERT_EQ(imputation.samples.size(), 1U);
  EXPECT_EQ(imputation.samples[0].sample, 2U);
  EXPECT_NEAR(imputation.samples[0].distance, 0.1, 1e-12);
  EXPECT_EQ(imputation.missing, 1U);
  EXPECT_NEAR(filled(sinogram).value[2], 5.0, 1e-12);
}

TEST(MissingSamples, half_a_turn_closes_on_itself_mirrored) {
  // the last of three projections of a half turn; after it comes the first one, mirrored about c
  std::vector<double> const angles{0.0, pi / 3.0 * 0.25, pi * 0.95};
  double const centre = 1.5;
  auto const sinogram =
      summed_sinogram(angles, 4, {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, nan, 10.0, 11.0, 12.0});
  std::vector<double> const centres(3, centre);
  // translation 0 mirrors to 3 of the first projection; nothing within 30° before
  EXPECT_NEAR(filled(sinogram, centres).value[8], 4.0, 1e-12);
  // without a centre there is no mirror image: the line itself has to do
  auto const unmirrored = impute(sinogram, {});
  EXPECT_TRUE(unmirrored.samples[0].along_line);
  EXPECT_EQ(unmirrored.along_line, 1U);
  EXPECT_NEAR(filled(sinogram).value[8], 10.0, 1e-12);
}

TEST(MissingSamples, follows_centres_that_differ) {
  // the second projection is shifted by half a translation
  auto const sinogram =
      summed_sinogram({0.0, 0.1}, 4, {nan, nan, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0});
  auto const full = filled(sinogram, std::vector{1.0, 1.5});
  EXPECT_NEAR(full.value[0], 15.0, 1e-12);
  EXPECT_NEAR(full.value[1], 25.0, 1e-12);
}

TEST(MissingSamples, equal_angles_stand_in_for_each_other) {
  auto const sinogram = summed_sinogram({0.3, 0.3, 0.35}, 2, {nan, 1.0, 7.0, 1.0, 100.0, 1.0});
  EXPECT_NEAR(filled(sinogram).value[0], 7.0, 1e-9);
}

TEST(MissingSamples, empty_projections_are_not_filled) {
  auto const sinogram = summed_sinogram({0.0, 0.1, 0.2}, 2, {1.0, 2.0, nan, nan, 3.0, 4.0});
  auto const imputation = impute(sinogram, {});
  EXPECT_EQ(imputation.empty_projections, 1U);
  EXPECT_EQ(imputation.missing, 2U);
  EXPECT_TRUE(imputation.samples.empty());
  auto const weights = measured_angle_weights(sinogram);
  EXPECT_EQ(weights.weight[1], 0.0);
  EXPECT_EQ(weights.weight[0], angle_weights(std::vector{0.0, 0.2}).weight[0]);
  EXPECT_EQ(weights.weight[2], angle_weights(std::vector{0.0, 0.2}).weight[1]);
}

TEST(MissingSamples, fills_channels_and_their_variances) {
  auto const sinogram =
      summed_sinogram({0.0, 0.1, 0.2, 0.3}, 1, {1.0, 0.0, 1.0, 0.0}, {}, {0, 1, 0, 1});
  auto const imputation = impute(sinogram, {});
  std::vector<float> values{2.0F, 20.0F, NAN, NAN, 4.0F, 40.0F, NAN, NAN};
  std::vector<float> variances{1.0F, 4.0F, NAN, NAN, 3.0F, 8.0F, NAN, NAN};
  // the last one is a projection of one sample, and empty
  fill(imputation, 2, std::span(values));
  fill_variance(imputation, 2, std::span(variances));
  EXPECT_THAT(values, testing::ElementsAre(2.0F, 20.0F, 0.0F, 0.0F, 4.0F, 40.0F, 0.0F, 0.0F));
  EXPECT_THAT(variances, testing::ElementsAre(1.0F, 4.0F, 0.0F, 0.0F, 3.0F, 8.0F, 0.0F, 0.0F));

  auto const two = summed_sinogram({0.0, 0.1, 0.2}, 2, {1, 1, 0, 1, 1, 1}, {}, {0, 0, 1, 0, 0, 0});
  std::vector<double> pairs{2.0, 5.0, NAN, 5.0, 4.0, 5.0};
  std::vector<double> squares{1.0, 5.0, NAN, 5.0, 3.0, 5.0};
  fill(impute(two, {}), 1, std::span(pairs));
  fill_variance(impute(two, {}), 1, std::span(squares));
  EXPECT_NEAR(pairs[2], 3.0, 1e-12);
  EXPECT_NEAR(squares[2], 1.0, 1e-12);
}

struct Inside {
  double mean = 0.0, deviation = 0.0, outside = 0.0;
};

/// Over voxels well inside of a disc of value 1, and well outside of it.
Inside look_into(std::vector<double> const& slice, SliceGeometry const& geometry,
                 test::Disc const& disc) {
  Inside found;
  double count = 0.0, squares = 0.0, outside = 0.0, around = 0.0;
  for (std::size_t row = 0; row < geometry.side; ++row) {
    for (std::size_t column = 0; column < geometry.side; ++column) {
      if (!geometry.inside(row, column)) continue;
      double const value = slice[row * geometry.side + column];
      EXPECT_TRUE(std::isfinite(value));
      double const away = std::hypot(geometry.x(column) - disc.x, geometry.y(row) - disc.y);
      if (away < disc.radius - 3.0) {
        found.mean += value;
        squares += value * value;
        count += 1.0;
      } else if (away > disc.radius + 3.0) {
        outside += value;
        around += 1.0;
      }
    }
  }
  found.mean /= count;
  found.deviation = std::sqrt(squares / count - found.mean * found.mean);
  found.outside = outside / around;
  return found;
}

class DiscWithGaps : public testing::TestWithParam<double> {};

TEST_P(DiscWithGaps, keeps_its_value) {
  double const turn = GetParam(), centre = 65.3;
  test::Disc const disc{14.0, -9.0, 28.0, 1.0};
  auto const angles = test::even_angles(192, turn);
  auto value = test::chords({disc}, angles, 121, centre);
  std::size_t missing = 0;
  for (std::size_t i = 0; i < value.size(); ++i)
    if (test::uniform(5, i) < 0.02) {
      value[i] = nan;
      ++missing;
    }
  ASSERT_GT(missing, 400U);
  auto const sinogram = summed_sinogram(angles, 121, value);
  auto const geometry = test::geometry_of(sinogram, centre);
  auto const imputation = impute(sinogram, geometry.centres);
  EXPECT_EQ(imputation.missing, missing);
  EXPECT_EQ(imputation.samples.size(), missing);
  EXPECT_EQ(imputation.along_line, 0U);
  auto const full = filled(sinogram, geometry.centres);
  EXPECT_THAT(full.missing, Each(0));
  auto const weights = measured_angle_weights(sinogram).weight;
  auto const found = look_into(
      filtered_back_projection(geometry, weights, FilterWindow::none, full.value), geometry, disc);
  EXPECT_NEAR(found.mean, 1.0, 0.01);
  EXPECT_LE(found.deviation, 0.02);
  EXPECT_NEAR(found.outside, 0.0, 1e-3);
  RecordProperty("mean", std::to_string(found.mean));
  RecordProperty("deviation", std::to_string(found.deviation));
  // zeros in their place would ruin it
  auto const ruined =
      look_into(filtered_back_projection(geometry, weights, FilterWindow::none, sinogram.value),
                geometry, disc);
  EXPECT_GT(ruined.deviation, 0.1);
}

INSTANTIATE_TEST_SUITE_P(Turns, DiscWithGaps, testing::Values(pi, 2.0 * pi));

TEST(MissingSamples, slices_do_without_whole_projections) {
  test::Disc const disc{14.0, -9.0, 28.0, 1.0};
  auto const angles = test::even_angles(192, pi);
  auto value = test::chords({disc}, angles, 121, 60.0);
  for (std::size_t p = 3; p < 192; p += 25)
    for (std::size_t k = 0; k < 121; ++k) value[p * 121 + k] = nan;
  auto const sinogram = summed_sinogram(angles, 121, value);
  auto const geometry = test::geometry_of(sinogram, 60.0);
  auto const full = filled(sinogram, geometry.centres);
  auto const found =
      look_into(filtered_back_projection(geometry, measured_angle_weights(sinogram).weight,
                                         FilterWindow::none, full.value),
                geometry, disc);
  EXPECT_NEAR(found.mean, 1.0, 0.005);
  EXPECT_LE(found.deviation, 0.02);
}

TEST(MissingSamples, mirrored_with_the_wrong_sign_is_worse) {
  // gaps at the first angle can only be closed by the mirrored last ones
  auto const angles = test::even_angles(96, pi);
  auto const truth = test::chords(test::many_discs(40.0), angles, 101, 47.0);
  auto const error_with = [&](double centre) {
    auto value = truth;
    for (std::size_t k = 0; k < 101; k += 2) value[k] = nan;
    auto const full = filled(summed_sinogram(angles, 101, value), std::vector<double>(96, centre));
    double sum = 0.0;
    for (std::size_t k = 0; k < 101; k += 2) sum += std::abs(full.value[k] - truth[k]);
    return sum;
  };
  EXPECT_LT(error_with(47.0), 0.3 * error_with(53.0));
}

}  // namespace
}  // namespace xrdct::core
