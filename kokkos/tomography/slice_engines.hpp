#pragma once
#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "core/tomography/ramp_filter.hpp"
#include "core/tomography/slice_geometry.hpp"
#include "kokkos/tomography/slice_projector.hpp"

/// What turns sinograms of many bins into slices: on the processors of the host, or on a GPU. Both
/// give the same bits.
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

/// Filtered back projection of many bins at a time, and its variance. Specification:
/// core/tomography/reference_slices.hpp.
class FilterEngine {
 public:
  FilterEngine() = default;
  virtual ~FilterEngine() = default;
  FilterEngine(FilterEngine const&) = delete;
  FilterEngine& operator=(FilterEngine const&) = delete;

  /// \param sinogram [projection][translation][bin], without NaN
  /// \param bins a multiple of 16, at most 64
  /// \param scratch memory to work in, where that is on the host
  /// \param slice [row][column][bin]; NaN outside of the circle
  virtual void reconstruct(std::span<float const> sinogram, std::size_t bins, LargeFloats& scratch,
                           std::span<float> slice) = 0;
  /// \param variance of the samples, as the sinogram
  virtual void variance(std::span<float const> variance, std::size_t bins, LargeFloats& scratch,
                        LargeFloats& more_scratch, std::span<float> slice) = 0;
  /// What it needs beside `scratch` for so many bins: of the host, or of a GPU.
  virtual std::size_t memory_bytes(std::size_t bins, bool with_variance) const = 0;
};

/// SIRT and CGLS of many bins at a time; bins that are finished stay as they are while the others
/// go on. Specification: core/tomography/reference_slices.hpp.
///
/// The course of the iterations is here; the steps, in which a slice x, its residual r = b − A·x
/// and, for CGLS, the direction p and the gradient g = Aᵀ·W·r live, are those of an engine.
class IterationEngine {
 public:
  IterationEngine() = default;
  virtual ~IterationEngine() = default;
  IterationEngine(IterationEngine const&) = delete;
  IterationEngine& operator=(IterationEngine const&) = delete;

  /// \param slice [row][column][bin], from 0; NaN outside of the circle
  Progresses sirt(Samples const& samples, std::size_t bins, SliceIterations const& iterations,
                  std::span<float> slice);
  Progresses cgls(Samples const& samples, std::size_t bins, int count, std::span<float> slice);
  /// What it needs for so many bins: of the host, or of a GPU.
  virtual std::size_t memory_bytes(std::size_t bins) const = 0;

 protected:
  using BinFactors = std::array<float, most_bins>;
  using BinSums = std::array<double, most_bins>;
  /// Two sums over all samples or voxels of each bin.
  struct TwoSums {
    BinSums first{}, second{};
  };

 private:
  /// Takes samples and slice for what follows, with x = 0.
  virtual void begin(Samples const& samples, std::size_t bins, std::span<float> slice) = 0;
  /// Brings x into the slice of `begin`.
  virtual void end() = 0;

  /// Makes λ/(column sums of W·A). {samples with W > 0, Σ W·b²}
  virtual TwoSums start_sirt(float relaxation) = 0;
  /// Makes r. {Σ W·r², Σ W>0 r²/σ²; 0 without variances}
  virtual TwoSums residual_of_sirt() = 0;
  /// x += active·λ/(column sums)·Aᵀ·W·r/(row sums)
  virtual void step_of_sirt(BinFactors const& active, bool non_negative) = 0;

  /// r = b, p = g. {Σ W·b², Σ g²}
  virtual TwoSums start_cgls() = 0;
  /// Σ W·(A·p)²
  virtual BinSums image_of_direction() = 0;
  /// x += step·p, r −= step·A·p. {Σ W·r², Σ g²}
  virtual TwoSums step_of_cgls(BinFactors const& step) = 0;
  /// p = g + share·p
  virtual void turn_direction(BinFactors const& share) = 0;
};

/// The engines of the default execution space: a GPU where there is one.
/// \param weights of the angles [rad], [projection]
std::unique_ptr<FilterEngine> make_filter_engine(core::SliceGeometry const& geometry,
                                                 std::span<double const> weights,
                                                 core::FilterWindow window);
std::unique_ptr<IterationEngine> make_iteration_engine(core::SliceGeometry const& geometry,
                                                       Footprint footprint);

/// Sets the voxels outside of the circle to NaN. \param slice [row][column][bin]
void leave_circle(core::SliceGeometry const& geometry, std::size_t bins, std::span<float> slice);

}  // namespace xrdct::kernels
