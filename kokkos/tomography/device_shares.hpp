#pragma once
#include <Kokkos_Macros.hpp>
#include <cstdint>

#include "kokkos/tomography/footprint_area.hpp"
#include "kokkos/tomography/slice_kernels.hpp"

// Where a voxel lies on a line of samples, and which share of it each of them sees, for one ray, as
// the kernels of a GPU take them. `ray_shares.hpp` has the same for a vector of rays of the host:
// all in double, then rounded, with the same bits. Lines are padded: a place is never below 0.
namespace xrdct::kernels {

/// Where the voxels of a row would lie if they were above the axis.
KOKKOS_FORCEINLINE_FUNCTION double base_of(PlacedRay const& ray, double up) {
  return ray.centre + up * ray.sine;
}

KOKKOS_FORCEINLINE_FUNCTION double place_of(PlacedRay const& ray, double base, double across) {
  return base + across * ray.cosine;
}

/// Linear interpolation: shares of a sample and the next.
struct LinearShares {
  static constexpr int reach = 2;
  std::int32_t first;
  float share[reach];

  KOKKOS_FORCEINLINE_FUNCTION LinearShares(PlacedRay const&, double place)
      : first(static_cast<std::int32_t>(place)) {
    share[1] = static_cast<float>(place - static_cast<double>(first));
    share[0] = 1.0F - share[1];
  }
  /// A sample sees nothing of voxels whose places are farther from it than this.
  KOKKOS_FORCEINLINE_FUNCTION static double farthest(PlacedRay const&) { return 1.0; }
};

/// Shares of three strips in the footprint of a square voxel.
struct StripShares {
  static constexpr int reach = 3;
  std::int32_t first;  //!< ⌈place − ½ − outer⌉ but for whole numbers, where its share is 0
  float share[reach];

  KOKKOS_FORCEINLINE_FUNCTION StripShares(PlacedRay const& ray, double place)
      : first(static_cast<std::int32_t>(place - ray.outer + 0.5)) {
    double const end = static_cast<double>(first) + 0.5 - place, after = end + 1.0;
    AreaBelow<double> const below_end{ray.outer, ray.inner, ray.height, end},
        below_next{ray.outer, ray.inner, ray.height, after};
    double const one = below_end.area, two = below_next.area;
    share[0] = static_cast<float>(one);
    share[1] = static_cast<float>(two - one);
    share[2] = static_cast<float>(1.0 - two);
  }
  KOKKOS_FORCEINLINE_FUNCTION static double farthest(PlacedRay const& ray) {
    return ray.outer + 0.5;
  }
};

/// What one sample sees; 0: nothing.
template <class Shares>
KOKKOS_FORCEINLINE_FUNCTION float share_of(Shares const& shares, int sample) {
  float share = 0.0F;
  for (int i = 0; i < Shares::reach; ++i)
    if (shares.first + i == sample) share = shares.share[i];
  return share;
}

}  // namespace xrdct::kernels
