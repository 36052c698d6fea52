// Scattering angles, solid angle and polarization of every pixel.
#include "core/geometry/geometry.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

void check(bool holds, std::string const& what, double found) {
  if (!holds)
    throw InputError({.what = "use the calibration",
                      .expected = what,
                      .found = number_text(found),
                      .attempt = "look at the PONI file"});
}

void check(Calibration const& c) {
  check(std::isfinite(c.distance_m) && c.distance_m > 0.0, "a distance above 0 m", c.distance_m);
  check(std::isfinite(c.poni1_m), "a finite Poni1 [m]", c.poni1_m);
  check(std::isfinite(c.poni2_m), "a finite Poni2 [m]", c.poni2_m);
  check(std::isfinite(c.rot1_rad), "a finite Rot1 [rad]", c.rot1_rad);
  check(std::isfinite(c.rot2_rad), "a finite Rot2 [rad]", c.rot2_rad);
  check(std::isfinite(c.rot3_rad), "a finite Rot3 [rad]", c.rot3_rad);
  if (c.wavelength_m)
    check(std::isfinite(*c.wavelength_m) && *c.wavelength_m > 0.0, "a wavelength above 0 m",
          *c.wavelength_m);
}

void check(SampleOrientation const& sample) {
  bool const usable = std::isfinite(sample.incident_rad) && std::isfinite(sample.tilt_rad) &&
                      sample.orientation >= 1 && sample.orientation <= 8;
  if (!usable)
    throw InputError({.what = "use the orientation of the sample",
                      .expected = "two finite angles and an orientation from 1 to 8",
                      .found = number_text(sample.incident_rad) + " rad, " +
                               number_text(sample.tilt_rad) + " rad and " +
                               std::to_string(sample.orientation)});
}

std::optional<ParallaxCorrection> parallax_of(Calibration const& calibration,
                                              Detector const& detector) {
  if (!calibration.parallax) return {};
  auto const refuse = [](std::string const& expected, std::string const& found) {
    throw InputError({.what = "correct for parallax",
                      .expected = expected,
                      .found = found,
                      .attempt = "or set \"Parallax: False\" in the PONI file"});
  };
  if (!calibration.detector.sensor)
    refuse("a sensor {\"material\", \"thickness\"} in Detector_config of the PONI file", "none");
  if (!calibration.wavelength_m) refuse("a wavelength in the PONI file", "none");
  if (is_curved(detector)) refuse("a flat detector", "the curved " + detector.name);
  return ParallaxCorrection(*calibration.detector.sensor, *calibration.wavelength_m,
                            calibration.distance_m);
}

}  // namespace

Geometry::Geometry(Calibration const& calibration, Detector detector,
                   OrientationConvention convention, SampleOrientation const& sample)
    : calibration_(calibration),
      detector_(std::move(detector)),
      convention_(convention),
      sample_(sample) {
  check(calibration);
  check(sample);
  XRDCT_ASSERT(detector_.pixel1_m > 0.0 && detector_.pixel2_m > 0.0 && detector_.orientation >= 1 &&
               detector_.orientation <= 4);
  XRDCT_ASSERT(detector_.mask.empty() || detector_.mask.size() == detector_.shape.pixels());
  parallax_ = parallax_of(calibration, detector_);
  double const c1 = std::cos(calibration.rot1_rad), s1 = std::sin(calibration.rot1_rad);
  double const c2 = std::cos(calibration.rot2_rad), s2 = std::sin(calibration.rot2_rad);
  double const c3 = std::cos(calibration.rot3_rad), s3 = std::sin(calibration.rot3_rad);
  rotation_ = {.c1 = c1,
               .c2 = c2,
               .s1 = s1,
               .s2 = s2,
               .c3 = c3,
               .s3 = s3,
               .up_of_p2 = c3 * s1 * s2 - c1 * s3,
               .side_of_p2 = c1 * c3 + s1 * s2 * s3,
               .up_of_distance = c1 * c3 * s2 + s1 * s3,
               .side_of_distance = c1 * s2 * s3 - c3 * s1};
}

std::array<double, 3> Geometry::laboratory(DetectorPoint const& point) const {
  double p1 = point.p1 - calibration_.poni1_m, p2 = point.p2 - calibration_.poni2_m;
  double const distance = calibration_.distance_m + point.depth;
  if (parallax_) {
    double const radius = std::sqrt(p1 * p1 + p2 * p2);
    double const shift =
        radius > 0.0
            ? parallax_->shift(radius / std::sqrt(distance * distance + radius * radius)) / radius
            : 0.0;
    p1 += shift * p1;
    p2 += shift * p2;
  }
  // The products are in the order of pyFAI's: a last bit can decide how a corner is rounded to
  // float32, and with it a coefficient.
  auto const& r = rotation_;
  double const t1 = p1 * r.c2 * r.c3 + p2 * r.up_of_p2 - distance * r.up_of_distance;
  double const t2 = p1 * r.c2 * r.s3 + p2 * r.side_of_p2 - distance * r.side_of_distance;
  double const t3 = p1 * r.s2 - p2 * r.c2 * r.s1 + distance * r.c1 * r.c2;
  bool const mirrored = convention_ == OrientationConvention::before_2026_9;
  return {mirrored && flips_rows(detector_.orientation) ? -t1 : t1,
          mirrored && flips_columns(detector_.orientation) ? -t2 : t2, t3};
}

template <class Value, class Function>
std::vector<Value> Geometry::of_centers(Function const& f) const {
  std::vector<Value> values(shape().pixels());
  std::size_t pixel = 0;
  for (std::size_t row = 0; row < shape().rows; ++row) {
    for (std::size_t column = 0; column < shape().columns; ++column)
      values[pixel++] = static_cast<Value>(f(row, column));
  }
  return values;
}

RadialQuantity Geometry::radial(Unit unit) const {
  if (needs_wavelength(unit) && !calibration_.wavelength_m)
    throw InputError(
        {.what = "use the radial unit \"" + std::string(name_of(unit)) + "\"",
         .expected = "a wavelength in the calibration",
         .found = "none",
         .attempt = "add \"Wavelength: <m>\" to the PONI file, or use 2th_deg or r_mm"});
  return {quantity_of(unit), calibration_.wavelength_m.value_or(1.0), sample_};
}

std::vector<double> Geometry::radial_centers(Unit unit) const {
  auto const value = radial(unit);
  return of_centers<double>([&](std::size_t row, std::size_t column) {
    return value(laboratory(pixel_center(detector_, row, column)));
  });
}

PixelCorners Geometry::shared_corners(RadialQuantity const& value, bool rounded) const {
  bool const regular = detector_.edges.rows.empty() && !detector_.distortion;
  auto const in_float = [regular](double position, double pixel) {
    if (regular)
      return static_cast<float>(pixel) * static_cast<float>(std::round(position / pixel));
    return static_cast<float>(position);
  };
  auto const point = [&](std::size_t row, std::size_t column) {
    DetectorPoint const exact = shared_corner(detector_, row, column);
    if (!rounded) return exact;
    return DetectorPoint{in_float(exact.p1, detector_.pixel1_m),
                         in_float(exact.p2, detector_.pixel2_m), static_cast<float>(exact.depth)};
  };
  std::vector<float> grid;
  grid.reserve((shape().rows + 1) * (shape().columns + 1));
  for (std::size_t row = 0; row <= shape().rows; ++row) {
    for (std::size_t column = 0; column <= shape().columns; ++column)
      grid.push_back(static_cast<float>(value(laboratory(point(row, column)))));
  }
  return PixelCorners::shared(shape(), std::move(grid));
}

bool Geometry::rounds_positions(Unit unit) const {
  if (parallax_ || unit == Unit::qtot_nm || unit == Unit::qtot_A) return true;
  switch (quantity_of(unit)) {
    case Quantity::q:
    case Quantity::two_theta:
    case Quantity::r:
    case Quantity::chi:
      return false;
    default:
      return true;
  }
}

PixelCorners Geometry::radial_corners(Unit unit) const { return corners_of(radial(unit), unit); }

PixelCorners Geometry::corners_of(RadialQuantity const& value, Unit beside) const {
  if (!has_own_corners(detector_)) return shared_corners(value, rounds_positions(beside));
  std::vector<float> corners;
  corners.reserve(detector_.table.corners * shape().pixels());
  for (std::size_t row = 0; row < shape().rows; ++row) {
    for (std::size_t column = 0; column < shape().columns; ++column) {
      for (std::size_t k = 0; k < detector_.table.corners; ++k)
        corners.push_back(
            static_cast<float>(value(laboratory(pixel_corner(detector_, row, column, k)))));
    }
  }
  return PixelCorners::separate(shape(), std::move(corners));
}

std::vector<double> Geometry::radial_half_widths(Unit unit) const {
  std::vector<double> widths = radial_centers(unit);
  PixelCorners const corners = radial_corners(unit);
  for (std::size_t pixel = 0; pixel < widths.size(); ++pixel)
    widths[pixel] = half_width(widths[pixel], corners.of(pixel));
  return widths;
}

std::vector<double> Geometry::chi_centers() const { return radial_centers(Unit::chi_rad); }

PixelCorners Geometry::chi_corners(Unit beside) const {
  return corners_of(radial(Unit::chi_rad), beside);
}

std::vector<double> Geometry::cos_incidence() const {
  double const distance = calibration_.distance_m;
  if (is_curved(detector_)) {
    return of_centers<double>([&](std::size_t row, std::size_t column) {
      auto const center = pixel_center(detector_, row, column);
      auto const n = pixel_normal(detector_, row, column);
      std::array<double, 3> const ray{distance + center.depth, center.p1 - calibration_.poni1_m,
                                      center.p2 - calibration_.poni2_m};
      double const lengths = std::sqrt((ray[0] * ray[0] + ray[1] * ray[1] + ray[2] * ray[2]) *
                                       (n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
      return std::abs(ray[0] * n[0] + ray[1] * n[1] + ray[2] * n[2]) / lengths;
    });
  }
  bool const by_edges = !detector_.edges.rows.empty(),
             regular = !by_edges && !has_own_corners(detector_) && !detector_.distortion;
  int const o = detector_.orientation;
  auto const rows = static_cast<double>(shape().rows),
             columns = static_cast<double>(shape().columns);
  auto const pixel1 = static_cast<float>(detector_.pixel1_m),
             pixel2 = static_cast<float>(detector_.pixel2_m);
  auto const poni1 = static_cast<float>(calibration_.poni1_m),
             poni2 = static_cast<float>(calibration_.poni2_m);
  return of_centers<double>([&](std::size_t row, std::size_t column) {
    // Where pyFAI's coordinates are float32 these are, too: the normalization is rounded to
    // float32, and has to be the same one.
    double p1 = 0.0, p2 = 0.0;
    if (regular) {
      double const i = static_cast<double>(row) + 0.5, j = static_cast<double>(column) + 0.5;
      p1 = static_cast<float>(flips_rows(o) ? rows - i : i) * pixel1 - poni1;
      p2 = static_cast<float>(flips_columns(o) ? columns - j : j) * pixel2 - poni2;
    } else {
      auto const center = pixel_center(detector_, row, column);
      p1 = by_edges ? center.p1 - calibration_.poni1_m : static_cast<float>(center.p1) - poni1;
      p2 = by_edges ? center.p2 - calibration_.poni2_m : static_cast<float>(center.p2) - poni2;
    }
    return distance / std::sqrt(distance * distance + (p1 * p1 + p2 * p2));
  });
}

std::vector<double> Geometry::solid_angle() const {
  std::vector<double> angle = cos_incidence();
  for (std::size_t pixel = 0; pixel < angle.size(); ++pixel) {
    double const cosine = angle[pixel];
    angle[pixel] = relative_area(detector_, pixel / shape().columns, pixel % shape().columns) *
                   (cosine * cosine * cosine);
  }
  return angle;
}

std::vector<double> Geometry::polarization(double factor, double offset_rad) const {
  auto const two_theta = radial(Unit::two_theta_rad);
  return of_centers<double>([&](std::size_t row, std::size_t column) {
    auto const t = laboratory(pixel_center(detector_, row, column));
    double const cosine = std::cos(two_theta(t));
    double const chi = std::atan2(t[0], t[1]);
    return 0.5 * (1.0 + cosine * cosine -
                  factor * std::cos(2.0 * (chi + offset_rad)) * (1.0 - cosine * cosine));
  });
}

void Geometry::release_positions() {
  detector_.strips = {};
  detector_.table = {};
  detector_.edges = {};
  detector_.distortion.reset();
}

}  // namespace xrdct::core
