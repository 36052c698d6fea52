#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "kokkos/tomography/device_projector.hpp"
#include "kokkos/tomography/slice_engines.hpp"

namespace xrdct::kernels {

/*!
 * SIRT and CGLS on the default execution space: samples there, slice back; from step to step only
 * sums of projections and of rows come to the host, which adds them in their order, as
 * `IterativeSlices` does. Memory there for B bins: 4 B × B × (padded samples + 4 × samples + 3 ×
 * voxels), kept from unit to unit.
 */
class DeviceIterations final : public IterationEngine {
 public:
  /// \param threads of a team
  DeviceIterations(core::SliceGeometry const& geometry, Footprint footprint,
                   int threads = threads_of_slice_team());

  Progresses sirt(Samples const& samples, std::size_t bins, SliceIterations const& iterations,
                  std::span<float> slice) override;
  Progresses cgls(Samples const& samples, std::size_t bins, int count,
                  std::span<float> slice) override;
  std::size_t memory_bytes(std::size_t bins) const override;

  /// Two sums of one bin over the samples of a projection, or the voxels of a row.
  struct TwoSums {
    double first, second;
  };

 private:
  using PerBin = std::array<float, most_bins>;
  struct BinSums {
    std::array<double, most_bins> first{}, second{};
  };

  void begin(Samples const& samples, std::size_t bins);
  template <class PerSample>
  BinSums over_samples(char const* label, PerSample const& per_sample);
  template <class PerVoxel>
  BinSums over_rows(char const* label, PerVoxel const& per_voxel);
  template <class PerVoxel>
  void over_voxels(char const* label, PerVoxel const& per_voxel);
  BinSums added(std::size_t parts);
  Array<float const*> on_device(PerBin const& factors);
  void fetch(std::span<float> slice) const;

  DeviceProjector projector_;
  std::size_t bins_ = 0;        //!< of the unit at hand
  Array<float*> inverse_rows_;  //!< 1/(row sum of A) [projection][translation]
  Array<float*> value_, weight_, variance_, residual_;  //!< [projection][translation][bin]
  Array<float*> padded_;  //!< [projection][line][bin], 0 beyond the translations
  Array<float*> slice_, step_, columns_;
  Array<float*> factors_;    //!< [bin]
  Array<TwoSums*> partial_;  //!< [projection or row][bin]
  std::vector<TwoSums> partial_here_;
};

}  // namespace xrdct::kernels
