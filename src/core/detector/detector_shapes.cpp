// Pixel borders of detectors that are no regular grid.
#include "core/detector/detector_shapes.hpp"

#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include "core/words/float_rounding.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;

/// 0, w₀, w₀ + w₁ … for pixels that are wider on both sides of the borders between modules; not at
/// the ends of the detector.
std::vector<double> edges_with_borders(std::size_t count, std::size_t module, double border_width,
                                       double pixel) {
  std::vector<double> edges{0.0};
  for (std::size_t k = 0; k < count; ++k) {
    std::size_t const modules = count / module;
    bool const ends_module = (k + 1) % module == 0 && (k + 1) / module < modules;
    bool const begins_module = k % module == 0 && k > 0 && k / module < modules;
    edges.push_back(edges.back() + pixel * (ends_module || begins_module ? border_width : 1.0));
  }
  return edges;
}

/// Bent about an axis along the columns; column 0 is where the plane touches it.
PixelEdges cylinder(Detector const& detector, double radius) {
  PixelEdges edges;
  for (std::size_t row = 0; row <= detector.shape.rows; ++row)
    edges.rows.push_back(stored_as_float(static_cast<double>(row) * detector.pixel1_m));
  for (std::size_t column = 0; column <= detector.shape.columns; ++column) {
    double const angle = static_cast<double>(column) * (detector.pixel2_m / radius);
    edges.columns.push_back(stored_as_float(radius * std::sin(angle)));
    edges.depth.push_back(stored_as_float(radius * (std::cos(angle) - 1.0)));
  }
  return edges;
}

/// Modules one above the other, 3.57 mm apart; float32 values, as in pyFAI.
PixelStrips xpad_flat(DetectorRule const& rule, Detector const& detector) {
  constexpr double gap_m = 3.57e-3;
  PixelStrips strips;
  for (double const edge : edges_with_borders(detector.shape.columns, rule.layout.module.columns,
                                              rule.border_width, detector.pixel2_m))
    strips.columns.push_back(stored_as_float(edge));
  for (std::size_t row = 0; row < detector.shape.rows; ++row) {
    double const lower = static_cast<double>(row) * detector.pixel1_m +
                         static_cast<double>(row / rule.layout.module.rows) * gap_m;
    strips.rows.push_back(
        {0.0, stored_as_float(lower), 0.0, stored_as_float(lower + detector.pixel1_m)});
  }
  return strips;
}

/// 20 modules of 560 rows, each turned by 6.74° against the one before; they are 598 pixels long
/// with their gaps.
PixelStrips cirpad(DetectorRule const& rule, Detector const& detector) {
  constexpr std::size_t module_rows = 560;
  constexpr double turn = 6.74 * pi / 180.0;
  double const length = 598.0 * detector.pixel1_m;
  auto const edges = edges_with_borders(module_rows, rule.layout.module.rows, rule.border_width,
                                        detector.pixel1_m);
  PixelStrips strips;
  strips.is_flat = false;
  for (std::size_t k = 0; k <= detector.shape.columns; ++k)
    strips.columns.push_back(static_cast<double>(k) * detector.pixel2_m);
  double depth = 0.0, along = 0.0;  // of the beginning of the module
  for (std::size_t row = 0; row < detector.shape.rows; ++row) {
    double const angle = static_cast<double>(row / module_rows) * turn;
    if (row > 0 && row % module_rows == 0) {
      depth += length * std::sin(angle - turn);
      along += length * std::cos(angle - turn);
    }
    double const lower = edges[row % module_rows], upper = edges[row % module_rows + 1];
    strips.rows.push_back({depth + std::sin(angle) * lower, along + std::cos(angle) * lower,
                           depth + std::sin(angle) * upper, along + std::cos(angle) * upper});
  }
  return strips;
}

/// Hexagons with a corner below and above; odd rows are shifted by half the pitch, which is pixel
/// size 2. Float32 throughout, as in pyFAI.
PixelTable hexagons(Detector const& detector) {
  std::array<std::complex<double>, 6> corner;
  for (std::size_t k = 0; k < corner.size(); ++k)
    corner[k] = std::polar(1.0 / std::sqrt(3.0), (static_cast<double>(k) / 3.0 - 0.5) * pi) +
                std::complex(0.5, 1.0 / std::sqrt(3.0));
  auto const pitch = static_cast<float>(detector.pixel2_m);
  PixelTable table;
  table.corners = corner.size();
  table.position.reserve(3 * corner.size() * detector.shape.pixels());
  for (std::size_t row = 0; row < detector.shape.rows; ++row) {
    for (std::size_t column = 0; column < detector.shape.columns; ++column) {
      for (auto const& c : corner) {
        auto const p1 =
            static_cast<float>(c.imag() + static_cast<double>(row) * 0.5 * std::sqrt(3.0));
        auto const p2 = static_cast<float>(c.real() + static_cast<double>(column)) +
                        (row % 2 == 1 ? 0.5f : 0.0f);
        table.position.insert(table.position.end(), {0.0f, p1 * pitch, p2 * pitch});
      }
    }
  }
  return table;
}

}  // namespace

void place_pixels(DetectorRule const& rule, double radius_m, Detector& detector) {
  auto const& module = rule.layout.module;
  switch (rule.pixels) {
    case DetectorRule::Pixels::regular:
      return;
    case DetectorRule::Pixels::wide_borders:
      detector.edges.rows = edges_with_borders(detector.shape.rows, module.rows, rule.border_width,
                                               detector.pixel1_m);
      detector.edges.columns = edges_with_borders(detector.shape.columns, module.columns,
                                                  rule.border_width, detector.pixel2_m);
      return;
    case DetectorRule::Pixels::xpad_flat:
      detector.strips = xpad_flat(rule, detector);
      return;
    case DetectorRule::Pixels::cirpad:
      detector.strips = cirpad(rule, detector);
      return;
    case DetectorRule::Pixels::cylinder:
      detector.edges = cylinder(detector, radius_m);
      return;
    case DetectorRule::Pixels::hexagons:
      detector.table = hexagons(detector);
      return;
  }
}

}  // namespace xrdct::core
