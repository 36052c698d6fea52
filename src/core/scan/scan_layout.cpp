// How the places of a scan are cut into blocks.
#include "core/scan/scan_layout.hpp"

#include <algorithm>

#include "core/words/errors.hpp"

namespace xrdct::core {

BlockPlan::BlockPlan(ScanShape shape, std::size_t most_bins)
    : shape_(shape), lines_(std::clamp<std::size_t>(shape.slow / 16, 1, 8)) {
  if (most_bins <= most_plain_bins) return;
  std::size_t const line_bytes = shape.fast * most_bins * sizeof(float);
  lines_ = std::clamp<std::size_t>(largest_block_bytes / line_bytes, 1, lines_);
}

std::size_t BlockPlan::blocks() const noexcept {
  return shape_.height * ((shape_.slow + lines_ - 1) / lines_);
}

std::size_t BlockPlan::height_of(std::size_t block) const {
  XRDCT_ASSERT(block < blocks());
  return block / ((shape_.slow + lines_ - 1) / lines_);
}

std::pair<std::size_t, std::size_t> BlockPlan::lines_of(std::size_t block) const {
  XRDCT_ASSERT(block < blocks());
  std::size_t const first = block % ((shape_.slow + lines_ - 1) / lines_) * lines_;
  return {first, std::min(lines_, shape_.slow - first)};
}

std::pair<std::size_t, std::size_t> BlockPlan::places_of(std::size_t block) const {
  auto const [first_line, lines] = lines_of(block);
  return {(height_of(block) * shape_.slow + first_line) * shape_.fast, lines * shape_.fast};
}

PatternShape BlockPlan::chunk_of(PatternShape const& pattern) const {
  std::size_t const column_bytes = places_per_chunk() * sizeof(float);
  std::size_t wide = most_chunk_bins;
  while (wide > fewest_chunk_bins && column_bytes * wide > largest_chunk_bytes) wide /= 2;
  std::size_t const columns = std::min(pattern.columns, wide);
  std::size_t const most_rows =
      std::max<std::size_t>(1, filled_chunk_bytes / (column_bytes * columns));
  std::size_t const chunks = (pattern.rows + most_rows - 1) / most_rows;
  return {(pattern.rows + chunks - 1) / chunks, columns};
}

std::pair<std::size_t, std::size_t> blocks_of_rank(std::size_t blocks, int rank, int ranks) {
  XRDCT_ASSERT(ranks > 0 && rank >= 0 && rank < ranks);
  auto const r = static_cast<std::size_t>(rank);
  std::size_t const each = blocks / static_cast<std::size_t>(ranks);
  std::size_t const larger = blocks % static_cast<std::size_t>(ranks);
  std::size_t const first = r * each + std::min(r, larger);
  return {first, first + each + (r < larger ? 1 : 0)};
}

std::size_t rounds(std::size_t blocks, int ranks) {
  XRDCT_ASSERT(ranks > 0);
  auto const n = static_cast<std::size_t>(ranks);
  return (blocks + n - 1) / n;
}

}  // namespace xrdct::core
