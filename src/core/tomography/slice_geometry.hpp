#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace xrdct::core {

/*!
 * The projections of one slice, and its grid of voxels.
 *
 *     s = x·cos θ + y·sin θ                      place of a ray, in the unit of the translation
 *     s_k = (k − c)·d                            of translation k
 *     x_j = (j − (N−1)/2)·d,  y_i = ((N−1)/2 − i)·d      of voxel (row i, column j)
 *
 * Row 0 of a slice is at the top, where y is largest. The rotation axis goes through x = y = 0. A
 * ray is parallel to (−sin θ, cos θ). A slice of a quantity per unit length has sinograms in that
 * quantity: a disc of 1 per mm gives chords in mm.
 */
struct SliceGeometry {
  std::vector<double> angles;    //!< θ [rad], [projection], in the order in which they are summed
  std::size_t translations = 0;  //!< T, of each projection
  double step = 1.0;             //!< d > 0 [unit of the translation]
  /// c [index of translations], [projection]: a shift of a projection is part of its own c
  std::vector<double> centres;
  std::size_t side = 0;  //!< N, voxels along one side of the slice

  std::size_t projections() const noexcept { return angles.size(); }
  std::size_t samples() const noexcept { return projections() * translations; }
  std::size_t voxels() const noexcept { return side * side; }
  double x(std::size_t column) const noexcept {
    return (static_cast<double>(column) - half_side()) * step;
  }
  double y(std::size_t row) const noexcept {
    return (half_side() - static_cast<double>(row)) * step;
  }
  double half_side() const noexcept { return (static_cast<double>(side) - 1.0) / 2.0; }
  /// Voxels whose centre lies within N/2 steps of the axis: those outside have no value (NaN).
  bool inside(std::size_t row, std::size_t column) const noexcept {
    double const half = static_cast<double>(side) / 2.0;
    double const across = static_cast<double>(column) - half_side(),
                 down = half_side() - static_cast<double>(row);
    return across * across + down * down <= half * half;
  }
};

/// One projection in units of steps: u = c + across·cos θ + up·sin θ is the place of a voxel on the
/// detector line, in translations, where (across, up) is its place from the axis in voxels.
struct Ray {
  double cosine = 1.0, sine = 0.0, centre = 0.0;

  Ray() = default;
  Ray(SliceGeometry const& geometry, std::size_t projection)
      : cosine(std::cos(geometry.angles[projection])),
        sine(std::sin(geometry.angles[projection])),
        centre(geometry.centres[projection]) {}
  double place(double across, double up) const noexcept {
    return centre + (across * cosine + up * sine);
  }
};

/// The samples that the voxels inside of the circle reach on any projection: translations −before …
/// total − before − 1.
struct ReachedLine {
  std::size_t before = 0;
  std::size_t total = 0;
};
ReachedLine reached_line(SliceGeometry const& geometry);

/// How a voxel is seen by a line of translations.
enum class Footprint {
  linear,  //!< linear interpolation between the two nearest translations
  strip    //!< the area of the square voxel in the strip of each translation
};

}  // namespace xrdct::core
