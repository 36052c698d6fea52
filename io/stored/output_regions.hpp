#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/nexus/blocked_layout.hpp"

/// Where the values of blocks lie in an output file, and what their checksums are of.
namespace xrdct::io {

/// Consecutive bytes of a file.
struct FileRegion {
  std::uint64_t address = 0;
  std::size_t bytes = 0;
};

/// Equally long runs of bytes at equal distances.
struct BlockRegion {
  std::uint64_t address = 0;  //!< of the first run
  std::size_t bytes = 0;      //!< of a run
  std::size_t runs = 1;
  std::size_t stride = 0;  //!< from the begin of a run to that of the next

  FileRegion run(std::size_t number) const noexcept { return {address + number * stride, bytes}; }
  std::size_t total() const noexcept { return runs * bytes; }
};

/*!
 * The bytes of an output file, each in one of three kinds that have checksums of their own
 * (XXH3, 64 bit, with a seed that says what they stand for):
 *
 *     blocks × columns   XXH3(bytes of the block in the column, seed = block · columns + column)
 *     previews           XXH3(the datasets that are written last, seed = 2^64 − 2)
 *     structure          XXH3(all other bytes but the checksums, by address, seed = 2^64 − 1)
 *
 * The checksums of a block are a row of `/entry/process/checksums/blocks`, u64 [block][column];
 * `…/others` is {structure, previews}. Memory: none that grows with the output.
 */
class OutputRegions {
 public:
  /// The datasets of a layout, which lie at `addresses`.
  OutputRegions(BlockedLayout const& layout, std::vector<std::uint64_t> addresses);

  std::size_t blocks() const noexcept { return blocks_; }
  std::size_t columns() const noexcept { return columns_.size(); }
  /// Without runs where a block has no bytes in a column.
  BlockRegion region(std::size_t block, std::size_t column) const;
  /// The dataset in which a block has its bytes of a column: "/entry/mean/I".
  std::string const& path(std::size_t block, std::size_t column) const;
  /// Runs of any block in a column, and bytes of the longest one.
  std::size_t most_runs(std::size_t column) const;
  std::size_t largest_run(std::size_t column) const;
  FileRegion row(std::size_t block) const;  //!< its checksums
  std::uint64_t seed(std::size_t block, std::size_t column) const noexcept {
    return std::uint64_t{block} * columns_.size() + column;
  }
  /// A block for people: "block 17 (height 0, lines 136 to 143)".
  std::string describe(std::size_t block) const { return describe_(block); }

  static constexpr std::uint64_t structure_seed = ~std::uint64_t{0};
  static constexpr std::uint64_t previews_seed = structure_seed - 1;
  std::vector<FileRegion> const& previews() const noexcept { return previews_; }
  FileRegion others() const noexcept { return others_; }
  /// What is not structure, by address.
  std::vector<FileRegion> const& values() const noexcept { return values_; }

 private:
  BlockRuns const* part(std::size_t block, std::size_t column) const;

  std::size_t blocks_ = 0;
  std::vector<BlockColumn> columns_;
  std::vector<std::string> paths_;        //!< of the datasets
  std::vector<std::uint64_t> addresses_;  //!< of the datasets
  std::vector<FileRegion> previews_, values_;
  FileRegion rows_, others_;
  std::function<std::string(std::size_t)> describe_;
};

/// The regions of a finished output of `reduce` or `reconstruct`.
/// \throws core::IoError no such file, or no output that has checksums
OutputRegions regions_of_file(std::filesystem::path const& file);

}  // namespace xrdct::io
