#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>

#include "core/phantom/phantom_phases.hpp"
#include "core/phantom/phantom_sample.hpp"
#include "core/phantom/simulated_rays.hpp"

namespace xrdct::core {
namespace {

constexpr double wavelength_m = 0.2e-10;

std::map<int, PowderLine> lines_by_squares(std::string const& name) {
  std::map<int, PowderLine> lines;
  for (auto const& crystal : phantom_crystals()) {
    if (crystal.name != name) continue;
    for (auto const& line : powder_lines(crystal, wavelength_m, 0.2)) {
      lines[static_cast<int>(std::lround(std::pow(crystal.lattice_m / line.d_m, 2)))] = line;
    }
  }
  return lines;
}

TEST(PowderLines, FollowTheExtinctionRules) {
  auto const ceo2 = lines_by_squares("CeO2"), lab6 = lines_by_squares("LaB6"),
             si = lines_by_squares("Si"), fe = lines_by_squares("Fe");
  for (int n : {3, 4, 8, 11, 12, 16, 19, 20}) EXPECT_EQ(ceo2.count(n), 1u) << n;
  for (int n : {1, 2, 5, 6, 9, 10, 14}) EXPECT_EQ(ceo2.count(n), 0u) << n;
  for (int n : {1, 2, 3, 4, 5, 6, 8, 9, 10}) EXPECT_EQ(lab6.count(n), 1u) << n;
  EXPECT_EQ(lab6.count(7), 0u);
  for (int n : {3, 8, 11, 16, 19, 24}) EXPECT_EQ(si.count(n), 1u) << n;
  for (int n : {4, 12, 20})
    EXPECT_EQ(si.count(n), 0u) << n;  // 200, 222, 420 are extinct in the diamond structure
  for (int n : {2, 4, 6, 8}) EXPECT_EQ(fe.count(n), 1u) << n;
  for (int n : {1, 3, 5}) EXPECT_EQ(fe.count(n), 0u) << n;
}

TEST(PowderLines, HaveMultiplicitiesAndAngles) {
  auto const ceo2 = lines_by_squares("CeO2");
  EXPECT_EQ(ceo2.at(3).reflections, 8);
  EXPECT_EQ(ceo2.at(4).reflections, 6);
  EXPECT_EQ(ceo2.at(8).reflections, 12);
  EXPECT_EQ(ceo2.at(11).reflections, 24);
  EXPECT_EQ(ceo2.at(27).reflections, 32);  // 511 and 333
  EXPECT_NEAR(ceo2.at(3).d_m, 3.1243e-10, 1e-14);
  EXPECT_NEAR(ceo2.at(3).two_theta_rad, 2.0 * std::asin(wavelength_m / (2.0 * 3.12433e-10)), 1e-6);
  EXPECT_GT(ceo2.at(3).intensity, ceo2.at(4).intensity);
  EXPECT_GT(ceo2.at(8).intensity, ceo2.at(4).intensity);
}

TEST(PowderProfile, HasTheAreaOfItsLines) {
  auto const lines = powder_lines(phantom_crystals()[0], wavelength_m, 0.12);
  double const step = 1e-5;
  double area = 0.0, expected = 0.0;
  for (double x = 0.0; x < 0.16; x += step) area += step * powder_profile(lines, x, 4e-4);
  for (auto const& line : lines) expected += line.intensity;
  EXPECT_NEAR(area / expected, 1.0, 1e-9);
}

TEST(PhantomBody, ChordIsTheIntegralOfTheDensity) {
  for (auto const& body : phantom_sample(2.7).bodies) {
    for (double rotation : {0.0, 0.3, 1.5707963, 2.9}) {
      double const t0 =
          body.center_mm[0] * std::cos(rotation) + body.center_mm[1] * std::sin(rotation);
      double const t = t0 + 0.3 * body.semi_axis_mm[1], z = 0.1;
      double sum = 0.0;
      double const step = 1e-4;
      for (double s = -4.0; s < 4.0; s += step) {
        sum += step * density_at(body, t * std::cos(rotation) - s * std::sin(rotation),
                                 t * std::sin(rotation) + s * std::cos(rotation), z);
      }
      EXPECT_NEAR(chord_mm(body, z, rotation, t), sum, 4.0 * step);
    }
  }
}

TEST(PhantomSample, ProjectionsOfAMapAreThoseOfTheSample) {
  auto const sample = phantom_sample(2.7);
  std::size_t const n = 120;
  double const step = 0.05;
  for (std::size_t phase = 0; phase < sample.phases.size(); ++phase) {
    auto const map = phase_map(sample, phase, 0.0, n, step);
    for (std::size_t column : {30, 60, 75, 90}) {  // rotation 0: rays along y
      double sum = 0.0, chords = 0.0;
      for (std::size_t row = 0; row < n; ++row)
        sum += step * static_cast<double>(map[row * n + column]);
      for (int k = 0; k < 64; ++k) {
        double const x =
            step * (static_cast<double>(column) - 0.5 * static_cast<double>(n) + (k + 0.5) / 64.0);
        for (auto const& body : sample.bodies)
          chords += body.phase == phase ? chord_mm(body, 0.0, 0.0, x) / 64.0 : 0.0;
      }
      EXPECT_NEAR(sum, chords, 0.06) << sample.phases[phase] << " " << column;
    }
  }
}

TEST(SimulatedRays, KnownPlaces) {
  Calibration calibration;
  calibration.distance_m = 0.1;
  calibration.poni1_m = 0.5e-3;
  calibration.poni2_m = 0.5e-3;
  auto const rays = simulated_rays(calibration, {101, 101}, 1e-3, 1e-3, true, true, 1.0);
  EXPECT_NEAR(rays.two_theta_rad[0], 0.0, 1e-15);
  EXPECT_NEAR(rays.norm[0], 1.0, 1e-15);
  EXPECT_NEAR(rays.two_theta_rad[100], std::numbers::pi / 4.0,
              1e-15);  // horizontal: along the polarization
  EXPECT_NEAR(rays.norm[100], std::pow(0.5, 1.5) * 0.5, 1e-15);  // Ω = cos³45°, P = cos²45°
  EXPECT_NEAR(rays.norm[100 * 101], std::pow(0.5, 1.5) * 1.0, 1e-15);  // vertical: P = 1
  calibration.rot1_rad =
      0.2;  // left-handed about the vertical: the detector moves towards positive horizontal angles
  EXPECT_NEAR(simulated_rays(calibration, {1, 1}, 1e-3, 1e-3, true, false, 0.0).two_theta_rad[0],
              0.2, 1e-15);
  EXPECT_NEAR(
      simulated_rays(calibration, {1, 101}, 1e-3, 1e-3, true, false, 0.0).two_theta_rad[100],
      0.2 + std::numbers::pi / 4.0, 1e-15);
}

}  // namespace
}  // namespace xrdct::core
