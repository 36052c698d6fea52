// Which places of a rank make a batch, and how much of the scan is in memory.
#include "pipeline/batch_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace xrdct::pipeline {
namespace {

ScanDescription scan_of(core::ScanShape shape) {
  return {.places = core::PlaceMap(shape, false, 0, static_cast<std::int64_t>(shape.places())),
          .blocks = core::BlockPlan(shape),
          .reductions = {}};
}

/// As many frames at each place as said, in the order of the places.
ScanDescription scan_with(core::ScanShape shape, std::vector<std::size_t> const& frames) {
  std::vector<std::int64_t> places;
  for (std::size_t place = 0; place < frames.size(); ++place)
    places.insert(places.end(), frames[place], static_cast<std::int64_t>(place));
  return {.places = core::PlaceMap(shape, places, core::Repeated::sum),
          .blocks = core::BlockPlan(shape),
          .reductions = {}};
}

std::vector<std::size_t> sizes_of_batches(BatchPlan const& plan) {
  std::vector<std::size_t> sizes;
  std::vector<PlacedFrame> batch;
  for (PlacedFrame next{plan.places().first}; plan.batch_from(next, plan.places().end, batch);
       next = batch.back().next()) {
    EXPECT_EQ(batch.front().place, next.place);
    EXPECT_EQ(batch.front().n, next.n);
    sizes.push_back(batch.size());
  }
  return sizes;
}

TEST(BatchPlan, CutsThePlacesOfARankOneAfterTheOther) {
  auto const scan = scan_of({1, 3, 4});
  BatchPlan const plan(scan, 5, 0, 1);
  EXPECT_EQ(plan.places().first, 0u);
  ASSERT_EQ(plan.places().end, 12u);
  EXPECT_EQ(plan.frames(), 12u);
  EXPECT_EQ(sizes_of_batches(plan), (std::vector<std::size_t>{5, 5, 2}));
}

TEST(BatchPlan, HasAllFramesOfAPlaceWhereABatchHoldsThem) {
  auto const scan = scan_with({1, 2, 3}, {1, 3, 0, 2, 9, 1});
  BatchPlan const plan(scan, 4, 0, 1);
  EXPECT_EQ(plan.frames(), 17u) << "one of them is missing";
  EXPECT_EQ(sizes_of_batches(plan), (std::vector<std::size_t>{4, 3, 4, 4, 2}))
      << "1 + 3, 0 + 2, 9 = 4 + 4 + 1, with 1";
}

TEST(BatchPlan, WaitsForBlocksThatHaveMemory) {
  auto const scan = scan_of({1, 3, 4});
  BatchPlan const plan(scan, 5, 0, 1);
  std::vector<PlacedFrame> batch;
  EXPECT_FALSE(plan.batch_from({0}, 4, batch)) << "places 4 and on lie in a block that is not open";
  EXPECT_TRUE(batch.empty());
  EXPECT_TRUE(plan.batch_from({0}, 8, batch));
}

TEST(BatchPlan, RanksShareAllPlacesAndAllRounds) {
  auto const scan = scan_of({2, 19, 5});
  auto const& blocks = scan.blocks;
  for (int const ranks : {1, 2, 7, 60}) {
    std::size_t place = 0;
    for (int rank = 0; rank < ranks; ++rank) {
      BatchPlan const plan(scan, 4, rank, ranks);
      auto const [first, last] = plan.blocks();
      EXPECT_LE(last - first, core::rounds(blocks.blocks(), ranks));
      EXPECT_EQ(plan.places().size() == 0, first == last);
      if (first == last) continue;
      EXPECT_EQ(plan.places().first, place);
      place = plan.places().end;
    }
    EXPECT_EQ(place, 2u * 19u * 5u) << ranks << " ranks";
  }
}

TEST(FramesOfPart, ShareOutABatch) {
  for (std::size_t const frames : {1u, 3u, 7u, 64u})
    for (std::size_t parts = 1; parts <= std::min<std::size_t>(frames, 8); ++parts) {
      std::size_t next = 0;
      for (std::size_t part = 0; part < parts; ++part) {
        auto const range = frames_of_part(frames, part, parts);
        EXPECT_EQ(range.first, next);
        EXPECT_GE(range.size(), frames / parts);
        EXPECT_LE(range.size(), frames / parts + 1);
        next = range.end;
      }
      EXPECT_EQ(next, frames) << parts << " parts";
    }
}

TEST(BlocksInMemory, AreThoseThatPlacesReadAheadLieIn) {
  EXPECT_EQ(blocks_in_memory(core::BlockPlan({1, 4, 100}), 16), 2u)
      << "two batches of 16 places in blocks of 100";
  EXPECT_EQ(blocks_in_memory(core::BlockPlan({1, 40, 4}), 8), 3u)
      << "16 places in blocks of 2 lines of 4";
  EXPECT_EQ(blocks_in_memory(core::BlockPlan({1, 3, 4}), 1000), 3u) << "no more than there are";
}

}  // namespace
}  // namespace xrdct::pipeline
