// Which places of a rank make a batch, and how much of the scan is in memory.
#include "pipeline/batch_plan.hpp"

#include <gtest/gtest.h>

namespace xrdct::pipeline {
namespace {

TEST(BatchPlan, CutsThePlacesOfARankOneAfterTheOther) {
  BatchPlan const plan(core::BlockPlan({1, 3, 4}), 5, 0, 1);
  EXPECT_EQ(plan.places().first, 0u);
  ASSERT_EQ(plan.places().end, 12u);
  std::vector<std::size_t> sizes;
  std::size_t place = 0;
  while (auto const batch = plan.batch_from(place, 12)) {
    EXPECT_EQ(batch->first, place);
    sizes.push_back(batch->size());
    place = batch->end;
  }
  EXPECT_EQ(place, 12u);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{5, 5, 2}));
}

TEST(BatchPlan, WaitsForBlocksThatHaveMemory) {
  BatchPlan const plan(core::BlockPlan({1, 3, 4}), 5, 0, 1);
  EXPECT_FALSE(plan.batch_from(0, 4)) << "places 4 and on lie in a block that is not open";
  EXPECT_TRUE(plan.batch_from(0, 8));
}

TEST(BatchPlan, RanksShareAllPlacesAndAllRounds) {
  core::BlockPlan const blocks({2, 19, 5});
  for (int const ranks : {1, 2, 7, 60}) {
    std::size_t place = 0;
    for (int rank = 0; rank < ranks; ++rank) {
      BatchPlan const plan(blocks, 4, rank, ranks);
      auto const [first, last] = plan.blocks();
      EXPECT_EQ(last - first + plan.rounds_without_block(), core::rounds(blocks.blocks(), ranks));
      EXPECT_EQ(plan.places().size() == 0, first == last);
      if (first == last) continue;
      EXPECT_EQ(plan.places().first, place);
      place = plan.places().end;
    }
    EXPECT_EQ(place, 2u * 19u * 5u) << ranks << " ranks";
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
