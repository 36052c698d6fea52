#include "core/scan/blocks_to_do.hpp"

#include <gtest/gtest.h>

#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

// 2 heights × 5 lines of 3 points, one line to a block.
BlockPlan const plan({2, 5, 3});

TEST(BlocksToDo, counts_all_blocks_as_the_scan_does) {
  BlocksToDo const all(plan);
  ASSERT_EQ(all.blocks(), plan.blocks());
  EXPECT_EQ(all.places(), 30u);
  for (std::size_t block = 0; block < all.blocks(); ++block) {
    EXPECT_EQ(all.places_of(block), plan.places_of(block));
    EXPECT_EQ(all.block_of_scan(block), block);
  }
  EXPECT_EQ(all.place_of_scan(17), 17u);
  EXPECT_EQ(all.block_with(17), 5u);
}

TEST(BlocksToDo, counts_those_that_are_left_without_gaps) {
  BlocksToDo const left(plan, {1, 4, 9});
  ASSERT_EQ(left.blocks(), 3u);
  EXPECT_EQ(left.places(), 9u);
  EXPECT_EQ(left.places_of(2), (std::pair<std::size_t, std::size_t>(6, 3)));
  EXPECT_EQ(left.block_of_scan(2), 9u);
  EXPECT_EQ(left.place_of_scan(0), 3u);
  EXPECT_EQ(left.place_of_scan(5), 14u);
  EXPECT_EQ(left.place_of_scan(8), 29u);
  EXPECT_EQ(left.block_with(5), 1u);
}

TEST(BlocksToDo, knows_when_nothing_is_left) {
  BlocksToDo const none(plan, {});
  EXPECT_EQ(none.blocks(), 0u);
  EXPECT_EQ(none.places(), 0u);
  EXPECT_THROW(none.places_of(0), AssertionError);
}

}  // namespace
}  // namespace xrdct::core
