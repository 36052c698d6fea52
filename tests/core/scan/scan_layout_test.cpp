#include <gtest/gtest.h>

#include "core/scan/scan_layout.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

TEST(BlockPlan, LinesPerBlockAreASixteenthOfTheSlowLinesFromOneToEight) {
  for (auto const& [slow, lines] : {std::pair<std::size_t, std::size_t>{1, 1},
                                    {31, 1},
                                    {32, 2},
                                    {96, 6},
                                    {128, 8},
                                    {5000, 8}}) {
    EXPECT_EQ(BlockPlan({1, slow, 7}).lines_per_block(), lines) << slow;
  }
}

TEST(BlockPlan, BlocksCoverEveryPlaceOnceAndStayInOneHeight) {
  ScanShape const shape{3, 35, 5};
  BlockPlan const plan(shape);
  ASSERT_EQ(plan.lines_per_block(), 2u);
  ASSERT_EQ(plan.blocks(), 54u);
  std::size_t next = 0;
  for (std::size_t block = 0; block < plan.blocks(); ++block) {
    auto const [first, count] = plan.places_of(block);
    EXPECT_EQ(first, next);
    EXPECT_EQ(first / (shape.slow * shape.fast), plan.height_of(block));
    EXPECT_EQ((first + count - 1) / (shape.slow * shape.fast), plan.height_of(block));
    next = first + count;
  }
  EXPECT_EQ(next, shape.places());
  EXPECT_EQ(plan.lines_of(17), (std::pair<std::size_t, std::size_t>{34, 1}))
      << "the last block of a height is shorter";
  EXPECT_EQ(plan.lines_of(18), (std::pair<std::size_t, std::size_t>{0, 2}));
}

TEST(BlockPlan, ChunkIsABlockHighAndAtMost64BinsWide) {
  BlockPlan const plan({1, 96, 61});
  EXPECT_EQ(plan.places_per_chunk(), 6u * 61u);
  EXPECT_EQ(plan.chunk_of({1, 1000}), (PatternShape{1, 64}));
  EXPECT_EQ(plan.chunk_of({1, 20}), (PatternShape{1, 20}));
}

TEST(BlockPlan, ChunkOfACakeHasRowsUpTo256Kibibytes) {
  EXPECT_EQ(BlockPlan({1, 96, 61}).chunk_of({72, 500}), (PatternShape{2, 64}))
      << "366 places: 92 kB a row";
  EXPECT_EQ(BlockPlan({1, 19, 61}).chunk_of({72, 500}), (PatternShape{15, 64}))
      << "5 chunks of 15 rows waste less than 16 each";
  EXPECT_EQ(BlockPlan({1, 720, 720}).chunk_of({360, 500}), (PatternShape{1, 32}));
  EXPECT_EQ(BlockPlan({1, 1, 1}).chunk_of({8, 10}), (PatternShape{8, 10}));
}

TEST(BlockPlan, BlocksOfLargePatternsHaveFewerLines) {
  ScanShape const shape{1, 720, 512};
  EXPECT_EQ(BlockPlan(shape, 4096).lines_per_block(), 8u) << "as it was before there were cakes";
  EXPECT_EQ(BlockPlan(shape, 36'000).lines_per_block(), 1u);
  EXPECT_EQ(BlockPlan({1, 96, 61}, 36'000).lines_per_block(), 6u);
  EXPECT_EQ(BlockPlan({1, 96, 61}, 100'000).lines_per_block(), 2u);
  EXPECT_EQ(BlockPlan({1, 96, 61}, 10'000'000).lines_per_block(), 1u)
      << "a block is a line at least";
}

// HDF5 before 2.0 reads a chunk above 1 MiB value by value.
TEST(BlockPlan, ChunkOfLongLinesHasFewerBinsToStayBelowOneMebibyte) {
  EXPECT_EQ(BlockPlan({1, 720, 512}).chunk_of({1, 2000}).columns, 64u);
  EXPECT_EQ(BlockPlan({1, 720, 720}).chunk_of({1, 2000}).columns, 32u);
  EXPECT_EQ(BlockPlan({1, 720, 100000}).chunk_of({1, 2000}).columns, 16u);
}

TEST(BlocksOfRank, AreContiguousBalancedAndLowRanksAreLarger) {
  for (std::size_t blocks : {0u, 1u, 3u, 8u, 61u}) {
    for (int ranks : {1, 2, 4, 7}) {
      std::size_t next = 0, largest = 0, previous = blocks + 1;
      for (int rank = 0; rank < ranks; ++rank) {
        auto const [first, last] = blocks_of_rank(blocks, rank, ranks);
        EXPECT_EQ(first, next);
        EXPECT_LE(last - first, previous);
        EXPECT_GE(last - first, blocks / static_cast<std::size_t>(ranks));
        previous = last - first;
        largest = std::max(largest, last - first);
        next = last;
      }
      EXPECT_EQ(next, blocks);
      EXPECT_EQ(rounds(blocks, ranks), largest) << blocks << " blocks, " << ranks << " ranks";
    }
  }
}

}  // namespace
}  // namespace xrdct::core
