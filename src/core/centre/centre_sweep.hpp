#pragma once
#include "core/centre/centre_estimate.hpp"
#include "core/conditioning/summed_sinogram.hpp"

namespace xrdct::core {

/*!
 * The centre of rotation whose reconstruction has the least negative mass: a wrong centre draws
 * each point as an arc, with values below 0 beside it.
 *
 *     badness(c) = Σ max(−x, 0)·(voxel area)/mean total of the projections
 *
 * x by filtered back projection with a Hann window, over a circle of fixed radius about the axis.
 * From coarse to fine: neighbouring translations are added up to at most 64 places, and c is tried
 * at every such place; then around the best with places half as wide, down to steps of
 * 0.25 translations, and the lowest point of a parabola. `tried` and `badness` are those of the
 * coarsest round. Of a full turn each half is reconstructed alone: over a full turn a wrong centre
 * draws a ring, which only blurs. Samples that reach beyond the line are told badly, and half
 * acquisitions not at all. Cost: some 20 back projections of one channel, with at most 320 voxels
 * across.
 *
 * Refused where the best centre is at an end of the range, or nothing is measured.
 *
 * \param sinogram without air
 * \param first, last the range of c [index of translations]
 */
CentreEstimate sweep_centre(SummedSinogram const& sinogram, double first, double last);

}  // namespace xrdct::core
