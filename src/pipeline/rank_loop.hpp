#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/scan/stages.hpp"
#include "pipeline/batch_plan.hpp"
#include "pipeline/batch_pool.hpp"
#include "pipeline/open_blocks.hpp"
#include "pipeline/preview_sums.hpp"
#include "pipeline/reduce_scan.hpp"

namespace xrdct::pipeline {

/*!
 * The loop of one rank. A batch is located, read, reduced and finished by whoever is free, and
 * nobody waits for a batch but for bytes.
 *
 * The main thread is one of those that reduce: before each of its batches it looks up the frames of
 * others and writes the blocks that are full. Helper threads read ahead, a part of a batch each;
 * threads that find nothing to reduce read, too.
 *
 * After a failure nothing more is located or written, and only the batches before the failed one go
 * on: one of them may fail as well, and the first in the order of the scan is the one that is
 * reported, whatever came first in time.
 *
 * An engine that works beside the main thread is given the next batch, if it has been read, before
 * it is done with the one before.
 *
 * When a signal asks to stop, what is being reduced is finished, and full blocks are written; the
 * others are left.
 */
class RankLoop final : public core::BatchQueue {
 public:
  /// All outlive this.
  RankLoop(ScanDescription const& scan, Stages const& stages, DecodingTime const& decoding_time,
           Progress const& progress);
  ~RankLoop() override { stop_reading(); }
  RankLoop(RankLoop const&) = delete;
  RankLoop& operator=(RankLoop const&) = delete;

  /// Once, on the main thread. Times and frames of this rank, without `wall_s`; no preview.
  /// Collective: takes part in all rounds of writing.
  /// \throws what the stages throw
  ScanReport run();
  std::vector<std::byte> packed_preview() const { return tree_.packed(); }

  core::EncodedBatch const* next() noexcept override;
  core::EncodedBatch const* next_ready() noexcept override;
  void done(core::EncodedBatch const& batch, core::ReducedBatch const& reduced) noexcept override;
  void failed(core::EncodedBatch const& batch, std::exception_ptr failure) noexcept override;

 private:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  core::EncodedBatch const* next_batch(Lock& lock);
  Batch* begin_reducing();
  bool nothing_to_come(bool is_main) const;
  void wait(Lock& lock);
  void finish(Batch& batch, core::ReducedBatch const& reduced);

  void attend(Lock& lock);
  void report_progress(Lock& lock);
  bool locate_next(Lock& lock);
  void stop() noexcept;
  bool write_first(Lock& lock);
  bool may_write();
  void write_first();
  void write(core::BlockResult const* block);
  void write_last_rounds();
  bool others_stop();
  void read_first_batches(Lock& lock);
  void measure_decoding();

  double read_one(Lock& lock, BatchPart& part);
  void read_ahead();
  void stop_reading();

  void fail(std::exception_ptr failure, std::size_t batch, std::size_t part = 0) noexcept;
  template <class Work>
  void guarded(Lock& lock, Work const& work) noexcept;

  ScanDescription const& scan_;
  Stages const& stages_;
  DecodingTime const& decoding_time_;
  Progress const& progress_;
  std::thread::id const main_ = std::this_thread::get_id();
  std::size_t const workers_;  //!< threads
  BatchPlan const plan_;

  std::mutex
      mutex_;  //!< of all below, but what is said to be the main thread's, `tree_` and `write_s`
  std::condition_variable changed_;
  BatchPool pool_;
  OpenBlocks blocks_;
  BlockTree tree_;
  PlacedFrame next_frame_;       //!< to be located
  std::size_t next_number_ = 0;  //!< of its batch
  std::vector<PlacedFrame> next_batch_;
  std::size_t frames_left_;          //!< to be finished
  std::size_t reported_left_ = 0;    //!< `frames_left_` when progress was reported last
  Clock::time_point reading_since_;  //!< while something is being read
  ScanReport report_;
  std::exception_ptr failure_;
  /// of `failure_`: the batch, and the part of it
  std::pair<std::size_t, std::size_t> failed_{std::numeric_limits<std::size_t>::max(), 0};
  bool stop_reading_ = false;
  bool stopping_ = false;     //!< asked to, here or elsewhere
  bool round_begun_ = false;  //!< main thread: the other ranks are asked to come to a round
  Batch* ahead_ = nullptr;    //!< main thread: begun while it has another one
  bool last_rounds_ = false;  //!< main thread: all ranks know that they stop
  std::size_t rounds_ = 0;    //!< main thread: that it has taken part in
  std::vector<std::thread> reading_ahead_;
};

}  // namespace xrdct::pipeline
