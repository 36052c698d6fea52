#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace xrdct::core {

/// Places of a scan: heights × slow lines × fast points, fast index last.
struct ScanShape {
  std::size_t height = 1;
  std::size_t slow = 1;
  std::size_t fast = 1;
  std::size_t places() const noexcept { return height * slow * fast; }
  bool operator==(ScanShape const&) const = default;
};

/*!
 * Place → frame index, for a scan in the order of its lines.
 *
 *     n = (height·slow_points + slow)·fast_points + fast'         fast' = fast_points − 1 − fast on odd lines of a snake, else fast
 *     frame = first_frame + n, or −1 where the scan ended before
 *
 * The lines of a snake are counted through all heights. Pure arithmetic: no table, whatever the size of the scan.
 */
class PlaceMap {
 public:
  PlaceMap() = default;
  PlaceMap(ScanShape shape, bool snake, std::int64_t first_frame, std::int64_t frames);
  ScanShape shape() const noexcept { return shape_; }
  /// Frame of a place (place = (height·slow + slow)·fast + fast), or −1.
  std::int64_t frame_of(std::size_t place) const;

 private:
  ScanShape shape_;
  bool snake_ = false;
  std::int64_t first_frame_ = 0;
  std::int64_t frames_ = 0;
};

/*!
 * Cut of the output into blocks and chunks: a function of the shape alone, never of the number of ranks.
 *
 * A block is A consecutive slow lines of one height × all fast points × all bins, A = clamp(slow/16, 1, 8); the last block of a
 * height may be shorter. A chunk is (1, A, fast, 16 to 64 bins): a block is a whole number of chunks, its edge chunks padded with zero.
 */
class BlockPlan {
 public:
  BlockPlan() = default;
  explicit BlockPlan(ScanShape shape);
  ScanShape shape() const noexcept { return shape_; }
  std::size_t lines_per_block() const noexcept { return lines_; }
  std::size_t blocks() const noexcept;
  std::size_t height_of(std::size_t block) const;
  /// First slow line and number of lines of a block.
  std::pair<std::size_t, std::size_t> lines_of(std::size_t block) const;
  /// First place and number of places of a block; its places are consecutive.
  std::pair<std::size_t, std::size_t> places_of(std::size_t block) const;
  static constexpr std::size_t most_chunk_bins = 64, fewest_chunk_bins = 16;
  static constexpr std::size_t largest_chunk_bytes = std::size_t{1} << 20;
  /// (1, A, fast, w): w = 64 bins, halved down to 16 while a chunk of float32 has more than 1 MiB; at most `bins`. See
  /// docs/decisions/0001-chunking.md.
  std::array<std::size_t, 4> chunk_shape(std::size_t bins) const;

 private:
  ScanShape shape_;
  std::size_t lines_ = 1;
};

/// Blocks [first, last) of a rank: contiguous, sizes differ by at most one, low ranks have the larger ones.
std::pair<std::size_t, std::size_t> blocks_of_rank(std::size_t blocks, int rank, int ranks);

/// Number of collective rounds: the largest number of blocks of any rank.
std::size_t rounds(std::size_t blocks, int ranks);

}  // namespace xrdct::core
