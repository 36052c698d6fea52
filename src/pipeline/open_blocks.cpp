// Output blocks that are being filled, and those that are ready to be written.
#include "pipeline/open_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace xrdct::pipeline {
namespace {

core::FinishedPattern place_of(core::BlockPatterns& patterns, std::size_t bins, std::size_t p) {
  auto const part = [&](std::vector<float>& values) {
    return values.empty() ? std::span<float>() : std::span<float>(values).subspan(p * bins, bins);
  };
  return {part(patterns.intensity), part(patterns.error), part(patterns.deviation),
          part(patterns.count)};
}

/// Goes through consecutive places and tells the block of each.
class PlacesByBlock {
 public:
  PlacesByBlock(core::BlocksToDo const& blocks, std::size_t place)
      : blocks_(blocks), place_(place), block_(blocks.block_with(place)) {
    find_end();
  }
  std::size_t place() const { return place_; }
  std::size_t block() const { return block_; }
  std::size_t first_place() const { return first_; }  //!< of the block
  void advance() {
    if (++place_ < end_ || block_ + 1 == blocks_.blocks()) return;
    ++block_;
    find_end();
  }

 private:
  void find_end() {
    auto const [first, places] = blocks_.places_of(block_);
    first_ = first;
    end_ = first + places;
  }
  core::BlocksToDo const& blocks_;
  std::size_t place_, block_, first_ = 0, end_ = 0;
};

}  // namespace

std::size_t most_blocks_met(core::BlocksToDo const& blocks, std::size_t places) {
  std::size_t most = 1, last = 0;
  for (std::size_t first = 0; first < blocks.blocks(); ++first) {
    auto const [begin, size] = blocks.places_of(first);
    std::size_t const end = begin + size - 1 + places;  // from its last place on
    while (last + 1 < blocks.blocks() && blocks.places_of(last + 1).first < end) ++last;
    most = std::max(most, last - first + 1);
  }
  return most;
}

OpenBlocks::OpenBlocks(ScanDescription const& scan, std::size_t first, std::size_t last,
                       std::size_t at_once)
    : scan_(scan),
      first_(first),
      next_(first),
      last_(last),
      ring_(std::max<std::size_t>(1, std::min(at_once, last - first))) {
  while (next_ < std::min(last_, first_ + ring_.size())) open_next();
}

std::size_t OpenBlocks::end_place() const {
  if (next_ == 0) return 0;
  auto const [first, places] = scan_.blocks.places_of(next_ - 1);
  return first + places;
}

void OpenBlocks::open_next() {
  std::size_t const number = next_++;
  auto& [places_left, block] = of(number);
  block.block = scan_.blocks.block_of_scan(number);
  std::size_t const places = scan_.blocks.places_of(number).second;
  places_left = places;
  block.status.assign(places, core::FrameStatus::good);
  block.index.assign(places, -1);
  read_monitor(number, block);
  block.reductions.resize(scan_.reductions.size());
  for (std::size_t r = 0; r < scan_.reductions.size(); ++r) {
    auto& patterns = block.reductions[r];
    std::size_t const values = places * scan_.reductions[r].bins;
    patterns.intensity.resize(values);
    patterns.error.resize(scan_.reductions[r].rule.error_model == core::ErrorModel::none ? 0
                                                                                         : values);
    patterns.count.resize(values);
    patterns.deviation.resize(scan_.reductions[r].deviation ? values : 0);
    patterns.tally.assign(places, {});
  }
}

void OpenBlocks::read_monitor(std::size_t number, core::BlockResult& block) {
  auto const [first, places] = scan_.blocks.places_of(number);
  block.monitor.assign(places, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t p = 0; scan_.monitor != nullptr && p < places; ++p) {
    std::int64_t const frame = scan_.frame_of(first + p);
    if (frame >= 0) block.monitor[p] = scan_.monitor->at(frame);
  }
}

std::vector<BadPlaces> OpenBlocks::add(std::size_t first_place, core::ReducedBatch const& reduced) {
  std::vector<BadPlaces> bad;
  PlacesByBlock walk(scan_.blocks, first_place);
  for (std::size_t f = 0; f < reduced.status.size(); ++f, walk.advance()) {
    auto const status = add_frame(walk.place() - walk.first_place(), walk.place(), f, reduced,
                                  of(walk.block()).result);
    if (status == core::FrameStatus::good) continue;
    std::int64_t const frame = scan_.frame_of(walk.place());
    bad.push_back({status, walk.place(), walk.place(), frame, frame});
  }
  return bad;
}

core::FrameStatus OpenBlocks::add_frame(std::size_t p, std::size_t place, std::size_t f,
                                        core::ReducedBatch const& reduced,
                                        core::BlockResult& block) const {
  std::int64_t const frame = scan_.frame_of(place);
  double factor = 1.0;
  core::FrameStatus status = reduced.status[f];
  block.index[p] = frame;
  if (frame >= 0 && scan_.monitor != nullptr) {
    double const monitor = block.monitor[p];
    factor = monitor / scan_.monitor_reference;
    if (status == core::FrameStatus::good && !(monitor > 0.0 && std::isfinite(monitor)))
      status = core::FrameStatus::monitor_low;
  }
  block.status[p] = status;
  for (std::size_t r = 0; r < scan_.reductions.size(); ++r) {
    auto& patterns = block.reductions[r];
    patterns.tally[p] = reduced.tally[r][f];
    auto const out = place_of(patterns, scan_.reductions[r].bins, p);
    if (status == core::FrameStatus::good) {
      core::finish_pattern(reduced.sums[r], f, factor, scan_.reductions[r].rule, out);
    } else {
      core::fill_empty_pattern(out);
    }
  }
  return status;
}

void OpenBlocks::count(std::size_t first_place, std::size_t places) {
  PlacesByBlock walk(scan_.blocks, first_place);
  for (std::size_t i = 0; i < places; ++i, walk.advance()) --of(walk.block()).places_left;
}

void OpenBlocks::close_first() {
  ++first_;
  if (next_ < last_) open_next();
}

}  // namespace xrdct::pipeline
