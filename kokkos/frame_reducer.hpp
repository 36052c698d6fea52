#pragma once
#include <cstddef>
#include <memory>
#include <optional>

#include "core/matrix/reduction_plan.hpp"
#include "core/scan/stages.hpp"
#include "core/words/choices.hpp"
#include "kokkos/space/card_memory.hpp"

namespace xrdct::kernels {

using core::Engine;

/*!
 * Reduces batches of stored frames to the five sums of each reduction.
 *
 *     S[f][b] = Σ_p c(b,p)·signal(f,p)   and V, N, N2, C as in `core::PatternSums`
 *
 * Frames are decoded block by block into cache and, for plain sums, never written out (fused).
 * Clipping, quantiles, maxima and the azimuthal error model need the pixels of a bin together: then
 * each thread keeps the decoded pixels of its 16 frames, 16 to 64 B per pixel. All reductions share
 * one decoding. Each frame is reduced wholly by one thread in a fixed order: bit-identical for
 * every batch, number of threads and instruction set. Sums in double. Memory is allocated here;
 * `memory` tells how much; of the decoded pixels what the frames so far needed, before the first
 * the most that they can need. One object serves one host thread. `start` has to come first.
 * Source: Kieffer et al. (2020), doi:10.1107/S1600577520000776.
 */
class FrameReducer final : public core::BatchReducer {
 public:
  /// \param plan has to outlive this
  /// \throws core::InputError when the encoding is not supported by this build.
  FrameReducer(core::ReductionPlan const& plan, Engine engine);
  ~FrameReducer() override;
  FrameReducer(FrameReducer const&) = delete;
  FrameReducer& operator=(FrameReducer const&) = delete;

  /// One batch of any size, by all threads.
  void reduce(core::EncodedBatch const& batch, core::ReducedBatch& out);
  void reduce_all(core::BatchQueue& queue) override;
  std::size_t frames_per_batch() const override;
  std::size_t batches_at_once() const override;
  std::size_t threads() const override;
  /// On a card all but the one that feeds it.
  std::size_t free_threads() const override;
  core::ByteMemory* batch_memory() override;
  EngineMemory memory() const;
  /// What frames take on the card; nothing where kernels work in the memory of the host, and of the
  /// cross-check.
  std::optional<CardPlan> card_plan() const;
  /// Whether the memory depends on the counts: threads keep the decoded pixels of their frames.
  bool keeps_decoded_pixels() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace xrdct::kernels
