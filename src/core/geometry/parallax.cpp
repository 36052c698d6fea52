// Where a photon that enters a thick sensor at an angle is counted.
#include "core/geometry/parallax.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t angles = 1024;

/// As numpy.interp: y at x, between ascending knots; the last value behind them.
double interpolated(double x, std::vector<double> const& knots, std::vector<double> const& values) {
  auto const after = std::upper_bound(knots.begin(), knots.end(), x);
  if (after == knots.begin()) return values.front();
  if (after == knots.end()) return values.back();
  auto const k = static_cast<std::size_t>(after - knots.begin()) - 1;
  return (values[k + 1] - values[k]) / (knots[k + 1] - knots[k]) * (x - knots[k]) + values[k];
}

/// Mean displacement of what is absorbed.
double displacement(double angle, double absorption, std::optional<double> thickness) {
  if (!thickness) return std::sin(angle) / absorption;
  double const depth = *thickness * absorption / std::cos(angle), passed = std::exp(-depth);
  return std::sin(angle) / absorption * (1.0 - (depth + 1.0) * passed) / (1.0 - passed);
}

}  // namespace

ParallaxCorrection::ParallaxCorrection(Sensor const& sensor, double wavelength_m,
                                       double distance_m) {
  if (sensor.thickness_m && !(std::isfinite(*sensor.thickness_m) && *sensor.thickness_m > 0.0))
    throw InputError({.what = "correct for parallax",
                      .expected = "a thickness of the sensor above 0 m",
                      .found = number_text(*sensor.thickness_m),
                      .attempt = "leave it out where the sensor absorbs all"});
  double const absorption =
      absorption_coefficient(sensor.material, photon_energy_keV(wavelength_m));
  // At 90° nothing is reached: the table ends one angle before.
  std::vector<double> radius, seen;
  for (std::size_t k = 0; k + 1 < angles; ++k) {
    double const angle = 0.5 * std::numbers::pi * static_cast<double>(k) /
                         static_cast<double>(angles - 1),
                 sine = std::sin(angle);
    sine_.push_back(sine);
    radius.push_back(distance_m * sine / std::sqrt(1.0 - sine * sine));
    seen.push_back(radius.back() + displacement(angle, absorption, sensor.thickness_m));
  }
  for (double const r : radius) shift_.push_back(interpolated(r, seen, radius) - r);
}

double ParallaxCorrection::shift(double sine) const { return interpolated(sine, sine_, shift_); }

}  // namespace xrdct::core
