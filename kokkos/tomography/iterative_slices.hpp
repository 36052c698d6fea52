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

  Progresses sirt(Samples const& samples, std::size_t bins, SliceIterations const& iterations,
                  std::span<float> slice) override;
  Progresses cgls(Samples const& samples, std::size_t bins, int count,
                  std::span<float> slice) override;
  std::size_t memory_bytes(std::size_t bins) const override;

 private:
  using BinSums = std::array<double, most_bins>;
  struct Active;

  template <class PerSample>
  BinSums over_samples(std::size_t bins, PerSample const& per_sample);
  BinSums over_voxels(std::size_t bins, std::span<float const> a, std::span<float const> b);
  float* padded_row(std::size_t projection, std::size_t bins);
  /// What a projection filled beyond the ends of the line is no part of the data.
  void clear_padding(std::size_t bins);

  SliceProjector projector_;
  std::vector<float> inverse_rows_;  //!< 1/(row sum of A) [projection][translation]
  LargeFloats padded_, step_, columns_, residual_;
  std::vector<BinSums> partial_;
};

/// 1/(row sums of A), 0 where the sum is 0: [projection][translation].
/// \param sums `forward` of a slice of 1, [projection][line][bin]
std::vector<float> inverse_row_sums(core::SliceGeometry const& geometry, PaddedLines const& lines,
                                    std::size_t bins, std::span<float const> sums);

}  // namespace xrdct::kernels
