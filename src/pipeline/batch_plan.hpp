#pragma once
#include <cstddef>
#include <optional>
#include <utility>

#include "core/scan/blocks_to_do.hpp"
#include "core/scan/stages.hpp"

namespace xrdct::pipeline {

/// Batches whose stored frames a rank keeps: those that its threads are at, and as many that are
/// read ahead.
std::size_t batches_in_memory(core::BatchReducer const& reducer);

/// Blocks of patterns that a rank keeps: those that the batches at hand and the ones read ahead lie
/// in. At most those that it has.
std::size_t blocks_in_memory(core::BlocksToDo const& blocks, std::size_t frames_per_batch);

/// Consecutive places of the scan, [first, end).
struct PlaceRange {
  std::size_t first = 0;
  std::size_t end = 0;

  std::size_t size() const noexcept { return end - first; }
};

/// How one rank goes through the scan: which blocks are its own, and which places make a batch.
class BatchPlan {
 public:
  /// \param frames_per_batch of one thread, at least 1
  BatchPlan(core::BlocksToDo const& blocks, std::size_t frames_per_batch, int rank, int ranks);

  /// [first, last)
  std::pair<std::size_t, std::size_t> blocks() const noexcept { return blocks_; }
  PlaceRange places() const noexcept { return places_; }  //!< of the rank; {0, 0}: it has none
  /// Collective rounds of writing in which the rank has no block.
  std::size_t rounds_without_block() const noexcept { return rounds_without_block_; }
  /// The batch that begins with this place. Nothing: the rank is at its end, or some of the places
  /// are not before `end_of_open`, the end of the blocks that have memory.
  std::optional<PlaceRange> batch_from(std::size_t place, std::size_t end_of_open) const noexcept;

 private:
  std::size_t frames_per_batch_;
  std::pair<std::size_t, std::size_t> blocks_;
  PlaceRange places_;
  std::size_t rounds_without_block_;
};

}  // namespace xrdct::pipeline
