#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "kokkos/tomography/slice_engines.hpp"
#include "kokkos/tomography/slice_projector.hpp"

namespace xrdct::kernels {

/*!
 * SIRT and CGLS on all threads of the host.
 *
 * Sums over all samples or voxels of a bin are formed in double, row by row in their order: the
 * same bits for any number of threads. Memory for B bins: 4 B × B × (padded samples + 2 to 3 ×
 * voxels + samples).
 */
class IterativeSlices final : public IterationEngine {
 public:
  IterativeSlices(core::SliceGeometry const& geometry, Footprint footprint);

  std::size_t memory_bytes(std::size_t bins) const override;

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

  /// Calls `per_sample(values of padded_, first value, sums)` for each sample, a projection on one
  /// thread, and adds the sums of the projections in their order.
  template <class PerSample>
  TwoSums over_samples(PerSample const& per_sample);
  /// Calls `per_voxel(first value)` for each voxel.
  template <class PerVoxel>
  void over_voxels(char const* label, PerVoxel const& per_voxel);
  /// Leaves d·W·r in padded_. Σ W·r²
  auto weighted_residual();
  /// Projects padded_ back to the gradient. Σ g²
  BinSums make_gradient();
  float* padded_row(std::size_t projection);
  /// What a projection filled beyond the ends of the line is no part of the data.
  void clear_padding();

  SliceProjector projector_;
  std::vector<float> inverse_rows_;  //!< 1/(row sum of A) [projection][translation]
  Samples samples_;                  //!< of the unit at hand
  std::size_t bins_ = 0;
  std::span<float> slice_;
  /// step_: what was projected back; columns_: λ/(column sums) of SIRT, the direction of CGLS
  LargeFloats padded_, step_, columns_, residual_;
  std::vector<TwoSums> partial_;
};

/// 1/(row sums of A), 0 where the sum is 0: [projection][translation].
/// \param sums `forward` of a slice of 1, [projection][line][bin]
std::vector<float> inverse_row_sums(core::SliceGeometry const& geometry, PaddedLines const& lines,
                                    std::size_t bins, std::span<float const> sums);

}  // namespace xrdct::kernels
