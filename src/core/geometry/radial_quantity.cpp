// Radial units from laboratory positions.
#include "core/geometry/radial_quantity.hpp"

#include <cmath>
#include <numbers>
#include <utility>

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

/// Horizontal and vertical coordinate in the sample's view.
std::pair<double, double> turned(int orientation, double x, double y) {
  switch (orientation) {
    case 2:
      return {-x, y};
    case 3:
      return {-x, -y};
    case 4:
      return {x, -y};
    case 5:
      return {-y, -x};
    case 6:
      return {-y, x};
    case 7:
      return {y, x};
    case 8:
      return {y, -x};
    default:
      return {x, y};
  }
}

}  // namespace

RadialQuantity::RadialQuantity(Quantity quantity, double wavelength_m,
                               SampleOrientation const& sample)
    : quantity_(quantity),
      wavelength_m_(wavelength_m),
      orientation_(sample.orientation),
      cos_incident_(std::cos(sample.incident_rad)),
      sin_incident_(std::sin(sample.incident_rad)),
      cos_tilt_(std::cos(sample.tilt_rad)),
      sin_tilt_(std::sin(sample.tilt_rad)) {}

double RadialQuantity::operator()(std::array<double, 3> const& t) const {
  double const r = std::sqrt(t[0] * t[0] + t[1] * t[1]);
  auto const sine = [&] { return std::sin(0.5 * std::atan2(r, t[2])); };
  auto const q = [&](double unit_m) { return 4.0 * unit_m * pi / wavelength_m_ * sine(); };
  switch (quantity_) {
    case Quantity::q:
      return 4e-9 * pi / wavelength_m_ * sine();
    case Quantity::two_theta:
      return std::atan2(r, t[2]);
    case Quantity::r:
      return r;
    case Quantity::d:
      return wavelength_m_ / (2.0 * sine());
    case Quantity::d_star2: {
      double const inverse = 2e-9 / wavelength_m_ * sine();
      return inverse * inverse;
    }
    case Quantity::log10_q_m:
      return std::log10(q(1.0));
    case Quantity::log_q_nm:
      return std::log(q(1e-9));
    case Quantity::log_1q_nm:
      return std::log1p(q(1e-9));
    case Quantity::log_1q_A:
      return std::log1p(q(1e-10));
    case Quantity::arcsinh_q_nm:
      return std::asinh(q(1e-9));
    case Quantity::arcsinh_q_A:
      return std::asinh(q(1e-10));
    case Quantity::chi:
      return std::atan2(t[0], t[1]);
    case Quantity::qx:
      return 4e-9 * pi / wavelength_m_ * std::sin(0.5 * std::atan2(t[1], t[2]));
    case Quantity::qy:
      return 4e-9 * pi / wavelength_m_ * std::sin(0.5 * std::atan2(t[0], t[2]));
    case Quantity::qip:
    case Quantity::qoop:
    case Quantity::qxgi:
    case Quantity::qygi:
    case Quantity::qzgi:
    case Quantity::chigi:
    case Quantity::exit_angle_vert:
    case Quantity::exit_angle_horz:
    case Quantity::scattering_angle_vert:
    case Quantity::scattering_angle_horz:
      return of_sample(t);
  }
  return 0.0;
}

RadialQuantity::Scattering RadialQuantity::scattering_vector(double x, double y, double z) const {
  // chigi is a ratio: any length of k will do.
  double const k = quantity_ == Quantity::chigi ? 1.0 : 2e-9 / wavelength_m_ * pi;
  double const distance = std::sqrt(x * x + y * y + z * z);
  double const beam = k * (z / distance - 1.0), horizontal = k * (x / distance),
               vertical = k * (y / distance);
  return {cos_incident_ * beam + sin_incident_ * vertical,
          cos_tilt_ * horizontal - sin_tilt_ * sin_incident_ * beam +
              sin_tilt_ * cos_incident_ * vertical,
          -sin_tilt_ * horizontal - cos_tilt_ * sin_incident_ * beam +
              cos_tilt_ * cos_incident_ * vertical};
}

double RadialQuantity::of_sample(std::array<double, 3> const& t) const {
  auto const [x, y] = turned(orientation_, t[1], t[0]);
  double const z = t[2];
  if (quantity_ == Quantity::scattering_angle_vert) return std::atan2(y, std::sqrt(z * z + x * x));
  if (quantity_ == Quantity::scattering_angle_horz) return std::atan2(x, z);
  if (quantity_ == Quantity::exit_angle_vert || quantity_ == Quantity::exit_angle_horz) {
    double const up = y * cos_incident_ + z * sin_incident_,
                 along = z * cos_incident_ - y * sin_incident_;
    double const side = x * cos_tilt_ - up * sin_tilt_;
    if (quantity_ == Quantity::exit_angle_horz) return std::atan2(side, along);
    return std::atan2(x * sin_tilt_ + up * cos_tilt_, std::sqrt(along * along + side * side));
  }
  auto const [beam, horizontal, vertical] = scattering_vector(x, y, z);
  if (quantity_ == Quantity::qzgi) return beam;
  if (quantity_ == Quantity::qxgi) return horizontal;
  if (quantity_ == Quantity::qygi || quantity_ == Quantity::qoop) return vertical;
  double const in_plane =
      (horizontal > 0.0 ? 1.0 : -1.0) * std::sqrt(beam * beam + horizontal * horizontal);
  return quantity_ == Quantity::qip ? in_plane : std::atan2(in_plane, vertical);
}

}  // namespace xrdct::core
