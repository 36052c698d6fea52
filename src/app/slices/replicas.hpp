#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "app/slices/unit_sinogram.hpp"
#include "kokkos/tomography/iterative_slices.hpp"

namespace xrdct::app {

/// Lanes of replicas that are reconstructed together.
inline constexpr std::size_t replica_lanes = kernels::bins_of_vector;

/// Which random numbers a replica has: a function of the channel alone, never of ranks or threads.
struct ReplicaStream {
  std::size_t reduction = 0, height = 0;
  std::size_t first_bin = 0;  //!< of the unit, among all bins of the reduction
};

/*!
 * Errors of an iterative reconstruction, as the spread of reconstructions from copies of the
 * samples with other noise:
 *
 *     b_r = b + σ·n_r,  n_r normal;   σ²(x) = (Σ_r x_r² − (Σ_r x_r)²/R)/(R − 1)
 *
 * NaN with less than two replicas. Sums in double. Memory: 4 B × 16 × (2 to 3 × samples + voxels).
 */
class Replicas {
 public:
  /// How samples become a slice [voxel][lane].
  using Reconstruct =
      std::function<void(kernels::Samples const& samples, std::size_t lanes, std::span<float>)>;

  /// The sinogram has errors. `by_noise`: the iterations stop by the variances of the samples. All
  /// outlive this.
  Replicas(UnitSinogram const& sinogram, std::span<float const> weights, std::size_t voxels,
           bool by_noise, Reconstruct reconstruct);

  /// The variances of the voxels of one bin.
  /// \param variances [voxel][lane]
  void spread(ReplicaStream const& stream, std::size_t bin, int count, std::span<float> variances);

 private:
  void draw(ReplicaStream const& stream, std::size_t bin, std::size_t first);
  void copy_variance(std::size_t bin);
  void add_slices(std::size_t count);

  UnitSinogram const& sinogram_;
  std::span<float const> weights_;
  bool by_noise_;
  Reconstruct reconstruct_;
  kernels::LargeFloats copies_, weight_, variance_, slice_;  //!< of the lanes of replicas
  std::vector<double> sum_, square_;                         //!< [voxel]
};

}  // namespace xrdct::app
