#pragma once
#include <span>
#include <vector>

#include "core/tomography/projector.hpp"
#include "core/tomography/ramp_filter.hpp"
#include "core/tomography/reference_iterations.hpp"
#include "core/tomography/slice_geometry.hpp"

/// The specification of every reconstruction engine: plain loops over one channel, in double. The
/// engines are tested against it.
namespace xrdct::core {

/*!
 * Filtered back projection of one channel.
 *
 *     q[θ] = ramp ∗ b[θ]        x[i][j] = Σ_θ w_θ·((1 − f)·q[θ][k] + f·q[θ][k + 1])
 *
 * k + f is the place of the voxel. b beyond the ends of the line counts as 0; q does not end there.
 * Voxels outside of the circle are NaN.
 * \param weights w [rad], of `angle_weights`
 * \param sinogram b [projection][translation], without NaN
 * \returns [row][column], quantity per unit of the translation
 */
std::vector<double> filtered_back_projection(SliceGeometry const& geometry,
                                             std::span<double const> weights, FilterWindow window,
                                             std::span<double const> sinogram);

/*!
 * Variance of `filtered_back_projection` for independent samples; exact, because the reconstruction
 * is linear.
 *
 *     var(x) = Σ_θ w_θ²·[(1 − f)²·V₀[k] + f²·V₀[k + 1] + 2·f·(1 − f)·V₁[k]]
 *     V₀[k] = Σ_m h[k − m]²·σ²[m]        V₁[k] = Σ_m h[k − m]·h[k + 1 − m]·σ²[m]
 *
 * \param variance σ² [projection][translation]
 */
std::vector<double> filtered_back_projection_variance(SliceGeometry const& geometry,
                                                      std::span<double const> weights,
                                                      FilterWindow window,
                                                      std::span<double const> variance);

/// `sirt` of reference_iterations.hpp with `project`; NaN outside of the circle.
/// \param weights W ≥ 0 [projection][translation]: 0 for a sample that is missing
std::vector<double> sirt(SliceGeometry const& geometry, Footprint footprint,
                         Iterations const& iterations, std::span<double const> weights,
                         std::span<double const> sinogram);

/// `cgls` of reference_iterations.hpp with `project`; NaN outside of the circle.
std::vector<double> cgls(SliceGeometry const& geometry, Footprint footprint, int count,
                         std::span<double const> weights, std::span<double const> sinogram);

}  // namespace xrdct::core
