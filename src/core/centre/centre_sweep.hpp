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
 * From coarse to fine: neighbouring translations are added up to at most 40 places, and c is tried
 * at every such place; then in steps of half a place around the best, where the two flanks meet,
 * and again with places half as wide, until each is one translation or noise hides the flanks: they
 * rise by less than 0.4 of the lowest badness, or 5 times their scatter. `tried` and `badness`
 * are of the coarsest round. Of a full turn each half is reconstructed alone: over a full turn a
 * wrong centre draws a ring, which only blurs. Samples that reach beyond the line are told badly,
 * and half acquisitions not at all. Cost: 7 back projections of one channel in each round, with at
 * most 320 voxels across.
 *
 * Refused where the best centre is at an end of the range, or hidden by noise in the coarsest
 * round.
 *
 * \param sinogram without air
 * \param first, last the range of c [index of translations]
 */
CentreEstimate sweep_centre(SummedSinogram const& sinogram, double first, double last);

}  // namespace xrdct::core
