// Where the pixels of a detector are on its plane, or off it.
#include "core/detector/pixel_positions.hpp"

#include "core/words/errors.hpp"
#include "core/words/float_rounding.hpp"

namespace xrdct::core {
namespace {

double middle(std::vector<double> const& edges, std::size_t k) {
  return edges[k] + 0.5 * (edges[k + 1] - edges[k]);
}

/// Index of the image to index of orientation 3; `count` is that of the pixels, or of their edges.
std::size_t native_row(Detector const& detector, std::size_t row, std::size_t count) {
  return flips_rows(detector.orientation) ? count - 1 - row : row;
}
std::size_t native_column(Detector const& detector, std::size_t column, std::size_t count) {
  return flips_columns(detector.orientation) ? count - 1 - column : column;
}

/// Whether corner k of A, B, C, D is at the upper row edge, and at the upper column edge.
bool is_upper_row(std::size_t k) { return k == 1 || k == 2; }
bool is_upper_column(std::size_t k) { return k >= 2; }

/// Of a pixel that has its own.
DetectorPoint own_corner(Detector const& detector, std::size_t row, std::size_t column,
                         std::size_t k) {
  if (!detector.strips.rows.empty()) {
    auto const& strip = detector.strips.rows[row];
    double const p2 = detector.strips.columns[column + is_upper_column(k)];
    return is_upper_row(k) ? DetectorPoint{strip.upper, p2, strip.upper_depth}
                           : DetectorPoint{strip.lower, p2, strip.lower_depth};
  }
  std::size_t const pixel = row * detector.shape.columns + column;
  float const* position = detector.table.position.data() + 3 * (detector.table.corners * pixel + k);
  return {position[1], position[2], position[0]};
}

/// A point of a regular or distorted grid, by fractional indices of edges.
DetectorPoint grid_point(Detector const& detector, double row, double column) {
  double const row_shift = detector.distortion ? detector.distortion->row_shift(column, row) : 0.0;
  double const column_shift =
      detector.distortion ? detector.distortion->column_shift(column, row) : 0.0;
  return {detector.pixel1_m * (row_shift + row), detector.pixel2_m * (column_shift + column), 0.0};
}

DetectorPoint native_shared_corner(Detector const& detector, std::size_t row, std::size_t column) {
  auto const& edges = detector.edges;
  if (edges.rows.empty())
    return grid_point(detector, static_cast<double>(row), static_cast<double>(column));
  return {edges.rows[row], edges.columns[column], edges.depth.empty() ? 0.0 : edges.depth[column]};
}

DetectorPoint native_corner(Detector const& detector, std::size_t row, std::size_t column,
                            std::size_t k) {
  if (has_own_corners(detector)) return own_corner(detector, row, column, k);
  return native_shared_corner(detector, row + is_upper_row(k), column + is_upper_column(k));
}

DetectorPoint mean_of_corners(Detector const& detector, std::size_t row, std::size_t column) {
  DetectorPoint sum;
  for (std::size_t k = 0; k < 4; ++k) {
    auto const corner = own_corner(detector, row, column, k);
    sum = {sum.p1 + 0.25 * corner.p1, sum.p2 + 0.25 * corner.p2, sum.depth + 0.25 * corner.depth};
  }
  return {stored_as_float(sum.p1), stored_as_float(sum.p2), stored_as_float(sum.depth)};
}

/// The order of the corners around a pixel of the flipped image.
std::size_t native_number(Detector const& detector, std::size_t k) {
  constexpr std::size_t rows_flipped[] = {1, 0, 3, 2}, columns_flipped[] = {3, 2, 1, 0};
  if (detector.table.corners != 4) return k;
  if (flips_rows(detector.orientation)) k = rows_flipped[k];
  return flips_columns(detector.orientation) ? columns_flipped[k] : k;
}

}  // namespace

bool flips_rows(int orientation) { return orientation == 1 || orientation == 2; }
bool flips_columns(int orientation) { return orientation == 1 || orientation == 4; }
bool has_own_corners(Detector const& detector) {
  return !detector.table.position.empty() || !detector.strips.rows.empty();
}
bool is_curved(Detector const& detector) {
  return !detector.edges.depth.empty() || !detector.table.is_flat || !detector.strips.is_flat;
}

DetectorPoint pixel_center(Detector const& detector, std::size_t row, std::size_t column) {
  std::size_t const i = native_row(detector, row, detector.shape.rows),
                    j = native_column(detector, column, detector.shape.columns);
  auto const& edges = detector.edges;
  if (has_own_corners(detector)) return mean_of_corners(detector, i, j);
  if (edges.rows.empty())
    return grid_point(detector, static_cast<double>(i) + 0.5, static_cast<double>(j) + 0.5);
  if (edges.depth.empty()) return {middle(edges.rows, i), middle(edges.columns, j), 0.0};
  return {stored_as_float(middle(edges.rows, i)), stored_as_float(middle(edges.columns, j)),
          stored_as_float(middle(edges.depth, j))};
}

DetectorPoint shared_corner(Detector const& detector, std::size_t row, std::size_t column) {
  XRDCT_ASSERT(!has_own_corners(detector));
  return native_shared_corner(detector, native_row(detector, row, detector.shape.rows + 1),
                              native_column(detector, column, detector.shape.columns + 1));
}

DetectorPoint pixel_corner(Detector const& detector, std::size_t row, std::size_t column,
                           std::size_t k) {
  return native_corner(detector, native_row(detector, row, detector.shape.rows),
                       native_column(detector, column, detector.shape.columns),
                       native_number(detector, k));
}

double relative_area(Detector const& detector, std::size_t row, std::size_t column) {
  if (!detector.distortion) return 1.0;
  auto const i = static_cast<double>(native_row(detector, row, detector.shape.rows));
  auto const j = static_cast<double>(native_column(detector, column, detector.shape.columns));
  auto const& columns = detector.distortion->column_shift;
  auto const& rows = detector.distortion->row_shift;
  double const width = columns(j + 1.0, i + 0.5) - columns(j, i + 0.5) + 1.0;
  double const height = rows(j + 0.5, i + 1.0) - rows(j + 0.5, i) + 1.0;
  return width * height;
}

std::array<double, 3> pixel_normal(Detector const& detector, std::size_t row, std::size_t column) {
  std::size_t const i = native_row(detector, row, detector.shape.rows),
                    j = native_column(detector, column, detector.shape.columns);
  auto const a = native_corner(detector, i, j, 0), b = native_corner(detector, i, j, 1);
  auto const c = native_corner(detector, i, j, 2), d = native_corner(detector, i, j, 3);
  std::array<double, 3> const ac{c.depth - a.depth, c.p1 - a.p1, c.p2 - a.p2},
      bd{d.depth - b.depth, d.p1 - b.p1, d.p2 - b.p2};
  return {ac[1] * bd[2] - ac[2] * bd[1], ac[2] * bd[0] - ac[0] * bd[2],
          ac[0] * bd[1] - ac[1] * bd[0]};
}

}  // namespace xrdct::core
