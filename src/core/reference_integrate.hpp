#pragma once
#include <span>

#include "core/patterns.hpp"
#include "core/reduction_plan.hpp"

namespace xrdct::core {

/*!
 * The specification of every integration kernel: plain loops over one decoded frame, in pixel order, in double.
 *
 *     for every pixel p that is not masked and valid, for every entry (b, c) of p:
 *       S += c·signal   V += c²·max(float(raw), 1)   N += c·norm   N2 += (c·norm)²   C += c
 *
 * \param frame [pixel] raw values as double
 * \param sums  sums of frame 0 are written
 */
void reference_integrate(ReductionPlan const& plan, Reduction const& reduction, std::span<double const> frame, PatternSums& sums, PixelTally& tally);

}  // namespace xrdct::core
