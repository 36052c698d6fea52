#pragma once
#include <vector>

#include "core/matrix/plan_building.hpp"
#include "core/words/patterns.hpp"

namespace xrdct::golden {

/// Our count as pyFAI reports it: the number of entries of a median; at least 3 for a bin whose
/// clipping ended because nothing was left to reject.
std::vector<double> count_of_pyfai(core::Method method, core::PatternSums const& sums,
                                   std::vector<double> const& expected);

/// pyFAI's values with NaN in bins without a pixel, where it gives 0.
std::vector<double> nothing_measured_where_empty(std::vector<double> expected,
                                                 core::PatternSums const& sums);

/*!
 * Bins of a quantile mean whose value pyFAI leaves to chance. [bin]
 *
 * It sorts with std::sort, which orders equal values as it likes: that matters where values equal
 * in float32 with different weights lie across a quantile. And invalid pixels take part in the sort
 * as NaN, which no order allows for.
 * \param frame [pixel]
 */
std::vector<bool> bins_left_to_chance(core::ReductionPlan const& plan,
                                      std::vector<double> const& frame);

/*!
 * The pixels of a cake with bounding boxes that reach across an end of its azimuthal axis, with
 * pyFAI's coefficients.
 *
 * There the part beyond the axis is folded into the first or last azimuthal bin; here it is
 * wrapped. The coefficients of those two bins are left away.
 * \param matrix of the cake
 * \param radial of the same radial bins without azimuth
 * \param discontinuity_at_pi χ of pyFAI in [−π, π) or [0, 2π)
 */
struct BorderPixels {
  std::vector<bool> across;  //!< [pixel]
  core::BinMatrix of_pyfai;  //!< entries of those pixels
};
BorderPixels pixels_across_ends(core::Geometry const& geometry, core::BinMatrix const& matrix,
                                core::BinMatrix const& radial, bool discontinuity_at_pi);

/// The five sums of one frame with another matrix: what is to be subtracted from pyFAI's.
core::PatternSums sums_with(core::ReductionPlan const& plan, core::BinMatrix const& matrix,
                            std::vector<double> const& frame);

/// The entries of some pixels. \param whole divided by their sum
core::BinMatrix entries_of(core::BinMatrix const& matrix, std::vector<bool> const& pixels,
                           bool whole);

/// Σ c of a pixel.
double share_of(core::BinMatrix const& matrix, std::size_t pixel);

}  // namespace xrdct::golden
