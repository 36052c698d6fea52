// Reduces the part of a scan that belongs to a rank, and adds up what all ranks counted.
#include "pipeline/reduce_scan.hpp"

#include <algorithm>
#include <chrono>

#include "pipeline/rank_loop.hpp"
#include "pipeline/resumption.hpp"

namespace xrdct::pipeline {
namespace {

// On rank 0, which would have to hold the whole lists of thousands of ranks otherwise.
BadPlaceList of_all_ranks(BadPlaceList const& mine, core::Peers& peers) {
  constexpr std::size_t fewest = 100;
  auto const ranks = static_cast<std::size_t>(peers.size());
  BadPlaceList all;
  for (auto const& bytes : peers.gather(mine.packed(std::max(fewest, BadPlaceList::most / ranks))))
    all.add_packed(bytes);
  return all;
}

}  // namespace

ScanReport reduce_scan(ScanDescription const& scan, Stages stages, EarlierBlocks const& earlier,
                       DecodingTime const& decoding_time, Progress const& progress) {
  auto const begin = std::chrono::steady_clock::now();
  RankLoop loop(scan, stages, decoding_time, progress);
  ScanReport report = loop.run();
  add(earlier.frames, report.frames);
  for (auto const count : frame_counts)
    report.frames.*count = stages.peers.sum(report.frames.*count);
  for (auto const& [place, run] : earlier.bad.runs()) report.bad.add(run);
  report.bad = of_all_ranks(report.bad, stages.peers);
  report.blocks = stages.peers.sum(report.blocks);
  report.stopped = report.blocks < static_cast<std::int64_t>(scan.blocks.blocks());
  auto tree = loop.packed_preview();
  tree.insert(tree.end(), earlier.preview.begin(), earlier.preview.end());
  auto const trees = stages.peers.gather(tree);
  if (stages.peers.rank() == 0 && !report.stopped)
    report.preview = BlockTree::combined(scan.blocks.of_scan().blocks(), trees);
  std::chrono::duration<double> const elapsed = std::chrono::steady_clock::now() - begin;
  report.times.wall_s = elapsed.count() - report.times.measuring_s;
  return report;
}

}  // namespace xrdct::pipeline
