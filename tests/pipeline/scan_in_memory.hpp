#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <set>
#include <thread>

#include "core/words/errors.hpp"
#include "pipeline/reduce_scan.hpp"
#include "pipeline/resumption.hpp"

/// Whole scans of small numbers in memory, on ranks that are threads.
namespace xrdct::pipeline {

inline constexpr std::size_t bins = 3;
using FrameSet = std::set<std::int64_t>;
inline FrameSet const no_frame_broken;
inline constexpr std::int64_t nameless = 10;  //!< frame that there is no memory to describe

/// Ranks that are threads of this process.
struct SharedState {
  explicit SharedState(int ranks)
      : barrier(ranks),
        values(static_cast<std::size_t>(ranks)),
        bytes(static_cast<std::size_t>(ranks)) {}
  std::barrier<> barrier;
  std::vector<double> values;
  std::vector<std::vector<std::byte>> bytes;
  std::atomic<bool> stop = false;  //!< what a signal would set
  std::string text;
};

class ThreadPeers final : public core::Peers {
 public:
  ThreadPeers(SharedState& shared, int rank) : shared_(shared), rank_(rank) {}
  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(shared_.values.size()); }
  bool any(bool mine) override { return maximum(mine ? 1.0 : 0.0) > 0.0; }
  void begin_any(bool mine) override { begun_ = mine; }
  std::optional<bool> end_any() override { return any(begun_); }
  bool stop_asked() override { return shared_.stop; }
  std::int64_t sum(std::int64_t mine) override {
    auto const all = exchange(static_cast<double>(mine));
    return static_cast<std::int64_t>(std::accumulate(all.begin(), all.end(), 0.0));
  }
  double maximum(double mine) override {
    auto const all = exchange(mine);
    return *std::max_element(all.begin(), all.end());
  }
  std::vector<std::vector<std::byte>> gather(std::span<std::byte const> mine) override {
    shared_.bytes[static_cast<std::size_t>(rank_)].assign(mine.begin(), mine.end());
    shared_.barrier.arrive_and_wait();
    auto const all = rank_ == 0 ? shared_.bytes : std::vector<std::vector<std::byte>>();
    shared_.barrier.arrive_and_wait();
    return all;
  }
  std::string broadcast(std::string const& text) override {
    if (rank_ == 0) shared_.text = text;
    shared_.barrier.arrive_and_wait();
    std::string const all = shared_.text;
    shared_.barrier.arrive_and_wait();
    return all;
  }

 private:
  std::vector<double> exchange(double mine) {
    shared_.values[static_cast<std::size_t>(rank_)] = mine;
    shared_.barrier.arrive_and_wait();
    auto const all = shared_.values;
    shared_.barrier.arrive_and_wait();
    return all;
  }
  SharedState& shared_;
  int rank_;
  bool begun_ = false;
};

/// A "frame" is its own number as 8 bytes.
class MemoryReader final : public core::FrameReader {
 public:
  MemoryReader(FrameSet broken, std::function<void(FrameSet const&)> reading)
      : broken_(std::move(broken)), reading_(std::move(reading)) {}
  void locate(std::span<std::int64_t const> frames) override {
    std::lock_guard const lock(mutex_);
    located_.emplace_front(frames.begin(), frames.end());
    if (located_.size() > kept_) located_.pop_back();
  }
  void keep_located(std::size_t calls) override { kept_ = calls; }
  void read(std::span<std::int64_t const> frames, core::FrameBuffer& out) override {
    reading_({frames.begin(), frames.end()});
    out.bytes.resize(frames.size() * sizeof(std::int64_t));
    out.batch.frames.clear();
    out.failures.clear();
    for (std::size_t f = 0; f < frames.size(); ++f) {
      auto* const place = out.bytes.data() + f * sizeof(std::int64_t);
      std::memcpy(place, &frames[f], sizeof(std::int64_t));
      core::EncodedFrame frame{.bytes = {place, sizeof(std::int64_t)}};
      if (frames[f] < 0) frame.status = core::FrameStatus::missing;
      if (frames[f] >= 0 && !is_located(frames[f]))
        throw core::AssertionError("frame was not located");
      if (broken_.contains(frames[f])) {
        frame.status = core::FrameStatus::unreadable;
        out.failures.push_back("cannot read frame " + std::to_string(frames[f]) +
                               " (memory): expected bytes, found that the disk is gone");
      }
      out.batch.frames.push_back(frame);
    }
  }
  std::string describe(std::int64_t frame) const override {
    if (frame == nameless) throw std::bad_alloc();
    return "frame " + std::to_string(frame) + " (memory)";
  }

 private:
  bool is_located(std::int64_t frame) {
    std::lock_guard const lock(mutex_);
    return std::any_of(located_.begin(), located_.end(),
                       [&](auto const& frames) { return frames.contains(frame); });
  }

  FrameSet broken_;
  std::function<void(FrameSet const&)> reading_;
  std::mutex mutex_;
  std::deque<std::set<std::int64_t>> located_;
  std::size_t kept_ = 2;
};

/// What a test does before and after a batch of these frames is reduced, on the thread that has it.
struct Upset {
  std::function<void(FrameSet const&)> before = [](FrameSet const&) {}, after = before;
  FrameSet undecodable = {};
  core::ByteMemory* memory = nullptr;  //!< for the bytes of batches
  std::size_t readers = 0;             //!< threads that the reducer leaves free
  /// before some frames are read, on the thread that does
  std::function<void(FrameSet const&)> reading = [](FrameSet const&) {};
};

inline FrameSet frames_of(core::EncodedBatch const& batch) {
  FrameSet frames;
  for (auto const& frame : batch.frames) {
    std::int64_t number = 0;
    std::memcpy(&number, frame.bytes.data(), sizeof number);
    frames.insert(number);
  }
  return frames;
}

/// For a number of threads: one, which begins a batch before it is done with the one before.
inline constexpr std::size_t one_ahead = 0;

/// Bin b of frame n has the sums S = n + b/8, N = 2, V = n, one pixel; bin 2 of frames divisible by
/// 4 is empty.
class ArithmeticReducer final : public core::BatchReducer {
 public:
  ArithmeticReducer(std::size_t frames_per_batch, std::size_t threads, Upset upset)
      : frames_per_batch_(frames_per_batch), threads_(threads), upset_(std::move(upset)) {}
  void reduce(core::EncodedBatch const& batch, core::ReducedBatch& out) {
    std::size_t const frames = batch.frames.size();
    if (frames > frames_per_batch_) throw core::AssertionError("batch is too large");
    out.sums.assign(1, core::PatternSums(frames, bins));
    out.tally.assign(1, std::vector<core::PixelTally>(frames));
    out.status.assign(frames, core::FrameStatus::good);
    for (std::size_t f = 0; f < frames; ++f) {
      out.status[f] = batch.frames[f].status;
      if (out.status[f] != core::FrameStatus::good) continue;
      std::int64_t number = 0;
      std::memcpy(&number, batch.frames[f].bytes.data(), sizeof number);
      if (upset_.undecodable.contains(number)) {
        out.status[f] = core::FrameStatus::corrupt;
        continue;
      }
      out.tally[0][f].used = number;
      for (std::size_t b = 0; b < bins; ++b) {
        if (b == 2 && number % 4 == 0) continue;
        std::size_t const i = f * bins + b;
        out.sums[0].signal[i] = static_cast<double>(number) + static_cast<double>(b) / 8.0;
        out.sums[0].variance[i] = static_cast<double>(number);
        out.sums[0].normalization[i] = 2.0;
        out.sums[0].normalization2[i] = 4.0;
        out.sums[0].count[i] = 1.0;
        out.sums[0].pixels[i] = 1;
      }
    }
  }
  void reduce_all(core::BatchQueue& queue) override {
    if (threads_ == one_ahead) return reduce_ahead(queue);
    auto const work = [&] {
      core::ReducedBatch reduced;
      while (auto const* batch = queue.next()) {
        auto const frames = frames_of(*batch);
        try {
          upset_.before(frames);
          reduce(*batch, reduced);
        } catch (...) {
          queue.failed(*batch, std::current_exception());
          return;
        }
        queue.done(*batch, reduced);
        upset_.after(frames);
      }
    };
    std::vector<std::jthread> helpers;
    for (std::size_t t = 1; t < threads_; ++t) helpers.emplace_back(work);
    work();
  }
  std::size_t frames_per_batch() const override { return frames_per_batch_ * batches_at_once(); }
  std::size_t batches_at_once() const override { return threads_ == one_ahead ? 2 : threads_; }
  std::size_t threads() const override { return threads_ == one_ahead ? 1 : threads_; }
  std::size_t free_threads() const override { return upset_.readers; }
  core::ByteMemory* batch_memory() override { return upset_.memory; }

 private:
  void reduce_ahead(core::BatchQueue& queue) {
    core::ReducedBatch reduced, before;
    core::EncodedBatch const* begun = nullptr;
    for (;;) {
      auto const* batch = begun != nullptr ? queue.next_ready() : queue.next();
      if (batch == nullptr && begun == nullptr) return;
      try {
        if (batch != nullptr) upset_.before(frames_of(*batch));
        if (batch != nullptr) reduce(*batch, reduced);
      } catch (...) {
        for (auto const* lost : {begun, batch})
          if (lost != nullptr) queue.failed(*lost, std::current_exception());
        return;
      }
      if (begun != nullptr) {
        auto const frames = frames_of(*begun);
        queue.done(*begun, before);
        upset_.after(frames);
      }
      begun = batch;
      std::swap(reduced, before);
    }
  }

  std::size_t frames_per_batch_, threads_;
  Upset upset_;
};

/// Keeps what was written, and checks that the rounds are collective.
class MemoryWriter final : public core::BlockWriter {
 public:
  explicit MemoryWriter(bool meets) : meets_(meets) {}
  bool meets() const override { return meets_; }
  void write(core::BlockResult const* block) override {
    ++calls;
    if (block != nullptr) blocks.emplace(block->block, *block);
  }
  int calls = 0;
  std::map<std::size_t, core::BlockResult> blocks;

 private:
  bool meets_;
};

using Blocks = std::map<std::size_t, core::BlockResult>;

/// Blocks of an earlier run; those that are damaged cannot be read.
class KeptBlocks final : public core::FinishedBlocks {
 public:
  KeptBlocks(Blocks kept, std::set<std::size_t> damaged)
      : kept_(std::move(kept)), damaged_(std::move(damaged)) {}
  std::vector<std::size_t> blocks() const override {
    std::vector<std::size_t> numbers;
    for (auto const& [number, block] : kept_) numbers.push_back(number);
    return numbers;
  }
  std::optional<core::BlockResult> read(std::size_t block) override {
    if (damaged_.contains(block)) return {};
    return kept_.at(block);
  }

 private:
  Blocks kept_;
  std::set<std::size_t> damaged_;
};

/// What an earlier run has left.
struct Earlier {
  Blocks kept = {};
  std::set<std::size_t> damaged = {};
};

struct Outcome {
  Blocks blocks;
  std::vector<BinSums> preview;
  FrameCounts counts;
  BadPlaceList bad;
  std::vector<StageTimes> times;  // [rank], in any order
  std::vector<int> calls;         // of the writer, [rank] in any order
  bool stopped = false;
  std::int64_t written = 0;
};

/// When a run is asked to stop, and whether its ranks meet in a write.
struct Stopping {
  bool meets = true;
  FrameSet at = {};  //!< when one of these frames is about to be reduced
};

inline Outcome run(ScanDescription const& scan, int ranks, std::size_t frames_per_batch,
                   FrameSet const& broken = no_frame_broken, std::size_t workers = 1,
                   Upset const& upset = {}, Stopping const& stopping = {},
                   Earlier const& earlier = {}) {
  SharedState shared(ranks);
  Upset watched = upset;
  watched.before = [&](FrameSet const& frames) {
    for (auto const frame : stopping.at)
      if (frames.contains(frame)) shared.stop = true;
    upset.before(frames);
  };
  Outcome outcome;
  std::mutex mutex;
  std::vector<std::thread> threads;
  std::vector<std::exception_ptr> errors(static_cast<std::size_t>(ranks));
  for (int rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      try {
        MemoryReader reader(broken, upset.reading);
        ArithmeticReducer reducer(frames_per_batch, workers, watched);
        MemoryWriter writer(stopping.meets);
        ThreadPeers peers(shared, rank);
        std::int64_t done = 0;
        KeptBlocks finished(earlier.kept, earlier.damaged);
        auto resumption = take_up(scan, finished, peers);
        auto left = scan;
        left.blocks = resumption.left;
        auto report = reduce_scan(
            left, {reader, reducer, writer, peers}, resumption.earlier,
            [](core::EncodedBatch const&) { return 1.0; },
            [&](std::int64_t now, std::int64_t) { done = now; });
        std::lock_guard const lock(mutex);
        auto const rounds = core::rounds(left.blocks.blocks(), ranks);
        if (stopping.at.empty() && stopping.meets) {
          EXPECT_EQ(static_cast<std::size_t>(writer.calls), rounds);
        }
        EXPECT_TRUE(done == 0 || writer.calls > 0 || report.stopped);
        outcome.calls.push_back(writer.calls);
        outcome.stopped = report.stopped;
        outcome.written = report.blocks;
        for (auto const& [number, block] : writer.blocks)
          EXPECT_TRUE(outcome.blocks.emplace(number, block).second);
        if (rank == 0) outcome.preview = report.preview;
        if (rank == 0) outcome.bad = report.bad;
        outcome.counts = report.frames;
        outcome.times.push_back(report.times);
      } catch (...) {
        errors[static_cast<std::size_t>(rank)] = std::current_exception();
        shared.barrier.arrive_and_drop();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (auto const& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  return outcome;
}

inline ScanDescription scan_of(core::ScanShape shape, std::int64_t frames, bool snake = false) {
  return {.places = core::PlaceMap(shape, snake, 0, frames),
          .blocks = core::BlockPlan(shape),
          .reductions = {{.bins = bins}},
          .monitor = nullptr,
          .monitor_reference = 1.0};
}

inline bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

inline void expect_same(Outcome const& a, Outcome const& b) {
  ASSERT_EQ(a.blocks.size(), b.blocks.size());
  for (auto const& [number, block] : a.blocks) {
    auto const& other = b.blocks.at(number);
    EXPECT_TRUE(same_bits(block.reductions[0].intensity, other.reductions[0].intensity));
    EXPECT_TRUE(same_bits(block.reductions[0].error, other.reductions[0].error));
    EXPECT_TRUE(same_bits(block.reductions[0].count, other.reductions[0].count));
    EXPECT_EQ(block.status, other.status);
    EXPECT_EQ(block.index, other.index);
    EXPECT_EQ(block.number, other.number);
    EXPECT_TRUE(block.reductions[0].tally == other.reductions[0].tally);
  }
  EXPECT_EQ(a.preview[0].sum, b.preview[0].sum);
}

/// Values in memory, which only one thread may ask for: HDF5 is behind them otherwise.
class MonitorInMemory final : public core::FrameValues {
 public:
  explicit MonitorInMemory(std::vector<double> values) : values_(std::move(values)) {}
  double at(std::int64_t frame) override {
    if (caller_ == std::thread::id()) caller_ = std::this_thread::get_id();
    EXPECT_EQ(std::this_thread::get_id(), caller_);
    return values_.at(static_cast<std::size_t>(frame));
  }

 private:
  std::vector<double> values_;
  std::thread::id caller_;
};

}  // namespace xrdct::pipeline
