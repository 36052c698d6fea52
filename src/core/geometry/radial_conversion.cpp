// From one radial unit to another by formula: each goes through q, or through 2θ, and a wavelength
// joins the two.
#include "core/geometry/radial_conversion.hpp"

#include <cmath>
#include <functional>
#include <numbers>
#include <string>

#include "core/detector/detector.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

/// A quantity as a function of q [nm⁻¹] or of 2θ [rad], and back.
struct Route {
  enum class Through { q, two_theta, nothing } through = Through::nothing;
  std::function<double(double)> forth = {}, back = {};
};

Route through_q(std::function<double(double)> forth, std::function<double(double)> back) {
  return {Route::Through::q, std::move(forth), std::move(back)};
}

Route route_of(Quantity quantity, RadialScales const& scales) {
  switch (quantity) {
    case Quantity::q:
      return through_q([](double v) { return v; }, [](double q) { return q; });
    case Quantity::d:
      return through_q([](double d) { return 2e-9 * pi / d; },
                       [](double q) { return 2e-9 * pi / q; });
    case Quantity::d_star2:
      return through_q([](double v) { return 2.0 * pi * std::sqrt(v); },
                       [](double q) { return (q / (2.0 * pi)) * (q / (2.0 * pi)); });
    case Quantity::log10_q_m:
      return through_q([](double v) { return 1e-9 * std::pow(10.0, v); },
                       [](double q) { return std::log10(1e9 * q); });
    case Quantity::log_q_nm:
      return through_q([](double v) { return std::exp(v); }, [](double q) { return std::log(q); });
    case Quantity::log_1q_nm:
      return through_q([](double v) { return std::expm1(v); },
                       [](double q) { return std::log1p(q); });
    case Quantity::log_1q_A:
      return through_q([](double v) { return 10.0 * std::expm1(v); },
                       [](double q) { return std::log1p(0.1 * q); });
    case Quantity::arcsinh_q_nm:
      return through_q([](double v) { return std::sinh(v); },
                       [](double q) { return std::asinh(q); });
    case Quantity::arcsinh_q_A:
      return through_q([](double v) { return 10.0 * std::sinh(v); },
                       [](double q) { return std::asinh(0.1 * q); });
    case Quantity::two_theta:
      return {Route::Through::two_theta, [](double v) { return v; },
              [](double angle) { return angle; }};
    case Quantity::r: {
      if (!scales.distance_m) return {};
      double const distance = *scales.distance_m;
      return {Route::Through::two_theta, [distance](double r) { return std::atan2(r, distance); },
              [distance](double angle) { return distance * std::tan(angle); }};
    }
    case Quantity::chi:
    case Quantity::qx:
    case Quantity::qy:
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
      break;
  }
  return {};
}

[[noreturn]] void refuse(Unit from, Unit to, std::string const& why) {
  throw InputError("cannot convert " + std::string(name_of(from)) + " to " +
                   std::string(name_of(to)) + ": " + why);
}

void require_route(Unit from, Unit to, Unit unit, Route const& route) {
  if (route.through != Route::Through::nothing) return;
  std::string const name(name_of(unit));
  if (quantity_of(unit) == Quantity::r) {
    refuse(from, to,
           "expected a flat detector at right angles to the beam, found another one, where " +
               name +
               " depends on more than the angle; reduce again in the unit that you want, or keep " +
               std::string(name_of(from)));
  }
  refuse(from, to,
         "expected units that depend on 2theta alone, found " + name +
             "; reduce again in the unit that you want, or keep " + std::string(name_of(from)));
}

/// Whether all pixels lie in one plane, as far as the calibration alone tells.
bool is_flat(DetectorChoice const& choice) {
  if (!choice.nexus_file.empty()) return false;
  try {
    auto const detector = make_detector(choice, {});
    return detector.edges.depth.empty() && detector.strips.is_flat && detector.table.is_flat;
  } catch (InputError const&) {
    return false;
  }
}

}  // namespace

RadialScales radial_scales(Calibration const& calibration) {
  RadialScales scales{.wavelength_m = calibration.wavelength_m, .distance_m = {}};
  bool const upright = calibration.rot1_rad == 0.0 && calibration.rot2_rad == 0.0;
  if (upright && !calibration.parallax && is_flat(calibration.detector))
    scales.distance_m = calibration.distance_m;
  return scales;
}

std::vector<double> converted(std::span<double const> centres, Unit from, Unit to,
                              RadialScales const& scales) {
  std::vector<double> result(centres.begin(), centres.end());
  if (from == to) return result;
  if (quantity_of(from) == quantity_of(to)) {
    for (auto& value : result) value *= scale_of(to) / scale_of(from);
    return result;
  }
  Route const source = route_of(quantity_of(from), scales),
              target = route_of(quantity_of(to), scales);
  require_route(from, to, from, source);
  require_route(from, to, to, target);
  bool const crosses = source.through != target.through;
  if (crosses && !scales.wavelength_m) {
    refuse(from, to,
           "expected a wavelength in the calibration, found none; add `Wavelength:` [m] to the "
           "PONI file and reduce again, or keep " +
               std::string(name_of(from)));
  }
  double const full = crosses ? 4e-9 * pi / *scales.wavelength_m
                              : 1.0;  // q of a ray that comes straight back [nm⁻¹]
  for (auto& value : result) {
    double common = source.forth(value / scale_of(from));
    if (crosses)
      common = source.through == Route::Through::q ? 2.0 * std::asin(common / full)
                                                   : full * std::sin(0.5 * common);
    value = scale_of(to) * target.back(common);
  }
  return result;
}

}  // namespace xrdct::core
