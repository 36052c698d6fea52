#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/frames.hpp"
#include "core/patterns.hpp"
#include "core/reduction_plan.hpp"
#include "io/codec/decode.hpp"
#include "kokkos/sparse_product.hpp"

namespace xrdct::kernels {

/*!
 * The simple engine: decodes whole frames, multiplies them by sparse matrices; the cross-check of the fused one.
 *
 * Memory: 17·8 B per pixel for eight frames, and per reduction 20 B per entry.
 */
class SpmmEngine {
 public:
  /// \param plan has to outlive this
  explicit SpmmEngine(core::ReductionPlan const& plan);

  /// \param frames the good ones   \param out of the size of the batch, all 0
  void reduce(core::EncodedBatch const& batch, std::vector<std::size_t> const& frames, core::ReducedBatch& out);
  std::size_t frames_per_batch() const noexcept;
  std::size_t memory_bytes() const;

 private:
  void reduce_some(core::EncodedBatch const& batch, std::span<std::size_t const> frames, core::ReducedBatch& out);
  bool load(core::EncodedFrame const& frame, std::size_t column, std::size_t worker);
  void sum_static(std::size_t reduction, std::size_t column, std::size_t frame, core::ReducedBatch& out) const;

  core::ReductionPlan const& plan_;
  std::vector<SparseProduct> products_;              // [reduction]
  std::vector<codec::FrameDecoder> decoders_;        // [worker]
  std::vector<std::vector<std::byte>> raw_;          // [worker]
  std::vector<double> signal_, variance_;            // [pixel][column], 0 where masked or invalid
  std::vector<std::uint8_t> valid_;                  // [column][pixel]
  std::vector<double> signal_sums_, variance_sums_;  // [bin][column]
};

}  // namespace xrdct::kernels
