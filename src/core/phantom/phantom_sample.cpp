// The ellipses of the phantom, and how long a beam lies in each.
#include "core/phantom/phantom_sample.hpp"

#include <algorithm>
#include <cmath>

#include "core/phantom/phantom_phases.hpp"

namespace xrdct::core {
namespace {

// Square of the factor by which the section at this height is smaller than the widest one; ≤ 0: no
// section.
double section(PhantomBody const& body, double height_mm) {
  double const z = (height_mm - body.center_mm[2]) / body.semi_axis_mm[2];
  return 1.0 - z * z;
}

}  // namespace

PhantomSample phantom_sample(double radius_mm) {
  PhantomSample sample;
  for (auto const& crystal : phantom_crystals()) sample.phases.push_back(crystal.name);
  sample.phases.push_back("glass");
  enum : std::size_t { CeO2, LaB6, Si, Fe, glass };
  sample.bodies = {
      {glass, 1.00, {0.00, 0.00, 0.0}, {1.00, 1.00, 9.0}, 0.0},   // wall of the capillary …
      {glass, -0.75, {0.00, 0.00, 0.0}, {0.93, 0.93, 9.0}, 0.0},  // … and its filling
      {CeO2, 0.80, {-0.35, 0.28, 0.1}, {0.40, 0.22, 1.2}, 0.6},   //
      {CeO2, 0.40, {0.10, -0.62, -0.1}, {0.22, 0.12, 0.8}, 0.0},  // mixed with Si
      {LaB6, 1.00, {0.42, 0.36, 0.0}, {0.26, 0.26, 1.0}, 0.0},    //
      {LaB6, -1.00, {0.42, 0.36, 0.0}, {0.13, 0.13, 0.6}, 0.0},   // hollow
      {Si, 0.90, {0.08, -0.45, 0.0}, {0.55, 0.25, 1.1}, -0.25},   //
      {Si, -0.50, {0.25, -0.50, 0.0}, {0.12, 0.08, 0.5}, 0.0},    // thinner inside
      {Fe, 0.70, {-0.60, -0.20, 0.2}, {0.10, 0.10, 0.7}, 0.0},    //
      {Fe, 0.70, {0.02, 0.08, -0.2}, {0.07, 0.05, 0.7}, 0.9},     //
      {Fe, 0.70, {0.72, -0.12, 0.1}, {0.06, 0.12, 0.7}, 0.2},     //
      {LaB6, 0.60, {-0.10, 0.70, 0.0}, {0.16, 0.06, 0.9}, 0.1}};
  for (auto& body : sample.bodies) {
    for (auto& c : body.center_mm) c *= radius_mm;
    for (auto& a : body.semi_axis_mm) a *= radius_mm;
  }
  return sample;
}

double chord_mm(PhantomBody const& body, double height_mm, double rotation_rad,
                double translation_mm) {
  double const scale2 = section(body, height_mm);
  if (scale2 <= 0.0) return 0.0;
  double const a = body.semi_axis_mm[0], b = body.semi_axis_mm[1];
  double const c = std::cos(rotation_rad - body.tilt_rad),
               s = std::sin(rotation_rad - body.tilt_rad);
  double const width2 = a * a * c * c + b * b * s * s;
  double const t = translation_mm - body.center_mm[0] * std::cos(rotation_rad) -
                   body.center_mm[1] * std::sin(rotation_rad);
  double const under_root = scale2 * width2 - t * t;
  return under_root <= 0.0 ? 0.0 : body.density * 2.0 * a * b * std::sqrt(under_root) / width2;
}

double density_at(PhantomBody const& body, double x_mm, double y_mm, double z_mm) {
  double const dx = x_mm - body.center_mm[0], dy = y_mm - body.center_mm[1];
  double const c = std::cos(body.tilt_rad), s = std::sin(body.tilt_rad);
  double const u = (c * dx + s * dy) / body.semi_axis_mm[0];
  double const v = (c * dy - s * dx) / body.semi_axis_mm[1];
  return u * u + v * v <= section(body, z_mm) ? body.density : 0.0;
}

std::vector<float> phase_map(PhantomSample const& sample, std::size_t phase, double height_mm,
                             std::size_t n, double step_mm) {
  constexpr std::size_t points = 4;
  std::vector<float> map(n * n);
  double const fine = step_mm / points;
  double const first = -0.5 * step_mm * static_cast<double>(n) + 0.5 * fine;
  for (std::size_t i = 0; i < n * n; ++i) {
    double sum = 0.0;
    for (std::size_t k = 0; k < points * points; ++k) {
      double const x = first + fine * static_cast<double>(i % n * points + k % points);
      double const y = first + fine * static_cast<double>(i / n * points + k / points);
      for (auto const& body : sample.bodies) {
        if (body.phase == phase) sum += density_at(body, x, y, height_mm);
      }
    }
    map[i] = static_cast<float>(std::max(0.0, sum / (points * points)));
  }
  return map;
}

}  // namespace xrdct::core
