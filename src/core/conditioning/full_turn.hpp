#pragma once
#include <span>

namespace xrdct::core {

/// θ mod 2π, in [0, 2π). [rad]
double modulo_full_turn(double angle) noexcept;

/// θ mod 2π, in [−π, π). [rad]
double nearest_turn(double angle) noexcept;

/// How the projections lie on the full circle.
struct TurnCoverage {
  double largest_gap = 0.0;  //!< between neighbours mod 2π [rad]
  double start = 0.0;        //!< angle after the largest gap, in [0, 2π) [rad]
  double usual_gap = 0.0;    //!< median of the gaps between different angles [rad]
  /// Each ray was measured from both of its ends: no gap above 20°, or above 8 usual gaps.
  bool full_turn = false;
};

/// Order and ties of the angles play no part. Of no angle: nothing covered.
TurnCoverage turn_coverage(std::span<double const> angles);

}  // namespace xrdct::core
