#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/frames.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/frame_reducer.hpp"

namespace xrdct::kernels::test {

constexpr Engine all_engines[] = {Engine::fused, Engine::spmm, Engine::device};
std::string name_of(Engine engine);

/// Small counter-based generator: the same numbers everywhere.
std::uint64_t noise(std::uint64_t seed, std::uint64_t counter);

/// What a test wants of its plan.
struct PlanOptions {
  core::FrameShape shape{37, 101};
  core::PixelType type = core::PixelType::u32;
  core::Filter filter = core::Filter::none;
  std::size_t bins = 53;
  std::size_t widest = 3;  //!< bins that a pixel touches, at most; 1: no splitting, coefficient 1
  std::size_t reductions = 1;
  bool dark = false;
  bool mask = false;
  std::uint64_t seed = 1;
  bool dark_variance = false;
  bool equal_norm = false;  //!< 1 everywhere; otherwise 0.5 … 1.5
  core::ErrorModel error_model = core::ErrorModel::poisson;
  core::Method method = core::Method::mean;
  core::SigmaClip clip = {};
  core::Quantiles quantiles = {};
};

/// A plan with an arbitrary matrix; some pixels without entry.
core::ReductionPlan make_plan(PlanOptions const& options);

/// Values of a frame: mostly small counts, some up to `largest`, some of the type's sentinels where
/// `invalid`.
std::vector<double> make_frame(core::ReductionPlan const& plan, std::uint64_t seed,
                               double largest = 1000.0, bool invalid = true);

/// Values of a frame: 0.5 … 1.5 times a background, and `bright` in one pixel of 80; whole numbers
/// for integer pixels.
std::vector<double> make_spotty_frame(core::ReductionPlan const& plan, std::uint64_t seed,
                                      double background, double bright);

/// Stored frames and the batch that refers to them.
struct Stored {
  std::vector<std::vector<std::byte>> bytes;
  core::EncodedBatch batch;
};

/// Narrows values to the type of the plan and encodes them: none or bitshuffle-LZ4.
Stored store(core::ReductionPlan const& plan, std::vector<std::vector<double>> const& frames);

/// By an engine.
core::ReducedBatch reduce(core::ReductionPlan const& plan, Engine engine,
                          core::EncodedBatch const& batch);

/// The specification, frame by frame.
core::ReducedBatch reference(core::ReductionPlan const& plan,
                             std::vector<std::vector<double>> const& frames);

/// Fails where a sum differs by more than `relative`, or an integer at all. A variance may differ
/// by what the rounding of the mean does to it.
void expect_equal(core::ReducedBatch const& expected, core::ReducedBatch const& found,
                  double relative, bool has_dark = false);

/// Fails where two frames of two results differ in any bit.
void expect_same_bits(core::ReducedBatch const& a, std::size_t frame_of_a,
                      core::ReducedBatch const& b, std::size_t frame_of_b);

}  // namespace xrdct::kernels::test
