#pragma once
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

/// Bins of one pattern: rows × columns, azimuthal × radial in a cake. Profiles, radial or
/// azimuthal, have one row.
struct PatternShape {
  std::size_t rows = 1;
  std::size_t columns = 1;
  std::size_t bins() const noexcept { return rows * columns; }
  bool operator==(PatternShape const&) const = default;
};

/*!
 * Cut of the output into blocks and chunks: a function of the shapes alone, never of the number of
 * ranks.
 *
 * A block is A consecutive slow lines of one height × all fast points × all bins; the last block of
 * a height may be shorter.
 *
 *     A = clamp(slow/16, 1, 8);
 *     with a pattern of more than 4096 bins at most 64 MiB/(4 B · fast · bins), but 1 line at least
 *
 * A chunk is (1, A, fast, 16 to 64 bins), of cakes (1, A, fast, azimuthal, 16 to 64 radial): a
 * block is a whole number of chunks, its edge chunks padded with zero.
 */
class BlockPlan {
 public:
  BlockPlan() = default;
  /// \param most_bins of any pattern of the scan
  explicit BlockPlan(ScanShape shape, std::size_t most_bins = 1);
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
  /// up to here A does not depend on the bins
  static constexpr std::size_t most_plain_bins = 4096;
  static constexpr std::size_t largest_block_bytes = std::size_t{64} << 20;  //!< of one dataset
  static constexpr std::size_t filled_chunk_bytes = std::size_t{1} << 18;
  /*!
   * The bins of a chunk of A × fast places.
   *
   * Columns: 64, halved down to 16 while a chunk of one row of float32 has more than 1 MiB; at most
   * those of the pattern. Rows: as many as 256 KiB hold, evenly shared, so that a cake has not too
   * many chunks. See docs/decisions/0001-chunking.md.
   */
  PatternShape chunk_of(PatternShape const& pattern) const;
  std::size_t places_per_chunk() const noexcept { return lines_ * shape_.fast; }

 private:
  ScanShape shape_;
  std::size_t lines_ = 1;
};

/// Blocks [first, last) of a rank: contiguous, sizes differ by at most one, low ranks have the
/// larger ones.
std::pair<std::size_t, std::size_t> blocks_of_rank(std::size_t blocks, int rank, int ranks);

/// Number of collective rounds: the largest number of blocks of any rank.
std::size_t rounds(std::size_t blocks, int ranks);

}  // namespace xrdct::core
