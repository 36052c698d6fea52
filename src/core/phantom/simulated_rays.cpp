// Scattering angles and factors of pixels, formed apart from the geometry that is to be tested.
#include "core/phantom/simulated_rays.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace xrdct::core {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

// Right-handed turn about one of the axes 0, 1, 2.
Matrix turn(std::size_t axis, double angle) {
  std::size_t const a = (axis + 1) % 3, b = (axis + 2) % 3;
  Matrix m{};
  m[axis][axis] = 1.0;
  m[a][a] = m[b][b] = std::cos(angle);
  m[b][a] = std::sin(angle);
  m[a][b] = -m[b][a];
  return m;
}

Matrix product(Matrix const& a, Matrix const& b) {
  Matrix m{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) m[i][j] += a[i][k] * b[k][j];
    }
  }
  return m;
}

Vector product(Matrix const& a, Vector const& v) {
  Vector out{};
  for (std::size_t i = 0; i < 3; ++i) out[i] = a[i][0] * v[0] + a[i][1] * v[1] + a[i][2] * v[2];
  return out;
}

}  // namespace

SimulatedRays simulated_rays(Calibration const& calibration, FrameShape shape, double pixel1_m,
                             double pixel2_m, bool solid_angle, bool polarization,
                             double polarization_factor) {
  Matrix const tilt =
      product(turn(2, calibration.rot3_rad),
              product(turn(1, -calibration.rot2_rad), turn(0, -calibration.rot1_rad)));
  SimulatedRays rays;
  rays.two_theta_rad.reserve(shape.pixels());
  rays.norm.reserve(shape.pixels());
  for (std::size_t i = 0; i < shape.rows; ++i) {
    for (std::size_t j = 0; j < shape.columns; ++j) {
      Vector const flat{pixel1_m * (static_cast<double>(i) + 0.5) - calibration.poni1_m,
                        pixel2_m * (static_cast<double>(j) + 0.5) - calibration.poni2_m,
                        calibration.distance_m};
      Vector const k = product(tilt, flat);
      double const across2 = k[0] * k[0] + k[1] * k[1];
      double const length2 = across2 + k[2] * k[2];
      double norm = 1.0;
      if (solid_angle) norm *= std::pow(calibration.distance_m / std::sqrt(length2), 3);
      if (polarization) {
        double const f = polarization_factor;
        norm *= 0.5 * ((1.0 + f) * (1.0 - k[1] * k[1] / length2) +
                       (1.0 - f) * (1.0 - k[0] * k[0] / length2));
      }
      rays.two_theta_rad.push_back(std::atan2(std::sqrt(across2), k[2]));
      rays.norm.push_back(norm);
    }
  }
  return rays;
}

double q_nm_of(double two_theta_rad, double wavelength_m) {
  return 4e-9 * std::numbers::pi * std::sin(0.5 * two_theta_rad) / wavelength_m;
}

}  // namespace xrdct::core
