#pragma once
#include <span>
#include <vector>

namespace xrdct::core {

/// How much of the half turn each projection stands for in a filtered back projection.
struct AngleWeights {
  std::vector<double> weight;  //!< [projection] [rad]
  double covered = 0.0;        //!< their sum: π where no wedge is missing [rad]
  double largest_gap = 0.0;    //!< between neighbours modulo π [rad]
  bool wedge_missing = false;  //!< a gap is too large to be stood for
};

/// A gap above this, and above 8 mean gaps of a full half turn, is a missing wedge. [rad]
inline constexpr double least_wedge = 0.17453292519943295;  // 10°

/*!
 * Weights of angles in any order, over any number of turns.
 *
 *     sorted by θ mod π, n different ones: weight = (gap before + gap after)/2, circular; Σ = π
 *
 * Equal angles (to 1e-9 rad) share the weight of one. A missing wedge counts as a gap of the median
 * width: what was not measured is not made up from its two ends. The weights do not depend on the
 * order of the angles.
 */
AngleWeights angle_weights(std::span<double const> angles);

}  // namespace xrdct::core
