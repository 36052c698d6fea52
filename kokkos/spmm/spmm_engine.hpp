#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/frames.hpp"
#include "core/words/patterns.hpp"
#include "io/codec/decode.hpp"
#include "kokkos/spmm/sparse_product.hpp"
#include "kokkos/teams/bin_reducer.hpp"

namespace xrdct::kernels {

/*!
 * The simple engine: decodes whole frames, multiplies them by sparse matrices or goes through them
 * bin by bin; the cross-check of the fused one.
 *
 * Memory for eight frames: 32 B per pixel, 64 B more for signals and for each kind of variance that
 * sparse products need; per reduction 20 B per entry, or what `BinReducer` tells.
 */
class SpmmEngine {
 public:
  /// \param plan has to outlive this
  explicit SpmmEngine(core::ReductionPlan const& plan);

  /// \param frames the good ones
  /// \param out of the size of the batch; 0 in these frames
  void reduce(core::EncodedBatch const& batch, std::vector<std::size_t> const& frames,
              core::ReducedBatch& out);
  std::size_t frames_per_batch() const noexcept;
  EngineMemory memory() const;

 private:
  void reduce_some(core::EncodedBatch const& batch, std::span<std::size_t const> frames,
                   core::ReducedBatch& out);
  bool load(core::EncodedFrame const& frame, std::size_t column, std::size_t worker);
  void count_pixels(std::size_t reduction, std::size_t column, core::PixelTally& tally) const;
  void sum_static(std::size_t reduction, std::size_t column, std::size_t frame,
                  core::PatternSums& sums) const;
  void reduce_bins(std::span<std::size_t const> frames, core::ReducedBatch& out);
  void multiply(std::size_t reduction, std::span<std::size_t const> frames,
                core::ReducedBatch& out);

  core::ReductionPlan const& plan_;
  std::vector<std::optional<SparseProduct>> products_;  // [reduction] none: by `bins_`
  std::unique_ptr<BinReducer> bins_;                    // none: no reduction needs it
  std::vector<codec::FrameDecoder> decoders_;           // [worker]
  std::vector<std::vector<std::byte>> raw_;             // [worker]
  std::vector<float> values_;                           // [column][pixel], NaN where invalid
  // Operands of the products, [pixel][column], 0 where masked or invalid; empty where no reduction
  // needs them.
  std::vector<double> signal_, poisson_variance_, given_variance_;
  std::vector<double> signal_sums_, variance_sums_;  // [bin][column]
};

}  // namespace xrdct::kernels
