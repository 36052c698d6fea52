// Reads what earlier runs have made, and finds what is left.
#include "pipeline/resumption.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "core/scan/progress.hpp"

namespace xrdct::pipeline {
namespace {

// The numbers that any rank has, on all ranks, in ascending order.
std::vector<std::size_t> of_all_ranks(std::vector<std::size_t> const& mine, core::Peers& peers) {
  std::string all;
  for (auto const& bytes : peers.gather(std::as_bytes(std::span(mine))))
    all.append(reinterpret_cast<char const*>(bytes.data()), bytes.size());
  all = peers.broadcast(all);
  std::vector<std::size_t> numbers(all.size() / sizeof(std::size_t));
  std::memcpy(numbers.data(), all.data(), all.size());
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

FrameCounts counts_of(core::BlockResult const& block) {
  using Status = core::FrameStatus;
  FrameCounts counts;
  for (std::size_t place = 0; place < block.status.size(); ++place) {
    Status const status = block.status[place];
    counts.good += status == Status::good;
    counts.missing += status == Status::missing;
    counts.monitor_low += status == Status::monitor_low;
    bool const has_pixels =
        std::all_of(block.reductions.begin(), block.reductions.end(), [&](auto const& reduction) {
          return reduction.tally[place].used + reduction.tally[place].rejected > 0;
        });
    counts.without_pixels += status == Status::good && !has_pixels;
  }
  return counts;
}

void add(FrameCounts const& more, FrameCounts& counts) {
  counts.good += more.good;
  counts.missing += more.missing;
  counts.monitor_low += more.monitor_low;
  counts.without_pixels += more.without_pixels;
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
  std::vector<std::size_t> damaged;
  auto const [first, last] = core::blocks_of_rank(made.size(), peers.rank(), peers.size());
  for (std::size_t i = first; i < last; ++i) {
    auto const block = finished.read(made[i]);
    core::note_progress();
    if (!block) {
      damaged.push_back(made[i]);
      continue;
    }
    tree.add(made[i], sums_of(*block, scan.reductions));
    add(counts_of(*block), out.earlier.frames);
  }
  out.earlier.preview = tree.packed();
  damaged = of_all_ranks(damaged, peers);
  std::vector<std::size_t> left;
  for (std::size_t block = 0; block < plan.blocks(); ++block) {
    bool const kept = std::binary_search(made.begin(), made.end(), block) &&
                      !std::binary_search(damaged.begin(), damaged.end(), block);
    if (!kept) left.push_back(block);
  }
  out.damaged = damaged.size();
  out.kept = plan.blocks() - left.size();
  out.left = core::BlocksToDo(plan, std::move(left));
  return out;
}

}  // namespace xrdct::pipeline
