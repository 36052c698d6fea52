#include "core/geometry.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/errors.hpp"
#include "core/number_text.hpp"

namespace xrdct::core {
namespace {

void check(bool holds, std::string const& what, double found) {
  if (!holds) throw InputError("cannot use the calibration: expected " + what + ", found " + number_text(found) + "; look at the PONI file");
}

void check(Calibration const& c) {
  check(std::isfinite(c.distance_m) && c.distance_m > 0.0, "a distance above 0 m", c.distance_m);
  check(std::isfinite(c.poni1_m), "a finite Poni1 [m]", c.poni1_m);
  check(std::isfinite(c.poni2_m), "a finite Poni2 [m]", c.poni2_m);
  check(std::isfinite(c.rot1_rad), "a finite Rot1 [rad]", c.rot1_rad);
  check(std::isfinite(c.rot2_rad), "a finite Rot2 [rad]", c.rot2_rad);
  check(std::isfinite(c.rot3_rad), "a finite Rot3 [rad]", c.rot3_rad);
  if (c.wavelength_m) check(std::isfinite(*c.wavelength_m) && *c.wavelength_m > 0.0, "a wavelength above 0 m", *c.wavelength_m);
}

void check(SampleOrientation const& sample) {
  bool const usable = std::isfinite(sample.incident_rad) && std::isfinite(sample.tilt_rad) && sample.orientation >= 1 && sample.orientation <= 8;
  if (!usable)
    throw InputError("cannot use the orientation of the sample: expected two finite angles and an orientation from 1 to 8, found " +
                     number_text(sample.incident_rad) + " rad, " + number_text(sample.tilt_rad) + " rad and " + std::to_string(sample.orientation));
}

bool flips_rows(int orientation) { return orientation == 1 || orientation == 2; }
bool flips_columns(int orientation) { return orientation == 1 || orientation == 4; }

/// f(row, column) at a grid of rows × columns points that begins at (start, start).
template <class Value, class Function>
std::vector<Value> on_grid(std::size_t rows, std::size_t columns, double start, Function const& f) {
  std::vector<Value> values(rows * columns);
  std::size_t k = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column)
      values[k++] = static_cast<Value>(f(start + static_cast<double>(row), start + static_cast<double>(column)));
  }
  return values;
}

}  // namespace

Geometry::Geometry(Calibration const& calibration, Detector const& detector, OrientationConvention convention, SampleOrientation const& sample)
    : calibration_(calibration), detector_(detector), convention_(convention), sample_(sample) {
  check(calibration);
  check(sample);
  XRDCT_ASSERT(detector.pixel1_m > 0.0 && detector.pixel2_m > 0.0 && detector.orientation >= 1 && detector.orientation <= 4);
  XRDCT_ASSERT(detector.mask.empty() || detector.mask.size() == detector.shape.pixels());
  double const c1 = std::cos(calibration.rot1_rad), s1 = std::sin(calibration.rot1_rad);
  double const c2 = std::cos(calibration.rot2_rad), s2 = std::sin(calibration.rot2_rad);
  double const c3 = std::cos(calibration.rot3_rad), s3 = std::sin(calibration.rot3_rad);
  double const distance = calibration.distance_m;
  rotation_ = {.c2 = c2,
               .s1 = s1,
               .s2 = s2,
               .c3 = c3,
               .s3 = s3,
               .up_of_p2 = c3 * s1 * s2 - c1 * s3,
               .side_of_p2 = c1 * c3 + s1 * s2 * s3,
               .up_of_distance = distance * (c1 * c3 * s2 + s1 * s3),
               .side_of_distance = distance * (c1 * s2 * s3 - c3 * s1),
               .along_of_distance = distance * c1 * c2};
}

std::array<double, 3> Geometry::position(double row, double column) const {
  int const o = detector_.orientation;
  double const p1 = detector_.pixel1_m * (flips_rows(o) ? static_cast<double>(detector_.shape.rows) - row : row) - calibration_.poni1_m;
  double const p2 = detector_.pixel2_m * (flips_columns(o) ? static_cast<double>(detector_.shape.columns) - column : column) - calibration_.poni2_m;
  // The products are in the order of pyFAI's: a last bit can decide how a corner is rounded to float32, and with it a coefficient.
  auto const& r = rotation_;
  double const t1 = p1 * r.c2 * r.c3 + p2 * r.up_of_p2 - r.up_of_distance;
  double const t2 = p1 * r.c2 * r.s3 + p2 * r.side_of_p2 - r.side_of_distance;
  double const t3 = p1 * r.s2 - p2 * r.c2 * r.s1 + r.along_of_distance;
  bool const mirrored = convention_ == OrientationConvention::before_2026_9;
  return {mirrored && flips_rows(o) ? -t1 : t1, mirrored && flips_columns(o) ? -t2 : t2, t3};
}

RadialQuantity Geometry::radial(Unit unit) const {
  if (needs_wavelength(unit) && !calibration_.wavelength_m)
    throw InputError("cannot use the radial unit \"" + std::string(name_of(unit)) +
                     "\": expected a wavelength in the calibration, found none; add \"Wavelength: <m>\" to the PONI file, or use 2th_deg or r_mm");
  return {quantity_of(unit), calibration_.wavelength_m.value_or(1.0), sample_};
}

std::vector<double> Geometry::radial_centers(Unit unit) const {
  auto const value = radial(unit);
  return on_grid<double>(shape().rows, shape().columns, 0.5, [&](double row, double column) { return value(position(row, column)); });
}

std::vector<float> Geometry::radial_corner_grid(Unit unit) const {
  auto const value = radial(unit);
  return on_grid<float>(shape().rows + 1, shape().columns + 1, 0.0, [&](double row, double column) { return value(position(row, column)); });
}

PixelCorners Geometry::radial_corners(Unit unit) const { return PixelCorners::shared(shape(), radial_corner_grid(unit)); }

std::vector<double> Geometry::radial_half_widths(Unit unit) const {
  std::vector<double> widths = radial_centers(unit);
  PixelCorners const corners = radial_corners(unit);
  for (std::size_t pixel = 0; pixel < widths.size(); ++pixel) widths[pixel] = half_width(widths[pixel], corners.of(pixel));
  return widths;
}

std::vector<double> Geometry::chi_centers() const { return radial_centers(Unit::chi_rad); }

std::vector<float> Geometry::chi_corner_grid() const { return radial_corner_grid(Unit::chi_rad); }

PixelCorners Geometry::chi_corners() const { return radial_corners(Unit::chi_rad); }

std::vector<double> Geometry::solid_angle() const {
  int const o = detector_.orientation;
  auto const rows = static_cast<double>(shape().rows), columns = static_cast<double>(shape().columns);
  auto const pixel1 = static_cast<float>(detector_.pixel1_m), pixel2 = static_cast<float>(detector_.pixel2_m);
  auto const poni1 = static_cast<float>(calibration_.poni1_m), poni2 = static_cast<float>(calibration_.poni2_m);
  double const distance = calibration_.distance_m;
  return on_grid<double>(shape().rows, shape().columns, 0.5, [&](double row, double column) {
    // The coordinates are float32 because pyFAI's are: the normalization is rounded to float32, and has to be the same one.
    double const p1 = static_cast<float>(flips_rows(o) ? rows - row : row) * pixel1 - poni1;
    double const p2 = static_cast<float>(flips_columns(o) ? columns - column : column) * pixel2 - poni2;
    double const cosine = distance / std::sqrt(distance * distance + (p1 * p1 + p2 * p2));
    return cosine * cosine * cosine;
  });
}

std::vector<double> Geometry::polarization(double factor, double offset_rad) const {
  auto const two_theta = radial(Unit::two_theta_rad);
  return on_grid<double>(shape().rows, shape().columns, 0.5, [&](double row, double column) {
    auto const t = position(row, column);
    double const cosine = std::cos(two_theta(t));
    double const chi = std::atan2(t[0], t[1]);
    return 0.5 * (1.0 + cosine * cosine - factor * std::cos(2.0 * (chi + offset_rad)) * (1.0 - cosine * cosine));
  });
}

std::array<double, 4> pixel_corners(std::span<float const> grid, std::size_t stride, std::size_t row, std::size_t column) {
  std::size_t const a = row * stride + column;
  return {grid[a], grid[a + stride], grid[a + stride + 1], grid[a + 1]};
}

double half_width(double center, std::array<double, 4> const& corners) {
  double width = 0.0;
  for (double corner : corners) width = std::max(width, std::abs(corner - center));
  return width;
}

}  // namespace xrdct::core
