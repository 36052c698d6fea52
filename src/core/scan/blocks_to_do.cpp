// Counts the blocks that are left without gaps.
#include "core/scan/blocks_to_do.hpp"

#include <algorithm>

#include "core/words/errors.hpp"

namespace xrdct::core {

BlocksToDo::BlocksToDo(BlockPlan plan, std::vector<std::size_t> blocks)
    : plan_(plan), blocks_(std::move(blocks)) {
  XRDCT_ASSERT(std::is_sorted(blocks_.begin(), blocks_.end()));
  first_.push_back(0);
  for (std::size_t const block : blocks_)
    first_.push_back(first_.back() + plan_.places_of(block).second);
}

std::size_t BlocksToDo::places() const noexcept {
  if (all_) return plan_.shape().places();
  return first_.empty() ? 0 : first_.back();
}

std::pair<std::size_t, std::size_t> BlocksToDo::places_of(std::size_t block) const {
  if (all_) return plan_.places_of(block);
  XRDCT_ASSERT(block < blocks_.size());
  return {first_[block], first_[block + 1] - first_[block]};
}

std::size_t BlocksToDo::block_of_scan(std::size_t block) const {
  return all_ ? block : blocks_.at(block);
}

std::size_t BlocksToDo::place_of_scan(std::size_t place) const {
  if (all_) return place;
  std::size_t const block = block_with(place);
  return plan_.places_of(blocks_[block]).first + (place - first_[block]);
}

std::size_t BlocksToDo::block_with(std::size_t place) const {
  XRDCT_ASSERT(place < places());
  std::size_t first = 0, behind = blocks();
  while (behind - first > 1) {
    std::size_t const middle = first + (behind - first) / 2;
    (places_of(middle).first <= place ? first : behind) = middle;
  }
  return first;
}

}  // namespace xrdct::core
