// Which frames of the scan make the next batch, and how much of it is in memory at once.
#include "pipeline/batch_plan.hpp"

#include <algorithm>

#include "pipeline/open_blocks.hpp"

namespace xrdct::pipeline {

std::size_t batches_in_memory(core::BatchReducer const& reducer) {
  return 2 * reducer.batches_at_once();
}

std::size_t readers_ahead(core::BatchReducer const& reducer) {
  return std::clamp<std::size_t>(reducer.free_threads(), 1, 8);
}

FrameRange frames_of_part(std::size_t frames, std::size_t part, std::size_t parts) {
  return {frames * part / parts, frames * (part + 1) / parts};
}

std::size_t blocks_in_memory(core::BlocksToDo const& blocks, std::size_t frames_per_batch) {
  return most_blocks_met(blocks, 2 * frames_per_batch);
}

BatchPlan::BatchPlan(ScanDescription const& scan, std::size_t frames_per_batch, int rank, int ranks)
    : scan_(scan),
      frames_per_batch_(frames_per_batch),
      blocks_(core::blocks_of_rank(scan.blocks.blocks(), rank, ranks)) {
  if (blocks_.first == blocks_.second) return;
  places_.first = scan.blocks.places_of(blocks_.first).first;
  auto const [first, places] = scan.blocks.places_of(blocks_.second - 1);
  places_.end = first + places;
  frames_ = places_.size();
  if (scan.places.most_frames() == 1) return;
  frames_ = 0;
  for (std::size_t place = places_.first; place < places_.end; ++place) frames_ += frames_of(place);
}

std::size_t BatchPlan::frames_of(std::size_t place) const {
  return scan_.places.most_frames() == 1 ? 1 : std::max<std::size_t>(1, scan_.frames_at(place));
}

bool BatchPlan::batch_from(PlacedFrame const& first, std::size_t end_of_open,
                           std::vector<PlacedFrame>& batch) const {
  batch.clear();
  for (PlacedFrame next = first; next.place < places_.end && batch.size() < frames_per_batch_;) {
    next.of = frames_of(next.place);
    bool const fits = batch.size() + next.of - next.n <= frames_per_batch_;
    if (!fits && !batch.empty()) break;
    if (next.place >= end_of_open) {
      batch.clear();
      break;
    }
    std::size_t const end = std::min(next.of, next.n + frames_per_batch_ - batch.size());
    for (; next.n < end; ++next.n) batch.push_back(next);
    if (next.n < next.of) break;
    next = {next.place + 1};
  }
  return !batch.empty();
}

}  // namespace xrdct::pipeline
