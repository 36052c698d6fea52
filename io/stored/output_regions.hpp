#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "io/nexus/output_layout.hpp"

/// Where the values of a scan lie in an output file, and what their checksums are of.
namespace xrdct::io {

/// Consecutive bytes of a file.
struct FileRegion {
  std::uint64_t address = 0;
  std::size_t bytes = 0;
};

/// One dataset that blocks fill.
struct BlockColumn {
  std::string path;             //!< "/entry/mean/I"
  std::uint64_t address = 0;    //!< of its first byte
  std::size_t block_bytes = 0;  //!< of a whole block, with the padding of its chunks
  /// of one value per place, stored without padding: a short block has fewer bytes; 0: chunks
  std::size_t place_bytes = 0;
};

/*!
 * The bytes of an output file, each in one of three kinds that have checksums of their own
 * (XXH3, 64 bit, with a seed that says what they stand for):
 *
 *     blocks × columns   XXH3(bytes of the block in the dataset, seed = block · columns + column)
 *     previews           XXH3(mean and maximum of each reduction, seed = 2^64 − 2)
 *     structure          XXH3(all other bytes but the checksums, by address, seed = 2^64 − 1)
 *
 * A block is one run of bytes in each column. Its checksums are a row of
 * `/entry/process/checksums/blocks`, u64 [block][column]; `…/others` is {structure, previews}.
 * Memory: none that grows with the scan.
 */
class OutputRegions {
 public:
  /// The datasets of a layout, which lie at `addresses`.
  OutputRegions(core::BlockPlan plan, OutputLayout const& layout,
                std::vector<std::uint64_t> const& addresses);

  core::BlockPlan const& plan() const noexcept { return plan_; }
  std::size_t blocks() const noexcept { return plan_.blocks(); }
  std::vector<BlockColumn> const& columns() const noexcept { return columns_; }
  FileRegion region(std::size_t block, std::size_t column) const;
  FileRegion row(std::size_t block) const;  //!< its checksums
  std::uint64_t seed(std::size_t block, std::size_t column) const noexcept {
    return std::uint64_t{block} * columns_.size() + column;
  }
  /// A block for people: "block 17 (height 0, lines 136 to 143)".
  std::string describe(std::size_t block) const;

  static constexpr std::uint64_t structure_seed = ~std::uint64_t{0};
  static constexpr std::uint64_t previews_seed = structure_seed - 1;
  std::vector<FileRegion> const& previews() const noexcept { return previews_; }
  FileRegion others() const noexcept { return others_; }
  /// What is not structure, by address.
  std::vector<FileRegion> const& values() const noexcept { return values_; }

 private:
  core::BlockPlan plan_;
  std::vector<BlockColumn> columns_;
  std::vector<FileRegion> previews_, values_;
  FileRegion rows_, others_;
};

/// The regions of a finished output. \throws core::IoError no such file, or no output that has
/// checksums
OutputRegions regions_of_file(std::filesystem::path const& file);

}  // namespace xrdct::io
