#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "config/job/run_log.hpp"
#include "io/ranks/communicator.hpp"
#include "pipeline/reduce_scan.hpp"

namespace xrdct::app {

/// Shows how far rank 0 is: a bar with frames/s and time left on a terminal, a plain line every ten
/// seconds otherwise.
class ProgressDisplay {
 public:
  /// \param frames of all ranks
  /// \param quiet shows nothing
  ProgressDisplay(std::int64_t frames, bool quiet);
  void show(std::int64_t done, std::int64_t total);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  std::int64_t frames_;
  bool quiet_;
  bool terminal_;
  Clock::time_point start_;
  Clock::time_point last_;
};

/// Facts of a run, the same on all ranks.
struct RunFacts {
  std::filesystem::path output;
  std::string engine, writer, backend, instruction_set;
  std::string cards;      //!< that the ranks work on; empty: none. On rank 0
  std::string card_plan;  //!< what rank 0 takes of its card; empty: nothing
  int threads = 1;
  std::int64_t frames = 0;
  std::int64_t frame_bytes = 0;                                 //!< decoded
  std::size_t blocks = 0, blocks_kept = 0, blocks_damaged = 0;  //!< kept: of earlier runs
  int attempts = 0;                                             //!< earlier runs
  /// of scans with positions: the grid and how the scan went, name and text
  std::vector<std::pair<std::string, std::string>> course;
  std::int64_t frames_without_place = 0, frames_repeated = 0;
  double setup_s = 0.0;  //!< opening files, matrices, skeleton
  double close_s = 0.0;
};

/// Memory of one rank: what was predicted before the run, and the peak that was measured. [bytes]
struct RankMemory {
  std::size_t predicted = 0;
  std::size_t peak = 0;
};

/// Brings the figures of all ranks together. Collective; the result is on rank 0.
struct RunSummary {
  /// per stage the largest of all ranks; frames and bytes are summed
  pipeline::StageTimes slowest;
  pipeline::Performance performance;
  RankMemory memory;  //!< the largest of all ranks
  int ranks = 1;
};
RunSummary summarize(io::Communicator& communicator, pipeline::ScanReport const& report,
                     RankMemory const& memory);

/// The closing table: seconds per stage, time of decoding alone, frames by status; then the lines
/// of the performance and that of the memory.
void print_table(std::ostream& out, RunFacts const& facts, RunSummary const& summary,
                 pipeline::FrameCounts const& counts);

/// The same for programs, with host and date.
config::RunLog run_log(RunFacts const& facts, RunSummary const& summary,
                       pipeline::FrameCounts const& counts);

/// "12.3 s", "4 min 05 s".
std::string duration_text(double seconds);

}  // namespace xrdct::app
