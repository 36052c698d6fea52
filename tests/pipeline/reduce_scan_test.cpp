#include "pipeline/reduce_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <cmath>
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
#include <tuple>

#include "core/words/errors.hpp"
#include "pipeline/resumption.hpp"

namespace xrdct::pipeline {
namespace {

constexpr std::size_t bins = 3;
using FrameSet = std::set<std::int64_t>;
FrameSet const no_frame_broken;
constexpr std::int64_t nameless = 10;  //!< frame that there is no memory to describe

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
  explicit MemoryReader(FrameSet broken) : broken_(std::move(broken)) {}
  void locate(std::span<std::int64_t const> frames) override {
    std::lock_guard const lock(mutex_);
    located_.emplace_front(frames.begin(), frames.end());
    if (located_.size() > kept_) located_.pop_back();
  }
  void keep_located(std::size_t calls) override { kept_ = calls; }
  void read(std::span<std::int64_t const> frames, core::FrameBuffer& out) override {
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
  std::mutex mutex_;
  std::deque<std::set<std::int64_t>> located_;
  std::size_t kept_ = 2;
};

/// What a test does before and after a batch of these frames is reduced, on the thread that has it.
struct Upset {
  std::function<void(FrameSet const&)> before = [](FrameSet const&) {}, after = before;
  FrameSet undecodable = {};
};

FrameSet frames_of(core::EncodedBatch const& batch) {
  FrameSet frames;
  for (auto const& frame : batch.frames) {
    std::int64_t number = 0;
    std::memcpy(&number, frame.bytes.data(), sizeof number);
    frames.insert(number);
  }
  return frames;
}

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
  std::size_t frames_per_batch() const override { return frames_per_batch_ * threads_; }
  std::size_t batches_at_once() const override { return threads_; }

 private:
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

Outcome run(ScanDescription const& scan, int ranks, std::size_t frames_per_batch,
            FrameSet const& broken = no_frame_broken, std::size_t workers = 1,
            Upset const& upset = {}, Stopping const& stopping = {}, Earlier const& earlier = {}) {
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
        MemoryReader reader(broken);
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

ScanDescription scan_of(core::ScanShape shape, std::int64_t frames, bool snake = false) {
  return {.places = core::PlaceMap(shape, snake, 0, frames),
          .blocks = core::BlockPlan(shape),
          .reductions = {{.bins = bins}},
          .monitor = nullptr,
          .monitor_reference = 1.0};
}

bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

void expect_same(Outcome const& a, Outcome const& b) {
  ASSERT_EQ(a.blocks.size(), b.blocks.size());
  for (auto const& [number, block] : a.blocks) {
    auto const& other = b.blocks.at(number);
    EXPECT_TRUE(same_bits(block.reductions[0].intensity, other.reductions[0].intensity));
    EXPECT_TRUE(same_bits(block.reductions[0].error, other.reductions[0].error));
    EXPECT_TRUE(same_bits(block.reductions[0].count, other.reductions[0].count));
    EXPECT_EQ(block.status, other.status);
    EXPECT_EQ(block.index, other.index);
  }
  EXPECT_EQ(a.preview[0].sum, b.preview[0].sum);
}

TEST(ReduceScan, EveryPlaceGetsItsFrame) {
  core::ScanShape const shape{2, 5, 7};
  auto const outcome = run(scan_of(shape, 70, true), 1, 4);
  core::BlockPlan const plan(shape);
  core::PlaceMap const places(shape, true, 0, 70);
  ASSERT_EQ(outcome.blocks.size(), plan.blocks());
  for (auto const& [number, block] : outcome.blocks) {
    auto const [first, size] = plan.places_of(number);
    ASSERT_EQ(block.index.size(), size);
    for (std::size_t p = 0; p < size; ++p) {
      auto const frame = places.frame_of(first + p);
      EXPECT_EQ(block.index[p], frame);
      EXPECT_EQ(block.reductions[0].tally[p].used, frame);
      EXPECT_FLOAT_EQ(block.reductions[0].intensity[p * bins + 1],
                      (static_cast<float>(frame) + 0.125f) / 2.0f);
      EXPECT_EQ(std::isnan(block.reductions[0].intensity[p * bins + 2]), frame % 4 == 0);
    }
  }
  EXPECT_EQ(outcome.counts.good, 70);
}

TEST(ReduceScan, SameBitsForRanksAndBatches) {
  auto const scan = scan_of({2, 19, 5}, 190);
  auto const alone = run(scan, 1, 1000);
  for (int const ranks : {1, 2, 4, 7, 60}) {
    for (std::size_t const batch : {1u, 3u, 64u}) expect_same(run(scan, ranks, batch), alone);
  }
}

TEST(ReduceScan, SameBitsForThreads) {
  for (core::ScanShape const shape :
       {core::ScanShape{2, 19, 5}, core::ScanShape{3, 17, 1}, core::ScanShape{1, 3, 40}}) {
    auto const scan = scan_of(shape, static_cast<std::int64_t>(shape.places()) - 4);
    auto const alone = run(scan, 1, 1000);
    for (std::size_t const threads : {2u, 3u, 8u}) {
      for (std::size_t const batch : {1u, 3u, 64u}) {
        expect_same(run(scan, 1, batch, no_frame_broken, threads), alone);
        expect_same(run(scan, 3, batch, no_frame_broken, threads), alone);
      }
    }
  }
}

TEST(ReduceScan, TimesAreThoseOfThreadsOnTheAverage) {
  for (std::size_t const threads : {1u, 3u}) {
    auto const outcome = run(scan_of({2, 19, 5}, 185), 2, 4, no_frame_broken, threads);
    std::int64_t frames = 0, bytes = 0;
    for (auto const& times : outcome.times) {
      frames += times.frames;
      bytes += times.stored_bytes;
      double const elapsed = times.wall_s + times.measuring_s;
      EXPECT_GT(times.read_s, 0.0);
      EXPECT_LE(times.read_s, elapsed) << "several threads read at once";
      EXPECT_GT(times.reduce_s, 0.0);
      EXPECT_LE(times.wait_s + times.reduce_s + times.finish_s, elapsed);
      EXPECT_GT(times.decode_s_per_frame, 0.0);
    }
    EXPECT_EQ(frames, 185);
    EXPECT_EQ(bytes, 190 * 8);
  }
}

TEST(ReduceScan, MissingFramesAreNanAndCounted) {
  auto const outcome = run(scan_of({1, 4, 6}, 20), 2, 5);
  EXPECT_EQ(outcome.counts.good, 20);
  EXPECT_EQ(outcome.counts.missing, 4);
  auto const& last = outcome.blocks.rbegin()->second;
  EXPECT_EQ(last.status.back(), core::FrameStatus::missing);
  EXPECT_EQ(last.index.back(), -1);
  EXPECT_TRUE(std::isnan(last.reductions[0].intensity.back()));
  EXPECT_EQ(last.reductions[0].count.back(), 0.0f);
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

TEST(ReduceScan, MonitorDividesAndGuards) {
  auto scan = scan_of({1, 2, 2}, 4);
  MonitorInMemory monitor({2.0, 4.0, 0.0, std::numeric_limits<double>::quiet_NaN()});
  scan.monitor = &monitor;
  scan.monitor_reference = 2.0;
  auto const outcome = run(scan, 1, 2);
  EXPECT_EQ(outcome.counts.good, 2);
  EXPECT_EQ(outcome.counts.monitor_low, 2);
  EXPECT_FLOAT_EQ(outcome.blocks.at(0).reductions[0].intensity[1], 0.125f / 2.0f);
  EXPECT_FLOAT_EQ(outcome.blocks.at(0).reductions[0].intensity[bins + 1], 1.125f / 4.0f);
  EXPECT_EQ(outcome.blocks.at(1).status[0], core::FrameStatus::monitor_low);
  EXPECT_TRUE(std::isnan(outcome.blocks.at(1).reductions[0].intensity[0]));
  EXPECT_EQ(outcome.blocks.at(0).monitor[1], 4.0);
}

TEST(ReduceScan, DeviationsAndValuesOfEmptyBinsComeWhenAskedFor) {
  auto scan = scan_of({1, 2, 4}, 7);
  auto const plain = run(scan, 1, 3);
  EXPECT_TRUE(plain.blocks.at(0).reductions[0].deviation.empty());
  scan.reductions[0].deviation = true;
  scan.reductions[0].rule.empty = -1.0f;
  auto const outcome = run(scan, 2, 3);
  auto const& patterns = outcome.blocks.at(1).reductions[0];
  ASSERT_EQ(patterns.deviation.size(), patterns.intensity.size());
  EXPECT_FLOAT_EQ(patterns.deviation[bins], std::sqrt(5.0f / 4.0f)) << "√(V/N2) of frame 5";
  EXPECT_FLOAT_EQ(patterns.error[bins], std::sqrt(5.0f) / 2.0f);
  EXPECT_EQ(patterns.intensity[2], -1.0f) << "bin 2 of frame 4 has no pixel";
  EXPECT_EQ(patterns.deviation[2], -1.0f);
  EXPECT_TRUE(std::isnan(patterns.intensity.back()))
      << "a place without a frame was not measured at all";
  EXPECT_TRUE(std::isnan(patterns.deviation.back()));
}

TEST(ReduceScan, BadFramesAreMarkedCountedAndListed) {
  core::ScanShape const shape{1, 6, 6};
  auto const scan = scan_of(shape, 34);
  auto const clean = run(scan, 1, 1000);
  FrameSet const unreadable{7, 8, 9, 20}, corrupt{0, 21};
  for (int const ranks : {1, 3, 7}) {
    for (std::size_t const workers : {1u, 4u}) {
      auto const outcome = run(scan, ranks, 4, unreadable, workers, {.undecodable = corrupt});
      EXPECT_EQ(outcome.counts.good, 28);
      EXPECT_EQ(outcome.counts.missing, 2);
      EXPECT_EQ(outcome.counts.unreadable, 4);
      EXPECT_EQ(outcome.counts.corrupt, 2);
      for (auto const& [number, block] : outcome.blocks) {
        auto const& whole = clean.blocks.at(number);
        EXPECT_EQ(block.index, whole.index);
        for (std::size_t p = 0; p < block.status.size(); ++p) {
          auto const frame = block.index[p];
          auto const expected = unreadable.contains(frame) ? core::FrameStatus::unreadable
                                : corrupt.contains(frame)  ? core::FrameStatus::corrupt
                                                           : whole.status[p];
          EXPECT_EQ(block.status[p], expected) << frame;
          bool const same = expected == whole.status[p];
          for (std::size_t b = p * bins; b < (p + 1) * bins; ++b) {
            auto const& found = block.reductions[0];
            if (same) {
              EXPECT_EQ(std::memcmp(&found.intensity[b], &whole.reductions[0].intensity[b], 4), 0);
            } else {
              EXPECT_TRUE(std::isnan(found.intensity[b]) && found.count[b] == 0.0f) << frame;
            }
          }
        }
      }
      ASSERT_EQ(outcome.bad.runs().size(), 5u);
      EXPECT_EQ(outcome.bad.places(), 8u);
      EXPECT_EQ(outcome.bad.runs().at(7).last_frame, 9);
      EXPECT_THAT(outcome.bad.runs().at(7).reason, testing::HasSubstr("cannot read frame 7"));
      EXPECT_THAT(outcome.bad.runs().at(21).reason,
                  testing::HasSubstr("cannot decode frame 21 (memory)"));
      EXPECT_EQ(outcome.bad.runs().at(34).status, core::FrameStatus::missing);
    }
  }
}

// Bad frames are in blocks that were kept, which are made again for them, and in those that are
// left, with gaps before them.
TEST(ReduceScan, GoesOnWithWhatAnEarlierRunHasLeft) {
  auto const scan = scan_of({2, 19, 5}, 185);
  FrameSet const unreadable{7, 33, 34, 121, 170}, corrupt{20, 140};
  Upset const upset{.undecodable = corrupt};
  auto const whole = run(scan, 1, 1000, unreadable, 1, upset);
  for (std::size_t const step : {2u, 3u}) {
    Earlier earlier;
    for (auto const& [number, block] : whole.blocks)
      if (number % step != 0) earlier.kept.emplace(number, block);
    earlier.damaged = {5, 11};
    for (int const ranks : {1, 3, 7}) {
      for (std::size_t const workers : {1u, 4u}) {
        auto outcome = run(scan, ranks, 4, unreadable, workers, upset, {}, earlier);
        EXPECT_LT(outcome.blocks.size(), whole.blocks.size());
        for (auto const number : earlier.damaged)
          EXPECT_EQ(outcome.blocks.count(number), 1u) << "is made again";
        EXPECT_EQ(outcome.counts.unreadable, 5);
        for (auto const count : frame_counts) EXPECT_EQ(outcome.counts.*count, whole.counts.*count);
        for (auto const& [first, run] : whole.bad.runs()) {
          auto const& found = outcome.bad.runs().at(first);
          EXPECT_EQ(found.last_frame, run.last_frame);
          EXPECT_EQ(found.reason, run.reason);
        }
        EXPECT_EQ(outcome.bad.runs().size(), whole.bad.runs().size());
        outcome.blocks.insert(earlier.kept.begin(), earlier.kept.end());
        expect_same(outcome, whole);
      }
    }
  }
}

class StoppedScan : public testing::TestWithParam<std::tuple<int, std::size_t, bool>> {};

TEST_P(StoppedScan, WritesWholeBlocksAndAllRanksLeave) {
  auto const [ranks, threads, meets] = GetParam();
  auto const scan = scan_of({2, 19, 5}, 190);
  auto const whole = run(scan, 1, 1000);
  EXPECT_FALSE(whole.stopped);
  for (std::int64_t const frame : {0, 20, 77, 140}) {
    auto const outcome = run(scan, ranks, 3, no_frame_broken, threads, {}, {meets, {frame}});
    // The others may be done before this frame comes.
    EXPECT_EQ(outcome.stopped, outcome.blocks.size() < whole.blocks.size());
    EXPECT_TRUE(outcome.stopped || ranks > 1);
    EXPECT_EQ(outcome.written, static_cast<std::int64_t>(outcome.blocks.size()));
    EXPECT_EQ(outcome.preview.empty(), outcome.stopped);
    if (meets) {
      EXPECT_THAT(outcome.calls, testing::Each(outcome.calls.front())) << "rounds are collective";
    }
    for (auto const& [number, block] : outcome.blocks) {
      auto const& other = whole.blocks.at(number);
      EXPECT_TRUE(same_bits(block.reductions[0].intensity, other.reductions[0].intensity));
      EXPECT_EQ(block.index, other.index);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(RanksThreadsMeeting, StoppedScan,
                         testing::Combine(testing::Values(1, 2, 3, 60), testing::Values(1u, 4u),
                                          testing::Bool()));

TEST(ReduceScan, IsDoneWhereTheLastFrameIsUnderWayAlready) {
  auto const scan = scan_of({1, 2, 3}, 6);
  auto const outcome = run(scan, 1, 6, no_frame_broken, 1, {}, {true, {5}});
  EXPECT_FALSE(outcome.stopped);
  EXPECT_EQ(outcome.blocks.size(), scan.blocks.blocks());
}

class UnreadableFrame : public testing::TestWithParam<std::size_t> {};

TEST_P(UnreadableFrame, StopsWithItsName) {
  auto scan = scan_of({1, 3, 4}, 12);
  scan.bad_frames = core::BadFrames::error;
  try {
    run(scan, 1, 5, {7, 8}, GetParam());
    FAIL() << "expected an error";
  } catch (core::IoError const& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("cannot read frame 7 (memory)"),
                                             testing::HasSubstr("the disk is gone"),
                                             testing::Not(testing::HasSubstr("frame 8"))));
  }
}
INSTANTIATE_TEST_SUITE_P(Threads, UnreadableFrame, testing::Values(1u, 4u));

TEST(ReduceScan, OfSeveralBrokenFramesTellsTheFirstWhateverCameFirstInTime) {
  std::atomic<bool> late_is_done = false;
  Upset const upset{.before =
                        [&](FrameSet const& frames) {
                          if (frames.contains(1)) late_is_done.wait(false);
                        },
                    .after =
                        [&](FrameSet const& frames) {
                          if (!frames.contains(5)) return;
                          late_is_done = true;
                          late_is_done.notify_all();
                        }};
  auto scan = scan_of({1, 3, 4}, 12);
  scan.bad_frames = core::BadFrames::error;
  try {
    run(scan, 1, 1, {1, 5}, 4, upset);
    FAIL() << "expected an error";
  } catch (core::IoError const& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("frame 1 (memory)"));
  }
}

TEST(ReduceScan, ThrowsWhatAnyThreadThrew) {
  for (std::size_t const workers : {1u, 4u}) {
    for (std::int64_t const frame : {0, 5, 11}) {
      Upset const upset{.before = [&](FrameSet const& frames) {
        if (frames.contains(frame)) throw std::bad_alloc();
      }};
      EXPECT_THROW(run(scan_of({1, 3, 4}, 12), 1, 1, no_frame_broken, workers, upset),
                   std::bad_alloc)
          << frame << ", " << workers << " threads";
    }
  }
}

TEST(ReduceScan, ThrowsWhatFinishingAFrameThrew) {
  for (std::size_t const workers : {1u, 4u})
    EXPECT_THROW(
        run(scan_of({1, 3, 4}, 12), 1, 1, no_frame_broken, workers, {.undecodable = {nameless}}),
        std::bad_alloc);
}

}  // namespace
}  // namespace xrdct::pipeline
