// Reads what earlier runs have made, and finds what is left.
#include "pipeline/resumption.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"

namespace xrdct::pipeline {
namespace {

std::int64_t FrameCounts::*count_of(core::FrameStatus status) {
  switch (status) {
    case core::FrameStatus::good:
      return &FrameCounts::good;
    case core::FrameStatus::missing:
      return &FrameCounts::missing;
    case core::FrameStatus::unreadable:
      return &FrameCounts::unreadable;
    case core::FrameStatus::corrupt:
      return &FrameCounts::corrupt;
    case core::FrameStatus::monitor_low:
      return &FrameCounts::monitor_low;
    case core::FrameStatus::partial:
      return &FrameCounts::partial;
    case core::FrameStatus::pending:
      break;  // of places that nobody has come to
  }
  XRDCT_ASSERT(false);
  return nullptr;
}

// The numbers that any rank has, on all ranks, in ascending order.
std::vector<std::size_t> of_all_ranks(std::vector<std::size_t> const& mine, core::Peers& peers) {
  std::string all;
  for (auto const& bytes : peers.gather(std::as_bytes(std::span(mine))))
    all.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
  all = peers.broadcast(all);
  std::vector<std::size_t> numbers(all.size() / sizeof(std::size_t));
  if (!all.empty()) std::memcpy(numbers.data(), all.data(), all.size());
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void add_bad_places(core::BlockResult const& block, std::size_t first, BadPlaceList& bad) {
  for (std::size_t p = 0; p < block.status.size(); ++p)
    if (block.status[p] != core::FrameStatus::good)
      bad.add({block.status[p], first + p, first + p, block.index[p], block.index[p]});
}

}  // namespace

void count(core::FrameStatus status, bool has_pixels, FrameCounts& counts) {
  using Status = core::FrameStatus;
  ++(counts.*count_of(status));
  bool const has_values = status == Status::good || status == Status::partial;
  counts.without_pixels += has_values && !has_pixels;
}

FrameCounts counts_of(core::BlockResult const& block) {
  FrameCounts counts;
  for (std::size_t place = 0; place < block.status.size(); ++place)
    count(block.status[place],
          std::all_of(block.reductions.begin(), block.reductions.end(),
                      [&](auto const& reduction) {
                        return reduction.tally[place].used + reduction.tally[place].rejected > 0;
                      }),
          counts);
  return counts;
}

void add(FrameCounts const& more, FrameCounts& counts) {
  for (auto const count : frame_counts) counts.*count += more.*count;
}

std::vector<BinSums> sums_of(core::BlockResult const& block,
                             std::vector<ReductionShape> const& reductions) {
  std::vector<BinSums> sums;
  for (std::size_t r = 0; r < reductions.size(); ++r)
    sums.emplace_back(reductions[r].bins).add(block.reductions[r].intensity);
  return sums;
}

Resumption take_up(ScanDescription const& scan, core::FinishedBlocks& finished,
                   core::Peers& peers) {
  auto const& plan = scan.blocks.of_scan();
  auto const made = finished.blocks();
  if (made.empty()) return {.left = plan, .earlier = {}};
  Resumption out;
  BlockTree tree(plan.blocks());
  std::vector<std::size_t> damaged, bad;
  auto const [first, last] = core::blocks_of_rank(made.size(), peers.rank(), peers.size());
  for (std::size_t i = first; i < last; ++i) {
    auto const block = finished.read(made[i]);
    core::note_progress();
    if (!block) {
      damaged.push_back(made[i]);
      continue;
    }
    auto const counts = counts_of(*block);
    if (counts.unreadable + counts.corrupt + counts.partial > 0) {  // its files may be whole by now
      bad.push_back(made[i]);
      continue;
    }
    tree.add(made[i], sums_of(*block, scan.reductions));
    add(counts, out.earlier.frames);
    add_bad_places(*block, plan.places_of(made[i]).first, out.earlier.bad);
  }
  out.earlier.preview = tree.packed();
  damaged = of_all_ranks(damaged, peers);
  bad = of_all_ranks(bad, peers);
  std::vector<std::size_t> left;
  for (std::size_t block = 0; block < plan.blocks(); ++block) {
    bool const kept = std::binary_search(made.begin(), made.end(), block) &&
                      !std::binary_search(damaged.begin(), damaged.end(), block) &&
                      !std::binary_search(bad.begin(), bad.end(), block);
    if (!kept) left.push_back(block);
  }
  out.damaged = damaged.size();
  out.kept = plan.blocks() - left.size();
  out.left = core::BlocksToDo(plan, std::move(left));
  return out;
}

}  // namespace xrdct::pipeline
