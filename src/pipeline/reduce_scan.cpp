// Reduces the part of a scan that belongs to a rank, and adds up what all ranks counted.
#include "pipeline/reduce_scan.hpp"

#include <chrono>

#include "pipeline/rank_loop.hpp"
#include "pipeline/resumption.hpp"

namespace xrdct::pipeline {

ScanReport reduce_scan(ScanDescription const& scan, Stages stages, EarlierBlocks const& earlier,
                       DecodingTime const& decoding_time, Progress const& progress) {
  auto const begin = std::chrono::steady_clock::now();
  RankLoop loop(scan, stages, decoding_time, progress);
  ScanReport report = loop.run();
  add(earlier.frames, report.frames);
  for (auto count : {&FrameCounts::good, &FrameCounts::missing, &FrameCounts::monitor_low,
                     &FrameCounts::without_pixels})
    report.frames.*count = stages.peers.sum(report.frames.*count);
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
