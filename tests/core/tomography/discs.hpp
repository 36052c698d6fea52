#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

#include "core/tomography/slice_geometry.hpp"

/// Discs, whose sinograms are known exactly.
namespace xrdct::test {

/// A disc of a constant value; lengths in the unit of the translation.
struct Disc {
  double x = 0.0, y = 0.0, radius = 1.0, value = 1.0;
  bool contains(double at_x, double at_y) const { return std::hypot(at_x - x, at_y - y) <= radius; }
};

/// Projections at equal angles from 0 on, the axis at one place of all of them.
inline core::SliceGeometry even_geometry(std::size_t projections, std::size_t translations,
                                         double step, double centre, double turn_deg = 180.0) {
  core::SliceGeometry geometry;
  for (std::size_t p = 0; p < projections; ++p)
    geometry.angles.push_back(turn_deg * std::numbers::pi / 180.0 * static_cast<double>(p) /
                              static_cast<double>(projections));
  geometry.translations = translations;
  geometry.step = step;
  geometry.centres.assign(projections, centre);
  geometry.side = translations;
  return geometry;
}

/// b[θ][k] = Σ value·2·√(r² − (s_k − s₀)²), s₀ = x·cos θ + y·sin θ: [projection][translation].
inline std::vector<double> sinogram_of(core::SliceGeometry const& geometry,
                                       std::vector<Disc> const& discs) {
  std::vector<double> sinogram(geometry.samples(), 0.0);
  for (std::size_t p = 0; p < geometry.projections(); ++p) {
    for (std::size_t k = 0; k < geometry.translations; ++k) {
      double const s = (static_cast<double>(k) - geometry.centres[p]) * geometry.step;
      for (auto const& disc : discs) {
        double const off =
            s - disc.x * std::cos(geometry.angles[p]) - disc.y * std::sin(geometry.angles[p]);
        double const square = disc.radius * disc.radius - off * off;
        if (square > 0.0)
          sinogram[p * geometry.translations + k] += disc.value * 2.0 * std::sqrt(square);
      }
    }
  }
  return sinogram;
}

/// What a slice shows of one disc, without the voxels near its border.
struct Seen {
  double inside = 0.0;      //!< mean
  double deviation = 0.0;   //!< of the values inside
  double outside = 0.0;     //!< mean of all others in the circle
  double x = 0.0, y = 0.0;  //!< centre of mass of what is above half of the value
};

template <class Value>
Seen look_at(core::SliceGeometry const& geometry, std::span<Value const> slice, Disc const& disc,
             std::size_t stride = 1) {
  double const border = 3.0 * geometry.step;
  double inside = 0.0, square = 0.0, outside = 0.0, mass = 0.0;
  std::size_t in = 0, out = 0;
  Seen seen;
  for (std::size_t row = 0; row < geometry.side; ++row) {
    for (std::size_t column = 0; column < geometry.side; ++column) {
      if (!geometry.inside(row, column)) continue;
      double const value = slice[(row * geometry.side + column) * stride];
      double const x = geometry.x(column), y = geometry.y(row);
      double const distance = std::hypot(x - disc.x, y - disc.y);
      if (distance < disc.radius - border) {
        inside += value;
        square += value * value;
        ++in;
      } else if (distance > disc.radius + border) {
        outside += value;
        ++out;
      }
      if (value > disc.value / 2.0) {
        seen.x += x;
        seen.y += y;
        mass += 1.0;
      }
    }
  }
  seen.inside = inside / static_cast<double>(in);
  seen.deviation =
      std::sqrt(std::max(0.0, square / static_cast<double>(in) - seen.inside * seen.inside));
  seen.outside = outside / static_cast<double>(out);
  seen.x /= mass;
  seen.y /= mass;
  return seen;
}

}  // namespace xrdct::test
