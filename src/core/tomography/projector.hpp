#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/tomography/slice_geometry.hpp"

namespace xrdct::core {

/// The translations that a voxel reaches in one projection, and the share that each of them sees.
/// Shares add up to 1; those beyond the ends of the line are dropped.
struct Shares {
  std::int64_t first = 0;         //!< translation; may be negative
  std::array<double, 3> share{};  //!< of `first`, `first + 1`, `first + 2`
};

/*!
 * Shares of a voxel at place u of the line [translations].
 *
 *     linear: k = ⌊u⌋, f = u − k: 1 − f, f, 0
 *     strip:  k = ⌈u − ½ − h⌉, h = (|cos θ| + |sin θ|)/2: ∫ of the footprint of a square of side 1
 *             over [k − ½, k + ½] and the two strips that follow; a trapezoid of area 1 whose
 *             sides run from h to h₀ = ||cos θ| − |sin θ||/2
 */
Shares linear_shares(double place);
Shares strip_shares(double place, double cosine, double sine);
Shares shares_of(Footprint footprint, double place, Ray const& ray);

/*!
 * The sinogram of a slice, as plain loops: the specification of every projector.
 *
 *     b[θ][k] = d·Σ_ij share(θ, k; i, j)·x[i][j]       over voxels inside of the circle
 *
 * \param slice [row][column]
 * \returns [projection][translation]
 */
std::vector<double> project(SliceGeometry const& geometry, Footprint footprint,
                            std::span<double const> slice);

/// The exact transpose of `project`: x[i][j] = d·Σ_θk share·b[θ][k] inside of the circle, else 0.
std::vector<double> project_back(SliceGeometry const& geometry, Footprint footprint,
                                 std::span<double const> sinogram);

}  // namespace xrdct::core
