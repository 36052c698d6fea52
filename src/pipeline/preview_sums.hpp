#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xrdct::pipeline {

/// Sums over places of one reduction, per bin: what the preview is made of.
struct BinSums {
  std::vector<double> sum;           //!< [bin] Σ I over places with a value
  std::vector<double> maximum;       //!< [bin] −inf: no value
  std::vector<std::int64_t> places;  //!< [bin] places with a value

  BinSums() = default;
  explicit BinSums(std::size_t bins);
  /// Adds the patterns of some places. \param intensity [place][bin], NaN: no value
  void add(std::span<float const> intensity);
  void add(BinSums const& other);
  std::vector<double> mean() const;            //!< NaN where no place has a value
  std::vector<double> maximum_or_nan() const;  //!< NaN where no place has a value
};

/*!
 * Adds up blocks in a fixed binary tree over the block numbers, so that the sum does not depend on
 * which rank has which blocks.
 *
 * Node (level, index) covers the blocks [index·2^level, (index+1)·2^level). A rank adds its
 * consecutive blocks in order and keeps 2·log₂(blocks) nodes at most; the nodes of all ranks
 * together give the root. Memory: nodes × reductions × bins × 24 B.
 */
class BlockTree {
 public:
  explicit BlockTree(std::size_t blocks) : blocks_(blocks) {}

  /// One entry per reduction. Blocks of one tree are added in ascending order; some may be left
  /// out.
  void add(std::size_t block, std::vector<BinSums> sums);
  std::size_t nodes() const { return nodes_.size(); }
  std::vector<std::byte> packed() const;
  /// The sums over all blocks, from the packed trees of all ranks.
  /// \throws core::AssertionError a block is missing or came twice
  static std::vector<BinSums> combined(std::size_t blocks,
                                       std::span<std::vector<std::byte> const> packed);

 private:
  struct Node {
    std::size_t level = 0;
    std::size_t index = 0;
    std::vector<BinSums> sums;
  };
  void push(Node node);
  static Node unpacked(std::span<std::byte const>& bytes);

  std::size_t blocks_;
  std::vector<Node> nodes_;  //!< in ascending order of the blocks they cover
};

/// The most nodes that rank 0 of so many has at once: its own while it adds blocks; at the end its
/// own, packed ones of all ranks, and the tree of all.
std::size_t most_nodes(std::size_t blocks, int ranks);

}  // namespace xrdct::pipeline
