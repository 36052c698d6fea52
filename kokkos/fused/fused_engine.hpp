#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/words/frames.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/fused/group_reducer.hpp"
#include "kokkos/space/card_memory.hpp"

namespace xrdct::kernels {

/// The engine of the design: decode, turn and multiply tile by tile, one group of frames per thread
/// at a time.
class FusedEngine {
 public:
  explicit FusedEngine(core::ReductionPlan const& plan);
  FusedEngine(FusedEngine const&) = delete;
  FusedEngine& operator=(FusedEngine const&) = delete;

  /// \param frames the good ones
  /// \param out of the size of the batch; these frames are overwritten
  void reduce(core::EncodedBatch const& batch, std::vector<std::size_t> const& frames,
              core::ReducedBatch& out);
  /// The same for one group of frames, by one worker. \param frames at most `lanes`
  void reduce_group(std::size_t worker, core::EncodedBatch const& batch,
                    std::span<std::size_t const> frames, core::ReducedBatch& out);
  std::size_t frames_per_batch() const { return groups_.size() * lanes; }
  EngineMemory memory() const;  //!< see FrameReducer
  bool keeps_decoded_pixels() const { return groups_[0]->reserved_pixel_bytes() > 0; }

 private:
  FusedPlan plan_;
  std::vector<std::optional<GroupReducer>> groups_;  // [worker]
};

}  // namespace xrdct::kernels
