#pragma once
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

  std::size_t memory_bytes(std::size_t bins) const override;

  /// Two sums of one bin over the samples of a projection, or the voxels of a row.
  struct Part {
    double first, second;
  };

 private:
  void begin(Samples const& samples, std::size_t bins, std::span<float> slice) override;
  void end() override;
  TwoSums start_sirt(float relaxation) override;
  TwoSums residual_of_sirt() override;
  void step_of_sirt(BinFactors const& active, bool non_negative) override;
  TwoSums start_cgls() override;
  BinSums image_of_direction() override;
  TwoSums step_of_cgls(BinFactors const& step) override;
  void turn_direction(BinFactors const& share) override;

  template <class PerSample>
  TwoSums over_samples(char const* label, PerSample const& per_sample);
  template <class PerVoxel>
  void over_voxels(char const* label, PerVoxel const& per_voxel);
  /// Projects padded_ back to the gradient. Σ g²
  BinSums make_gradient();
  TwoSums added(std::size_t parts);
  Array<float const*> on_device(BinFactors const& factors);

  DeviceProjector projector_;
  std::size_t bins_ = 0;  //!< of the unit at hand
  std::span<float> slice_here_;
  bool has_variance_ = false;
  Array<float*> inverse_rows_;  //!< 1/(row sum of A) [projection][translation]
  Array<float*> value_, weight_, variance_, residual_;  //!< [projection][translation][bin]
  Array<float*> padded_;  //!< [projection][line][bin], 0 beyond the translations
  /// step_: what was projected back; columns_: λ/(column sums) of SIRT, the direction of CGLS
  Array<float*> slice_, step_, columns_;
  Array<float*> factors_;  //!< [bin]
  Array<Part*> partial_;   //!< [projection or row][bin]
  std::vector<Part> partial_here_;
};

}  // namespace xrdct::kernels
