#include "pipeline/preview_sums.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/errors.hpp"

namespace xrdct::pipeline {
namespace {

float const nan_value = std::numeric_limits<float>::quiet_NaN();

std::vector<BinSums> leaf(std::size_t block) {
  std::vector<BinSums> sums;
  sums.emplace_back(2);
  // Values whose sum depends on the order of addition.
  std::vector<float> const pattern{1.0f / static_cast<float>(3 + block),
                                   (block % 3 == 0 ? 1e7f : 0.1f) / static_cast<float>(7 + block)};
  sums.back().add(pattern);
  return sums;
}

std::vector<BinSums> sum_over_ranks(std::size_t blocks, int ranks) {
  std::vector<std::vector<std::byte>> packed;
  for (int rank = 0; rank < ranks; ++rank) {
    BlockTree tree(blocks);
    auto const [first, last] = core::blocks_of_rank(blocks, rank, ranks);
    for (std::size_t block = first; block < last; ++block) tree.add(block, leaf(block));
    packed.push_back(tree.packed());
  }
  return BlockTree::combined(blocks, packed);
}

TEST(BinSums, MeanAndMaximumLeaveOutEmptyBins) {
  BinSums sums(3);
  std::vector<float> const places{1.0f, nan_value, nan_value, 3.0f, -2.0f, nan_value};
  sums.add(places);
  EXPECT_EQ(sums.mean()[0], 2.0);
  EXPECT_EQ(sums.mean()[1], -2.0);
  EXPECT_TRUE(std::isnan(sums.mean()[2]));
  EXPECT_EQ(sums.maximum_or_nan()[0], 3.0);
  EXPECT_EQ(sums.maximum_or_nan()[1], -2.0);
  EXPECT_TRUE(std::isnan(sums.maximum_or_nan()[2]));
}

TEST(BlockTree, TellsTheMostNodes) {
  EXPECT_EQ(most_nodes(1, 1), 4u);      // its own, packed, gathered, of all
  EXPECT_EQ(most_nodes(6, 1), 4u);      // three while blocks are added
  EXPECT_EQ(most_nodes(1023, 1), 10u);  // of 512, 256 … 2 blocks, and the one that comes
  EXPECT_EQ(most_nodes(6, 2), 12u);     // {0, 1}, {2} and {3}, {4, 5}
}

// As after a run that was ended: blocks of earlier runs and of this one lie among each other.
TEST(BlockTree, SameBitsWhicheverRankHasWhichBlocks) {
  for (std::size_t const blocks : {5u, 8u, 31u, 100u}) {
    auto const alone = sum_over_ranks(blocks, 1);
    for (std::size_t const step : {2u, 3u, 7u}) {
      std::vector<std::vector<std::byte>> packed;
      for (std::size_t first = 0; first < step; ++first) {
        BlockTree tree(blocks);
        for (std::size_t block = first; block < blocks; block += step) tree.add(block, leaf(block));
        packed.push_back(tree.packed());
      }
      auto const together = BlockTree::combined(blocks, packed);
      EXPECT_EQ(together[0].sum, alone[0].sum) << blocks << " by " << step;
      EXPECT_EQ(together[0].maximum, alone[0].maximum);
      EXPECT_EQ(together[0].places, alone[0].places);
    }
  }
}

TEST(BlockTree, SameBitsForEveryNumberOfRanks) {
  for (std::size_t const blocks : {1u, 2u, 3u, 5u, 8u, 13u, 31u, 100u}) {
    auto const alone = sum_over_ranks(blocks, 1);
    EXPECT_EQ(alone[0].places[0], static_cast<std::int64_t>(blocks));
    for (int const ranks : {2, 3, 4, 7, 40}) {
      auto const shared = sum_over_ranks(blocks, ranks);
      EXPECT_EQ(shared[0].sum, alone[0].sum) << blocks << " blocks on " << ranks << " ranks";
      EXPECT_EQ(shared[0].maximum, alone[0].maximum);
      EXPECT_EQ(shared[0].places, alone[0].places);
    }
  }
}

TEST(BlockTree, OrdinarySumIsOrderDependentHere) {
  // The control: with these leaves another order gives other bits, so that the test above can see a
  // wrong tree.
  double forward = 0.0;
  double backward = 0.0;
  for (std::size_t block = 0; block < 100; ++block) forward += leaf(block)[0].sum[1];
  for (std::size_t block = 100; block-- > 0;) backward += leaf(block)[0].sum[1];
  EXPECT_NE(forward, backward);
}

TEST(BlockTree, KeepsFewNodes) {
  std::size_t const blocks = 1 << 12;
  BlockTree tree(blocks);
  for (std::size_t block = 1; block + 1 < blocks; ++block) tree.add(block, leaf(block));
  std::size_t const node_bytes = 3 * 8 + 8 + 2 * 3 * 8;
  EXPECT_LE(tree.packed().size(), 2 * 12 * node_bytes);
}

TEST(BlockTree, MissingBlockIsAnError) {
  BlockTree tree(4);
  tree.add(0, leaf(0));
  tree.add(2, leaf(2));
  std::vector<std::vector<std::byte>> const packed{tree.packed()};
  EXPECT_THROW(BlockTree::combined(4, packed), core::AssertionError);
}

}  // namespace
}  // namespace xrdct::pipeline
