// Which places of the scan make the next batch, and how much of it is in memory at once.
#include "pipeline/batch_plan.hpp"

#include <algorithm>

#include "pipeline/open_blocks.hpp"

namespace xrdct::pipeline {

std::size_t batches_in_memory(core::BatchReducer const& reducer) {
  return 2 * reducer.batches_at_once();
}

std::size_t blocks_in_memory(core::BlocksToDo const& blocks, std::size_t frames_per_batch) {
  return most_blocks_met(blocks, 2 * frames_per_batch);
}

BatchPlan::BatchPlan(core::BlocksToDo const& blocks, std::size_t frames_per_batch, int rank,
                     int ranks)
    : frames_per_batch_(frames_per_batch),
      blocks_(core::blocks_of_rank(blocks.blocks(), rank, ranks)),
      rounds_without_block_(core::rounds(blocks.blocks(), ranks) -
                            (blocks_.second - blocks_.first)) {
  if (blocks_.first == blocks_.second) return;
  places_.first = blocks.places_of(blocks_.first).first;
  auto const [first, places] = blocks.places_of(blocks_.second - 1);
  places_.end = first + places;
}

std::optional<PlaceRange> BatchPlan::batch_from(std::size_t place,
                                                std::size_t end_of_open) const noexcept {
  std::size_t const end = std::min(places_.end, place + frames_per_batch_);
  if (place == places_.end || end > end_of_open) return {};
  return PlaceRange{place, end};
}

}  // namespace xrdct::pipeline
