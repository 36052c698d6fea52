#pragma once
#include <Kokkos_Macros.hpp>
#include <cstddef>
#include <cstdint>

#include "kokkos/tomography/slice_kernels.hpp"

// Where a voxel lies on a line of samples, and which share of it each of them sees: the one source
// of the vector loops of the host and of the kernels of a card.
//
// All in double, products and sums apart: the same bits wherever it is computed. Lines are padded:
// a place is never below 0.
namespace xrdct::kernels {

/// Where the voxels of a row would lie if they were above the axis.
KOKKOS_FORCEINLINE_FUNCTION double base_of(PlacedRay const& ray, double up) {
  return ray.centre + up * ray.sine;
}

KOKKOS_FORCEINLINE_FUNCTION double place_of(PlacedRay const& ray, double base, double across) {
  return base + across * ray.cosine;
}

/// ∫ of the footprint of a voxel from −∞ to t.
KOKKOS_FORCEINLINE_FUNCTION double area_below(PlacedRay const& ray, double t) {
  double const height = 1.0 / (ray.outer + ray.inner);
  double const slope = ray.outer - ray.inner;
  if (t >= ray.outer) return 1.0;
  if (t <= -ray.outer) return 0.0;
  if (t < -ray.inner) return height * (t + ray.outer) * (t + ray.outer) / (2.0 * slope);
  if (t <= ray.inner) return height * (slope / 2.0 + (t + ray.inner));
  return 1.0 - height * (ray.outer - t) * (ray.outer - t) / (2.0 * slope);
}

/// Linear interpolation: shares of a sample and the next.
struct LinearShares {
  static constexpr int reach = 2;
  std::size_t first;
  float share[reach];

  KOKKOS_FORCEINLINE_FUNCTION LinearShares(PlacedRay const&, double place) {
    auto const below = static_cast<std::int64_t>(place);
    first = static_cast<std::size_t>(below);
    share[1] = static_cast<float>(place - static_cast<double>(below));
    share[0] = 1.0F - share[1];
  }
  /// A sample sees nothing of voxels whose places are farther from it than this.
  KOKKOS_FORCEINLINE_FUNCTION static double farthest(PlacedRay const&) { return 1.0; }
};

/// Shares of three strips in the footprint of a square voxel, a trapezoid of area 1.
struct StripShares {
  static constexpr int reach = 3;
  std::size_t first;
  float share[reach];

  KOKKOS_FORCEINLINE_FUNCTION StripShares(PlacedRay const& ray, double place) {
    double const start = place - ray.outer + 0.5;  // ⌈place − ½ − outer⌉ = ⌊start⌋ but for whole
                                                   // numbers, where the first share is 0
    auto const below = static_cast<std::int64_t>(start);
    first = static_cast<std::size_t>(below);
    double const end = static_cast<double>(below) + 0.5 - place;
    double const one = area_below(ray, end), two = area_below(ray, end + 1.0);
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
KOKKOS_FORCEINLINE_FUNCTION float share_of(Shares const& shares, std::size_t sample) {
  float share = 0.0F;
  for (int i = 0; i < Shares::reach; ++i)
    if (shares.first + static_cast<std::size_t>(i) == sample) share = shares.share[i];
  return share;
}

}  // namespace xrdct::kernels
