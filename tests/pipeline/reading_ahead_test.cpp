// Batches that several threads read ahead, a part each, for an engine that works beside the main
// thread.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <latch>
#include <new>
#include <thread>
#include <tuple>

#include "pipeline/batch_plan.hpp"
#include "tests/pipeline/scan_in_memory.hpp"
#include "tests/support/counted_memory.hpp"

namespace xrdct::pipeline {
namespace {

Outcome run_ahead(ScanDescription const& scan, int ranks, std::size_t frames_per_batch,
                  Upset const& upset, FrameSet const& broken = no_frame_broken) {
  return run(scan, ranks, frames_per_batch, broken, one_ahead, upset);
}

/// Holds those who read such frames for a while, so that others come to what is behind them.
std::function<void(FrameSet const&)> slow_at(FrameSet const& slow) {
  return [slow](FrameSet const& frames) {
    for (auto const frame : slow)
      if (frames.contains(frame)) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  };
}

class Readers : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(ReadingAhead, Readers, testing::Values(1u, 2u, 3u, 7u));

TEST_P(Readers, GiveTheSameBits) {
  auto const scan = scan_of({2, 19, 5}, 186);
  auto const alone = run(scan, 1, 1000);
  for (std::size_t const batch : {1u, 3u, 5u, 64u})
    for (int const ranks : {1, 3})
      expect_same(run_ahead(scan, ranks, batch, {.readers = GetParam()}), alone);
}

TEST_P(Readers, GiveTheSameBitsWhereSomeAreSlow) {
  auto const scan = scan_of({2, 19, 5}, 186);
  auto const alone = run(scan, 1, 1000);
  Upset const upset{.readers = GetParam(), .reading = slow_at({0, 22, 23, 60, 61, 130, 185})};
  for (std::size_t const batch : {1u, 4u, 30u})
    expect_same(run_ahead(scan, 1, batch, upset), alone);
}

TEST_P(Readers, ReadPartsOfOneBatchAtOnce) {
  std::size_t const readers = GetParam();
  std::latch all(static_cast<std::ptrdiff_t>(readers));
  std::atomic<std::size_t> at_once = 0, most = 0;
  Upset const upset{.readers = readers, .reading = [&](FrameSet const& frames) {
                      std::size_t const now = ++at_once;
                      for (std::size_t seen = most; now > seen;)
                        if (most.compare_exchange_weak(seen, now)) break;
                      if (*frames.begin() < static_cast<std::int64_t>(readers)) {
                        EXPECT_EQ(frames.size(), 1u);
                        all.arrive_and_wait();
                      }
                      --at_once;
                    }};
  expect_same(run_ahead(scan_of({2, 19, 5}, 190), 1, readers, upset),
              run(scan_of({2, 19, 5}, 190), 1, 1000));
  EXPECT_GE(most, readers);
  EXPECT_LE(most, readers + 1) << "the main thread, too, while nothing is at the engine";
}

TEST_P(Readers, NameEveryBadFrameWithItsReason) {
  auto const scan = scan_of({2, 19, 5}, 186);
  FrameSet const unreadable{0, 7, 8, 10, 33, 34, 121, 170, 185};
  Upset upset{.undecodable = {9, 35, 140}};
  auto const alone = run(scan, 1, 1000, unreadable, 1, upset);
  upset.readers = GetParam();
  for (std::size_t const batch : {3u, 11u, 64u}) {
    auto const outcome = run_ahead(scan, 1, batch, upset, unreadable);
    expect_same(outcome, alone);
    ASSERT_EQ(outcome.bad.runs().size(), alone.bad.runs().size());
    for (auto const& [first, places] : alone.bad.runs()) {
      EXPECT_EQ(outcome.bad.runs().at(first).last_frame, places.last_frame);
      EXPECT_EQ(outcome.bad.runs().at(first).reason, places.reason);
    }
  }
}

TEST_P(Readers, EndWithTheFirstFrameThatIsBad) {
  auto scan = scan_of({1, 3, 14}, 42);
  scan.bad_frames = core::BadFrames::error;
  for (std::size_t const batch : {1u, 7u, 14u}) {
    try {
      run_ahead(scan, 1, batch, {.readers = GetParam(), .reading = slow_at({19})}, {19, 20, 26});
      FAIL() << "expected an error";
    } catch (core::IoError const& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("cannot read frame 19 (memory)"));
    }
  }
}

TEST_P(Readers, EndWithWhatAReaderThrew) {
  for (std::int64_t const frame : {0, 1, 5, 17, 41})
    for (std::size_t const batch : {1u, 3u, 14u}) {
      Upset const upset{.readers = GetParam(), .reading = [&](FrameSet const& frames) {
                          if (frames.contains(frame)) throw std::bad_alloc();
                        }};
      EXPECT_THROW(run_ahead(scan_of({1, 3, 14}, 42), 1, batch, upset), std::bad_alloc)
          << frame << " in batches of " << batch;
    }
}

// The later one is thrown first, in a part of the same batch or of the next one.
TEST(ReadingAhead, OfSeveralFailuresTellsTheFirstWhateverCameFirstInTime) {
  for (std::size_t const batch : {6u, 3u}) {
    std::atomic<bool> late_is_thrown = false;
    Upset const upset{.readers = batch, .reading = [&](FrameSet const& frames) {
                        if (frames.contains(1)) {
                          late_is_thrown.wait(false);
                          std::this_thread::sleep_for(std::chrono::milliseconds(5));
                          throw core::IoError("frame 1");
                        }
                        if (!frames.contains(5)) return;
                        late_is_thrown = true;
                        late_is_thrown.notify_all();
                        throw core::IoError("frame 5");
                      }};
    try {
      run_ahead(scan_of({1, 3, 14}, 42), 1, batch, upset);
      FAIL() << "expected an error";
    } catch (core::IoError const& error) {
      EXPECT_STREQ(error.what(), "frame 1") << "batches of " << batch;
    }
  }
}

using Stopped = std::tuple<std::size_t, int, bool>;
class StoppedReaders : public testing::TestWithParam<Stopped> {};
INSTANTIATE_TEST_SUITE_P(ReadingAhead, StoppedReaders,
                         testing::Combine(testing::Values(1u, 2u, 3u, 7u), testing::Values(1, 3),
                                          testing::Bool()));

TEST_P(StoppedReaders, LeaveWholeBlocks) {
  auto const [readers, ranks, meets] = GetParam();
  auto const scan = scan_of({2, 19, 5}, 190);
  auto const whole = run(scan, 1, 1000);
  for (std::int64_t const frame : {0, 20, 77, 140}) {
    Upset const upset{.readers = readers, .reading = slow_at({7, 30, 90, 150})};
    auto const outcome = run(scan, ranks, 5, no_frame_broken, one_ahead, upset, {meets, {frame}});
    EXPECT_EQ(outcome.stopped, outcome.blocks.size() < whole.blocks.size());
    EXPECT_TRUE(outcome.stopped || ranks > 1);
    EXPECT_EQ(outcome.written, static_cast<std::int64_t>(outcome.blocks.size()));
    for (auto const& [number, block] : outcome.blocks) {
      auto const& other = whole.blocks.at(number);
      EXPECT_TRUE(same_bits(block.reductions[0].intensity, other.reductions[0].intensity));
      EXPECT_EQ(block.index, other.index);
    }
  }
}

TEST(ReadingAhead, TimeIsCountedOnceWhereSeveralRead) {
  auto const outcome = run_ahead(scan_of({2, 19, 5}, 190), 1, 8,
                                 {.readers = 4, .reading = slow_at({0, 2, 4, 6, 40, 42, 44, 46})});
  auto const& times = outcome.times.front();
  EXPECT_GT(times.read_s, 0.0);
  EXPECT_LE(times.read_s, times.wall_s + times.measuring_s);
  EXPECT_LE(times.wait_s + times.reduce_s + times.finish_s, times.wall_s + times.measuring_s);
  EXPECT_EQ(times.stored_bytes, 190 * 8);
}

TEST(ReadingAhead, PartsLieInTheMemoryOfTheReducer) {
  auto const scan = scan_of({2, 19, 5}, 190);
  auto const anywhere = run(scan, 1, 7);
  xrdct::test::CountedMemory memory;
  expect_same(run_ahead(scan, 2, 7, {.memory = &memory, .readers = 3}), anywhere);
  EXPECT_GE(memory.taken, 7 * sizeof(std::int64_t));
  EXPECT_EQ(memory.given_back, memory.taken);
}

TEST(ReadersAhead, AreAsManyAsThereAreFreeThreads) {
  auto const readers = [](std::size_t free) {
    return readers_ahead(ArithmeticReducer(1, one_ahead, {.readers = free}));
  };
  EXPECT_EQ(readers(0), 1u) << "one helper where all threads are busy";
  EXPECT_EQ(readers(1), 1u);
  EXPECT_EQ(readers(5), 5u);
  EXPECT_EQ(readers(63), 8u);
}

}  // namespace
}  // namespace xrdct::pipeline
