#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "core/scan/scan_layout.hpp"

namespace xrdct::core {

/*!
 * The blocks of a scan that a run has to make, one after the other: all of them, or those that
 * earlier runs have left.
 *
 * They and their places are counted from 0 without gaps, so that whoever goes through them need not
 * know what is missing. Memory: none for all blocks, else 16 B per block.
 */
class BlocksToDo {
 public:
  BlocksToDo() = default;
  /// All blocks.
  BlocksToDo(BlockPlan plan) : plan_(plan), all_(true) {}  // NOLINT(google-explicit-constructor)
  /// \param blocks in ascending order
  BlocksToDo(BlockPlan plan, std::vector<std::size_t> blocks);

  std::size_t blocks() const noexcept { return all_ ? plan_.blocks() : blocks_.size(); }
  std::size_t places() const noexcept;
  /// First place and number of places of a block, all counted here.
  std::pair<std::size_t, std::size_t> places_of(std::size_t block) const;
  /// Which block of the scan it is.
  std::size_t block_of_scan(std::size_t block) const;
  /// Which place of the scan it is.
  std::size_t place_of_scan(std::size_t place) const;
  /// The block that a place lies in, both counted here.
  std::size_t block_with(std::size_t place) const;

  BlockPlan const& of_scan() const noexcept { return plan_; }

 private:
  BlockPlan plan_;
  bool all_ = false;
  std::vector<std::size_t> blocks_;  //!< of the scan
  std::vector<std::size_t> first_;   //!< place, counted here; one more than blocks
};

}  // namespace xrdct::core
