// What took the time of a run, and how it compares with decoding alone.
#include "pipeline/performance.hpp"

#include <algorithm>
#include <limits>

namespace xrdct::pipeline {
namespace {

double ratio(double amount, double of) { return of > 0.0 ? amount / of : 0.0; }

}  // namespace

Performance performance_of(std::span<StageTimes const> ranks) {
  double wall = 0.0, read = 0.0, decode = 0.0, write = std::numeric_limits<double>::infinity();
  double frames = 0.0, bytes = 0.0, busy = 0.0, busiest = 0.0;
  for (auto const& rank : ranks) {
    double const mine = rank.wait_s + rank.reduce_s + rank.finish_s;
    wall = std::max(wall, rank.wall_s);
    read = std::max(read, rank.read_s);
    decode = std::max(decode, static_cast<double>(rank.frames) * rank.decode_s_per_frame);
    if (rank.frames > 0) write = std::min(write, rank.write_s);
    frames += static_cast<double>(rank.frames);
    bytes += static_cast<double>(rank.stored_bytes);
    busy += mine;
    busiest = std::max(busiest, mine);
  }
  if (frames == 0.0) write = 0.0;
  Performance result{.frames_per_s = ratio(frames, wall),
                     .stored_bytes_per_s = ratio(bytes, wall),
                     .roofline_s = decode,
                     .decode_s = decode};
  if (read > result.roofline_s) result.slowest = Stage::reading, result.roofline_s = read;
  if (write > result.roofline_s) result.slowest = Stage::writing, result.roofline_s = write;
  result.roofline_share = ratio(result.roofline_s, wall);
  if (busy > 0.0) result.imbalance = busiest * static_cast<double>(ranks.size()) / busy - 1.0;
  return result;
}

}  // namespace xrdct::pipeline
