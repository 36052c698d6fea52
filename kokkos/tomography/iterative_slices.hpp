#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "kokkos/tomography/slice_projector.hpp"

namespace xrdct::kernels {

/// Bins that are reconstructed together, at most.
inline constexpr std::size_t most_bins = bins_of_vector * most_vectors;

/// How an iterative reconstruction goes on.
struct SliceIterations {
  int count = 100;
  double relaxation = 1.0;    //!< λ of SIRT
  bool non_negative = false;  //!< SIRT: values below 0 become 0 after each step
};

/// What is known of the samples: all [projection][translation][bin].
struct Samples {
  std::span<float const> value;   //!< b; what has weight 0 is not looked at
  std::span<float const> weight;  //!< W ≥ 0
  /// σ², for stopping: a bin is finished when Σ W>0 (b − A·x)²/σ² is at most the number of its
  /// samples with W > 0; empty: all iterations
  std::span<float const> variance;
};

/// What became of one bin.
struct BinProgress {
  int iterations = 0;
  double misfit = 0.0;  //!< √(Σ W·(b − A·x)²/Σ W·b²) before the last step
};
using Progresses = std::array<BinProgress, most_bins>;

/*!
 * SIRT and CGLS of many bins at a time. Specification: core/tomography/reference_slices.hpp.
 *
 * Sums over all samples or voxels of a bin are formed in double, row by row in their order: the
 * same bits for any number of threads. Bins that are finished stay as they are while the others go
 * on. Memory for B bins: 4 B × B × (padded samples + 2 to 3 × voxels + samples).
 */
class IterativeSlices {
 public:
  IterativeSlices(core::SliceGeometry const& geometry, Footprint footprint);

  /// \param slice [row][column][bin], from 0; NaN outside of the circle
  Progresses sirt(Samples const& samples, std::size_t bins, SliceIterations const& iterations,
                  std::span<float> slice);
  Progresses cgls(Samples const& samples, std::size_t bins, int count, std::span<float> slice);
  std::size_t memory_bytes(std::size_t bins) const;

 private:
  using BinSums = std::array<double, most_bins>;
  struct Active;

  template <class PerSample>
  BinSums over_samples(std::size_t bins, PerSample const& per_sample);
  BinSums over_voxels(std::size_t bins, std::span<float const> a, std::span<float const> b);
  float* padded_row(std::size_t projection, std::size_t bins);

  SliceProjector projector_;
  std::vector<float> inverse_rows_;  //!< 1/(row sum of A) [projection][translation]
  LargeFloats padded_, step_, columns_, residual_;
  std::vector<BinSums> partial_;
};

}  // namespace xrdct::kernels
