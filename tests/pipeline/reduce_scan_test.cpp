#include "pipeline/reduce_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <tuple>

#include "core/words/errors.hpp"
#include "tests/pipeline/scan_in_memory.hpp"
#include "tests/support/counted_memory.hpp"

namespace xrdct::pipeline {
namespace {

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
    for (std::size_t const threads : {one_ahead, std::size_t{2}, std::size_t{3}, std::size_t{8}}) {
      for (std::size_t const batch : {1u, 3u, 64u}) {
        expect_same(run(scan, 1, batch, no_frame_broken, threads), alone);
        expect_same(run(scan, 3, batch, no_frame_broken, threads), alone);
      }
    }
  }
}

TEST(ReduceScan, TimesAreThoseOfThreadsOnTheAverage) {
  for (std::size_t const threads : {one_ahead, std::size_t{1}, std::size_t{3}}) {
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
    // Other ranks or threads may have taken all that is left before this frame comes.
    EXPECT_EQ(outcome.stopped, outcome.blocks.size() < whole.blocks.size());
    EXPECT_TRUE(outcome.stopped || ranks > 1 || threads > 1);
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
                         testing::Combine(testing::Values(1, 2, 3, 60),
                                          testing::Values(one_ahead, 1u, 4u), testing::Bool()));

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
INSTANTIATE_TEST_SUITE_P(Threads, UnreadableFrame, testing::Values(one_ahead, 1u, 4u));

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
  for (std::size_t const workers : {one_ahead, std::size_t{1}, std::size_t{4}}) {
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

TEST(ReduceScan, ReadsIntoTheMemoryOfTheReducer) {
  auto const scan = scan_of({2, 19, 5}, 190);
  auto const anywhere = run(scan, 1, 7);
  xrdct::test::CountedMemory memory;
  expect_same(run(scan, 2, 7, no_frame_broken, one_ahead, {.memory = &memory}), anywhere);
  EXPECT_GE(memory.taken, 7 * sizeof(std::int64_t));
  EXPECT_EQ(memory.given_back, memory.taken);
}

// What a driver does that is asked for more than it can pin.
TEST(ReduceScan, EndsWhereTheMemoryOfTheReducerIsAtAnEnd) {
  class Exhausted final : public core::ByteMemory {
    void* allocate(std::size_t) override { throw std::bad_alloc(); }
    void deallocate(void*, std::size_t) noexcept override {}
  } memory;
  for (std::size_t const workers : {one_ahead, std::size_t{4}})
    EXPECT_THROW(run(scan_of({1, 3, 4}, 12), 1, 1, no_frame_broken, workers, {.memory = &memory}),
                 std::bad_alloc);
}

TEST(ReduceScan, ThrowsWhatFinishingAFrameThrew) {
  for (std::size_t const workers : {one_ahead, std::size_t{1}, std::size_t{4}})
    EXPECT_THROW(
        run(scan_of({1, 3, 4}, 12), 1, 1, no_frame_broken, workers, {.undecodable = {nameless}}),
        std::bad_alloc);
}

}  // namespace
}  // namespace xrdct::pipeline
