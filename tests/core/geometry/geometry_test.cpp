#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/geometry/geometry.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

Detector plain_detector(std::size_t rows, std::size_t columns, int orientation = 3) {
  return {"Detector", 1e-3, 2e-3, {rows, columns}, orientation, {}};
}

// Beam through the corner of pixel (0, 0), detector upright, 1 m away, 1 Å.
Calibration upright() { return {.distance_m = 1.0, .wavelength_m = 1e-10, .detector = {}}; }

TEST(Geometry, RadiusAndAnglesOfAnUprightDetector) {
  Geometry const geometry(upright(), plain_detector(2, 3));
  std::size_t const pixel = 1 * 3 + 2;  // centre at (1.5, 5) mm
  double const radius = std::hypot(1.5e-3, 5e-3);
  EXPECT_NEAR(geometry.radial_centers(Unit::r_mm)[pixel], radius, 1e-15);
  EXPECT_NEAR(geometry.radial_centers(Unit::two_theta_deg)[pixel], std::atan(radius), 1e-15);
  EXPECT_NEAR(geometry.radial_centers(Unit::q_nm)[pixel],
              4.0 * pi / 0.1 * std::sin(std::atan(radius) / 2.0), 1e-12);
  EXPECT_NEAR(geometry.radial_centers(Unit::d_A)[pixel],
              1e-10 / (2.0 * std::sin(std::atan(radius) / 2.0)), 1e-18);
  EXPECT_NEAR(geometry.chi_centers()[pixel], std::atan2(1.5, 5.0), 1e-15);
  EXPECT_NEAR(geometry.solid_angle()[pixel], std::pow(1.0 + radius * radius, -1.5), 1e-9);
}

TEST(Geometry, RotationsTurnTheDetectorAroundTheSample) {
  // rot1 is left-handed about the vertical axis: the point of normal incidence goes to 2θ = rot1
  // and stays in the horizontal plane.
  auto calibration = upright();
  calibration.rot1_rad = 0.3;
  calibration.poni1_m = 0.5e-3;
  calibration.poni2_m = 1e-3;
  Geometry const turned(calibration, plain_detector(1, 1));
  EXPECT_NEAR(turned.radial_centers(Unit::two_theta_rad)[0], 0.3, 1e-15);
  EXPECT_NEAR(turned.chi_centers()[0], 0.0, 1e-15);
  calibration.rot1_rad = 0.0;
  calibration.rot2_rad = 0.3;
  EXPECT_NEAR(Geometry(calibration, plain_detector(1, 1)).chi_centers()[0], -pi / 2.0, 1e-15);
  EXPECT_NEAR(turned.solid_angle()[0], 1.0, 1e-9)
      << "relative to normal incidence, whatever the rotation";
}

TEST(Geometry, CornersGoAroundThePixel) {
  Geometry const geometry(upright(), plain_detector(2, 3));
  PixelCorners const all = geometry.radial_corners(Unit::r_m);
  EXPECT_EQ(all.count(), 4u);
  auto const corners = all.quadrilateral(1 * 3 + 1);  // rows 1–2 mm, columns 2–4 mm
  EXPECT_EQ(corners[0], static_cast<float>(std::hypot(1e-3, 2e-3)));
  EXPECT_EQ(corners[1], static_cast<float>(std::hypot(2e-3, 2e-3)));
  EXPECT_EQ(corners[2], static_cast<float>(std::hypot(2e-3, 4e-3)));
  EXPECT_EQ(corners[3], static_cast<float>(std::hypot(1e-3, 4e-3)));
  double const center = std::hypot(1.5e-3, 3e-3);
  EXPECT_NEAR(geometry.radial_half_widths(Unit::r_m)[4], std::hypot(2e-3, 4e-3) - center, 1e-9);
}

TEST(Geometry, OrientationIsAFlippedImage) {
  auto const native = Geometry(upright(), plain_detector(2, 3)).radial_centers(Unit::r_m);
  auto const one = Geometry(upright(), plain_detector(2, 3, 1)).radial_centers(Unit::r_m);
  auto const two = Geometry(upright(), plain_detector(2, 3, 2)).radial_centers(Unit::r_m);
  auto const four = Geometry(upright(), plain_detector(2, 3, 4)).radial_centers(Unit::r_m);
  for (std::size_t row = 0; row < 2; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      double const here = native[row * 3 + column];
      EXPECT_EQ(one[(1 - row) * 3 + 2 - column], here);
      EXPECT_EQ(two[(1 - row) * 3 + column], here);
      EXPECT_EQ(four[row * 3 + 2 - column], here);
    }
  }
}

TEST(Geometry, TheOldConventionMirrorsChiAlone) {
  auto const now = Geometry(upright(), plain_detector(2, 3, 2));
  auto const before =
      Geometry(upright(), plain_detector(2, 3, 2), OrientationConvention::before_2026_9);
  EXPECT_EQ(now.radial_centers(Unit::q_nm), before.radial_centers(Unit::q_nm));
  for (std::size_t pixel = 0; pixel < 6; ++pixel)
    EXPECT_EQ(now.chi_centers()[pixel], -before.chi_centers()[pixel]);
  auto const native =
      Geometry(upright(), plain_detector(2, 3), OrientationConvention::before_2026_9);
  EXPECT_EQ(native.chi_centers(), Geometry(upright(), plain_detector(2, 3)).chi_centers());
}

TEST(Geometry, PolarizationIsOneForwardsAndHasANodeSidewards) {
  auto calibration = upright();
  calibration.poni1_m = 0.5e-3;
  calibration.poni2_m = 1e-3;
  EXPECT_NEAR(Geometry(calibration, plain_detector(1, 1)).polarization(0.9, 0.0)[0], 1.0, 1e-15);
  calibration.rot1_rad = pi / 2.0;  // horizontally to 2θ = 90°
  EXPECT_NEAR(Geometry(calibration, plain_detector(1, 1)).polarization(1.0, 0.0)[0], 0.0, 1e-15);
  EXPECT_NEAR(Geometry(calibration, plain_detector(1, 1)).polarization(-1.0, 0.0)[0], 1.0, 1e-15);
  EXPECT_NEAR(Geometry(calibration, plain_detector(1, 1)).polarization(1.0, pi / 2.0)[0], 1.0,
              1e-15);
}

TEST(Geometry, RefusesACalibrationThatMakesNoSense) {
  auto calibration = upright();
  calibration.distance_m = 0.0;
  EXPECT_THROW(Geometry(calibration, plain_detector(1, 1)), InputError);
  calibration = upright();
  calibration.wavelength_m = -1e-10;
  try {
    Geometry(calibration, plain_detector(1, 1));
    FAIL() << "accepted";
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("a wavelength above 0 m, found -1e-10"));
  }
  calibration = upright();
  calibration.rot3_rad = std::nan("");
  EXPECT_THROW(Geometry(calibration, plain_detector(1, 1)), InputError);
}

TEST(Geometry, SaysWhenTheWavelengthIsMissing) {
  auto calibration = upright();
  calibration.wavelength_m.reset();
  Geometry const geometry(calibration, plain_detector(1, 1));
  EXPECT_NO_THROW(geometry.radial_centers(Unit::two_theta_deg));
  try {
    geometry.radial_centers(Unit::q_A);
    FAIL() << "accepted";
  } catch (InputError const& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(testing::HasSubstr("q_A^-1"), testing::HasSubstr("wavelength")));
  }
}

}  // namespace
}  // namespace xrdct::core
