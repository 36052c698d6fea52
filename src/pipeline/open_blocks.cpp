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

/// Goes through places in ascending order and tells the block of each.
class PlacesByBlock {
 public:
  PlacesByBlock(core::BlocksToDo const& blocks, std::size_t place)
      : blocks_(blocks), place_(place), block_(blocks.block_with(place)) {
    find_end();
  }
  std::size_t block() const { return block_; }
  std::size_t first_place() const { return first_; }  //!< of the block
  void go_to(std::size_t place) {
    for (place_ = place; place_ >= end_ && block_ + 1 < blocks_.blocks(); find_end()) ++block_;
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
      ring_(std::max<std::size_t>(1, std::min(at_once, last - first))),
      repeated_(scan.reductions) {
  while (next_ < std::min(last_, first_ + ring_.size())) open_next();
}

std::size_t OpenBlocks::end_place() const {
  if (next_ == 0) return 0;
  auto const [first, places] = scan_.blocks.places_of(next_ - 1);
  return first + places;
}

void OpenBlocks::open_next() {
  std::size_t const number = next_++;
  auto& open = of(number);
  auto& block = open.result;
  block.block = scan_.blocks.block_of_scan(number);
  std::size_t const places = scan_.blocks.places_of(number).second;
  block.status.assign(places, core::FrameStatus::good);
  block.index.assign(places, -1);
  count_frames(number, open);
  read_monitor(number, open);
  if (!scan_.positions.empty()) read_positions(number, block);
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

void OpenBlocks::count_frames(std::size_t number, Open& block) {
  auto const [first, places] = scan_.blocks.places_of(number);
  block.frames_left = places;
  block.first_monitor.clear();
  if (scan_.places.most_frames() == 1) return;
  block.frames_left = 0;
  for (std::size_t p = 0; p < places; ++p) {
    block.first_monitor.push_back(block.frames_left);
    block.frames_left += std::max<std::size_t>(1, scan_.frames_at(first + p));
  }
}

// Also those of each of several frames, because it is read on the main thread alone.
void OpenBlocks::read_monitor(std::size_t number, Open& block) {
  auto const [first, places] = scan_.blocks.places_of(number);
  auto& of_places = block.result.monitor;
  of_places.assign(places, std::numeric_limits<double>::quiet_NaN());
  block.monitors.assign(block.first_monitor.empty() ? 0 : block.frames_left,
                        std::numeric_limits<double>::quiet_NaN());
  for (std::size_t p = 0; scan_.monitor != nullptr && p < places; ++p) {
    std::size_t const frames = block.monitors.empty() ? 1 : scan_.frames_at(first + p);
    if (frames == 1) {
      std::int64_t const frame = scan_.frame_of(first + p);
      if (frame >= 0) of_places[p] = scan_.monitor->at(frame);
    }
    for (std::size_t n = 0; frames > 1 && n < frames; ++n)
      block.monitors[block.first_monitor[p] + n] = scan_.monitor->at(scan_.frame_of(first + p, n));
  }
}

void OpenBlocks::read_positions(std::size_t number, core::BlockResult& block) {
  auto const [first, places] = scan_.blocks.places_of(number);
  block.number.resize(places);
  block.positions.assign(scan_.positions.size(), std::vector<double>(places));
  for (std::size_t p = 0; p < places; ++p) {
    std::size_t const place = scan_.blocks.place_of_scan(first + p),
                      frames = scan_.places.frames_at(place);
    block.number[p] = static_cast<std::int64_t>(scan_.places.all_at(place));
    for (std::size_t motor = 0; motor < scan_.positions.size(); ++motor) {
      double sum = 0.0;
      for (std::size_t n = 0; n < frames; ++n)
        sum += scan_.positions[motor]->at(scan_.places.frame_of(place, n));
      block.positions[motor][p] =
          frames > 0 ? sum / static_cast<double>(frames) : std::numeric_limits<double>::quiet_NaN();
    }
  }
}

std::vector<BadPlaces> OpenBlocks::add(std::span<PlacedFrame const> frames,
                                       core::ReducedBatch const& reduced, ReasonOf const& reason) {
  std::vector<BadPlaces> bad;
  PlacesByBlock walk(scan_.blocks, frames.front().place);
  for (std::size_t f = 0; f < frames.size();) {
    auto const& frame = frames[f];
    walk.go_to(frame.place);
    auto& block = of(walk.block());
    std::size_t const p = frame.place - walk.first_place();
    if (frame.of > 1) {
      std::size_t const count = std::min(frame.of - frame.n, frames.size() - f);
      for (auto& place : add_frames(frames.subspan(f, count), p, f, reduced, reason, block))
        bad.push_back(std::move(place));
      f += count;
      continue;
    }
    auto const status = add_frame(frame, p, f, reduced, block);
    if (status != core::FrameStatus::good) {
      std::int64_t const number = block.result.index[p];
      bad.push_back({status, frame.place, frame.place, number, number,
                     is_bad(status) ? reason(f) : std::string()});
    }
    ++f;
  }
  return bad;
}

FrameFacts OpenBlocks::facts_of(PlacedFrame const& frame, std::size_t p, core::FrameStatus status,
                                Open const& block) const {
  FrameFacts facts{.status = status};
  if (scan_.monitor == nullptr) return facts;
  facts.monitor =
      frame.of > 1 ? block.monitors[block.first_monitor[p] + frame.n] : block.result.monitor[p];
  facts.factor = facts.monitor / scan_.monitor_reference;
  if (status == core::FrameStatus::good && !(facts.monitor > 0.0 && std::isfinite(facts.monitor)))
    facts.status = core::FrameStatus::monitor_low;
  return facts;
}

core::FrameStatus OpenBlocks::add_frame(PlacedFrame const& frame, std::size_t p, std::size_t f,
                                        core::ReducedBatch const& reduced, Open& block) const {
  auto& result = block.result;
  result.index[p] = scan_.frame_of(frame.place);
  auto const facts = facts_of(frame, p, reduced.status[f], block);
  result.status[p] = facts.status;
  for (std::size_t r = 0; r < scan_.reductions.size(); ++r) {
    auto& patterns = result.reductions[r];
    patterns.tally[p] = reduced.tally[r][f];
    auto const out = place_of(patterns, scan_.reductions[r].bins, p);
    if (facts.status == core::FrameStatus::good) {
      core::finish_pattern(reduced.sums[r], f, facts.factor, scan_.reductions[r].rule, out);
    } else {
      core::fill_empty_pattern(out);
    }
  }
  return facts.status;
}

std::vector<BadPlaces> OpenBlocks::add_frames(std::span<PlacedFrame const> frames, std::size_t p,
                                              std::size_t f, core::ReducedBatch const& reduced,
                                              ReasonOf const& reason, Open& block) {
  std::vector<FrameFacts> facts;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    facts.push_back(facts_of(frames[i], p, reduced.status[f + i], block));
    if (is_bad(facts.back().status)) facts.back().reason = reason(f + i);
  }
  auto const sums = repeated_.add(frames.front(), reduced, f, facts);
  if (!sums) return {};
  auto& result = block.result;
  auto const status = sums->status();
  result.index[p] = scan_.frame_of(frames.front().place);
  result.status[p] = status;
  result.monitor[p] = sums->monitor();
  for (std::size_t r = 0; r < scan_.reductions.size(); ++r) {
    auto& patterns = result.reductions[r];
    patterns.tally[p] = sums->tally(r);
    auto const out = place_of(patterns, scan_.reductions[r].bins, p);
    if (status == core::FrameStatus::good || status == core::FrameStatus::partial) {
      core::finish_pattern(sums->sums(r), 0, 1.0, scan_.reductions[r].rule, out);
    } else {
      core::fill_empty_pattern(out);
    }
  }
  if (status == core::FrameStatus::good) return {};
  std::size_t const place = frames.front().place;
  return {{status, place, place, result.index[p], result.index[p], sums->reason()}};
}

void OpenBlocks::count(std::span<PlacedFrame const> frames) {
  PlacesByBlock walk(scan_.blocks, frames.front().place);
  for (auto const& frame : frames) {
    walk.go_to(frame.place);
    --of(walk.block()).frames_left;
  }
}

void OpenBlocks::close_first() {
  ++first_;
  if (next_ < last_) open_next();
}

}  // namespace xrdct::pipeline
