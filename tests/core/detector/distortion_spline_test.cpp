#include <gtest/gtest.h>

#include <cmath>

#include "core/geometry/geometry.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

std::vector<double> const knots_x{0, 0, 0, 0, 30, 61, 100, 100, 100, 100},
    knots_y{0, 0, 0, 0, 41, 80, 80, 80, 80};

SplineSurface surface(int (*coefficient)(int, int)) {
  std::vector<double> coefficients;
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 5; ++j) coefficients.push_back(coefficient(i, j) / 8.0);
  }
  return {knots_x, knots_y, coefficients};
}

DistortionSpline spline() {
  return {{80, 100},
          60e-6,
          50e-6,
          surface([](int i, int j) { return (7 * i * i + 3 * j * j + 5 * i * j) % 11 - 5; }),
          surface([](int i, int j) { return (5 * i * i + 9 * j + 2 * i * j) % 13 - 6; })};
}

TEST(DistortionSpline, ShiftsAreThoseOfFitpack) {
  // x, y, shift along the columns and along the rows; computed with pyFAI 2026.9, which evaluates
  // in float32.
  constexpr double reference[][4] = {{0.0, 0.0, -0.6249999403953552, -0.7499999403953552},
                                     {47.5, 33.5, 0.08942871540784836, 0.26097363233566284},
                                     {100.0, 80.0, -0.125, 0.0},
                                     {61.0, 41.0, 0.04530283808708191, 0.3409273028373718},
                                     {12.25, 79.5, 0.28829753398895264, 0.4161168336868286}};
  auto const distortion = spline();
  for (auto const& [x, y, column_shift, row_shift] : reference) {
    EXPECT_NEAR(distortion.column_shift(x, y), column_shift, 2e-7);
    EXPECT_NEAR(distortion.row_shift(x, y), row_shift, 2e-7);
  }
  EXPECT_EQ(distortion.row_shift(-5.0, 90.0), distortion.row_shift(0.0, 80.0))
      << "constant outside";
}

TEST(DistortionSpline, AConstantSurfaceIsConstant) {
  SplineSurface const flat(knots_x, knots_y, std::vector<double>(30, 0.75));
  for (double x = 0.0; x <= 100.0; x += 12.5) EXPECT_NEAR(flat(x, 0.8 * x), 0.75, 1e-15);
}

TEST(DistortionSpline, PixelsLieWherePyFAIPutsThem) {
  // 2θ, χ, half width in 2θ [rad] and relative solid angle; computed with pyFAI 2026.9.
  constexpr struct {
    std::size_t row, column;
    double two_theta, chi, half_width, solid_angle;
  } reference[] = {
      {0, 0, 0.04316698779914096, -3.0042873435650135, 0.0006990915015010549, 1.153572848051391},
      {33, 47, 0.031020861281171687, 1.2895628396702983, 0.0006891301143017933, 1.000707110723904},
      {79, 99, 0.10275759601666117, 0.8786594465509464, 0.0007985750429472943, 1.0011569072081723},
      {41, 61, 0.044706332650696214, 1.0182579293857137, 0.0007577732534061118,
       1.0019629172136637}};
  DetectorChoice const choice;
  Calibration const calibration{0.05, 0.002, 0.0031, 0.02, -0.03, 0.1, 1e-10, choice};
  Geometry const geometry(calibration, make_detector(choice, {80, 100}, spline()));
  auto const two_theta = geometry.radial_centers(Unit::two_theta_rad), chi = geometry.chi_centers();
  auto const widths = geometry.radial_half_widths(Unit::two_theta_rad),
             solid_angle = geometry.solid_angle();
  for (auto const& expected : reference) {
    std::size_t const pixel = expected.row * 100 + expected.column;
    EXPECT_NEAR(two_theta[pixel], expected.two_theta, 1e-9);
    EXPECT_NEAR(chi[pixel], expected.chi, 1e-8);
    EXPECT_NEAR(widths[pixel], expected.half_width, 1e-8);
    EXPECT_NEAR(solid_angle[pixel], expected.solid_angle, 1e-6);
  }
}

TEST(DistortionSpline, HasTheShapeOfItsFile) {
  DetectorChoice choice{.name = "FReLoN", .pixel1_m = {}, .pixel2_m = {}, .max_shape = {}};
  EXPECT_EQ(make_detector(choice, {80, 100}, spline()).pixel1_m, 60e-6);
  EXPECT_THROW(make_detector(choice, {2048, 2048}, spline()), InputError);
  choice.name = "Rapid";
  EXPECT_THROW(make_detector(choice, {80, 100}, spline()), InputError);
}

TEST(DistortionSpline, RefusesWhatIsNoSpline) {
  EXPECT_THROW(SplineSurface({0, 0, 0, 0, 1, 1, 1}, knots_y, std::vector<double>(15)), InputError);
  EXPECT_THROW(SplineSurface(knots_x, {0, 0, 0, 0, 90, 80, 80, 80, 80}, std::vector<double>(30)),
               InputError);
  EXPECT_THROW(SplineSurface(knots_x, knots_y, std::vector<double>(29)), InputError);
  EXPECT_THROW(SplineSurface(knots_x, knots_y, std::vector<double>(30, std::nan(""))), InputError);
}

}  // namespace
}  // namespace xrdct::core
