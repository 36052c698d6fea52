// Scans with the axis near the edge: found, weighted, and reconstructed over the full turn.
#include "core/conditioning/half_acquisition.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "core/tomography/reference_slices.hpp"
#include "tests/core/conditioning/disc_sinogram.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

TEST(HalfAcquisition, weights_of_both_ends_of_a_ray_add_up_to_one) {
  for (double const centre : {12.0, 15.3, 87.6}) {
    auto const weights = redundancy_weights(101, centre);
    bool const first = centre < 50.0;
    EXPECT_EQ(weights[first ? 100 : 0], 1.0);
    EXPECT_LT(weights[first ? 0 : 100], 1e-12);
    double const overlap = std::min(centre, 100.0 - centre);
    double const near = std::floor(overlap);
    for (double s = 0.0; s < near; s += 1.0) {
      // w is a function of s alone: of a line whose centre is on a translation
      auto const whole = redundancy_weights(101, first ? near : 100.0 - near);
      auto const axis = static_cast<std::size_t>(first ? near : 100.0 - near);
      auto const offset = static_cast<std::size_t>(s);
      EXPECT_NEAR(whole[axis + offset] + whole[axis - offset], 1.0, 1e-12);
    }
  }
}

TEST(HalfAcquisition, full_turn_weights) {
  auto const weights = full_turn_weights(test::even_angles(90, 2.0 * pi));
  EXPECT_NEAR(weights.covered, 2.0 * pi, 1e-9);
  for (auto const weight : weights.weight) EXPECT_NEAR(weight, 2.0 * pi / 90.0, 1e-9);
  EXPECT_FALSE(weights.wedge_missing);
  EXPECT_TRUE(full_turn_weights(test::even_angles(90, pi)).wedge_missing);
}

TEST(HalfAcquisition, is_told_from_others) {
  auto const scan = [&](double turn, double centre, double radius) {
    auto const angles = test::even_angles(120, turn);
    return summed_sinogram(angles, 101,
                           test::chords(test::many_discs(radius), angles, 101, centre));
  };
  auto const found = [&](SummedSinogram const& sinogram, double centre) {
    return half_acquisition(sinogram, estimate_air(sinogram, 2, AirScope::projection), centre);
  };
  auto const half = found(scan(2.0 * pi, 9.5, 90.0), 9.5);
  EXPECT_TRUE(half.found) << half.reason;
  EXPECT_EQ(half.overlap, 9.5);
  EXPECT_TRUE(found(scan(2.0 * pi, 90.5, 90.0), 90.5).found);
  EXPECT_FALSE(found(scan(pi, 9.5, 90.0), 9.5).found) << "half a turn";
  EXPECT_FALSE(found(scan(2.0 * pi, 47.0, 40.0), 47.0).found) << "axis in the middle";
  EXPECT_FALSE(found(scan(2.0 * pi, 35.0, 30.0), 35.0).found) << "sample inside of the line";
}

TEST(HalfAcquisition, reconstructs_what_reaches_beyond_the_line) {
  std::size_t const translations = 101;
  test::Disc const disc{30.0, -35.0, 25.0, 1.0};  // up to 71 from the axis; 15 on the short side
  for (double const centre : {15.4, 84.6}) {
    for (std::size_t const projections : {std::size_t{240}, std::size_t{241}}) {
      auto const angles = test::even_angles(projections, 2.0 * pi);
      auto value = test::chords({disc}, angles, translations, centre);
      weigh_translations(redundancy_weights(translations, centre), 1, std::span(value),
                         std::span<double>());
      SliceGeometry const geometry{angles, translations, 1.0,
                                   std::vector<double>(projections, centre), 169};
      auto const slice = filtered_back_projection(geometry, full_turn_weights(angles).weight,
                                                  FilterWindow::none, value);
      double sum = 0.0, count = 0.0, x = 0.0, y = 0.0, mass = 0.0;
      for (std::size_t row = 0; row < geometry.side; ++row) {
        for (std::size_t column = 0; column < geometry.side; ++column) {
          if (!geometry.inside(row, column)) continue;
          double const voxel = slice[row * geometry.side + column];
          double const away = std::hypot(geometry.x(column) - disc.x, geometry.y(row) - disc.y);
          if (away < disc.radius - 3.0) {
            sum += voxel;
            count += 1.0;
          }
          if (away < disc.radius + 3.0) {
            mass += voxel;
            x += voxel * geometry.x(column);
            y += voxel * geometry.y(row);
          }
        }
      }
      EXPECT_NEAR(sum / count, 1.0, 0.003) << centre << " " << projections;
      EXPECT_NEAR(x / mass, disc.x, 0.1);
      EXPECT_NEAR(y / mass, disc.y, 0.1);
    }
  }
}

}  // namespace
}  // namespace xrdct::core
