#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "io/nexus/stored_type.hpp"

/// An output that is filled block by block while a run goes on: what writing, proving and going on
/// need to know of it, whatever it holds.
namespace xrdct::io {

/// A dataset that is filled while the run goes on.
struct OutputDataset {
  std::string path;  //!< "/entry/mean/I"
  StoredType type = StoredType::f4;
  std::vector<std::size_t> extent;
  std::vector<std::size_t> chunk;  //!< empty: contiguous

  std::size_t chunks() const;  //!< number of chunks, 1 when contiguous
  std::size_t elements_each()
      const;  //!< elements of a chunk with its padding, or of all when contiguous
  std::size_t stored_bytes() const;  //!< with padding
};

/*!
 * How neighbouring blocks lie in one dataset: each is `runs` runs of bytes.
 *
 *     h = i/(rows·in_row), r = i/in_row mod rows, k = i mod in_row         of block first_block + i
 *     run n begins at ((h·runs + n)·rows + r)·row_bytes + k·run_bytes
 *     and has min(run_bytes, row_bytes − k·run_bytes) bytes
 *
 * A block of sinograms is one run, and a row a height. A block of slices is one run in each tile,
 * and a row holds all bins of a tile, or of one azimuth of it.
 */
struct BlockRuns {
  std::size_t dataset = 0;  //!< of the layout
  std::size_t first_block = 0, blocks = 0;
  std::size_t in_row = 1, rows = 1, runs = 1;
  std::size_t run_bytes = 0, row_bytes = 0;
};

/// What blocks have a checksum of, each in one of these datasets.
struct BlockColumn {
  std::string name;              //!< the path of a dataset, or what its datasets have in common
  std::vector<BlockRuns> parts;  //!< ascending; a block without a part has no bytes here
};

struct BlockedLayout {
  std::vector<OutputDataset> datasets;  //!< in the order in which they are made
  std::size_t blocks = 0;
  std::vector<BlockColumn>
      columns_of_blocks;            //!< that blocks fill, in the order of their checksums
  std::vector<std::size_t> last;    //!< datasets that one rank writes at the end: previews
  std::size_t checksums = 0;        //!< [block][column]
  std::size_t other_checksums = 0;  //!< {of the structure, of the previews}
  /// A block for people: "block 17 (height 0, lines 136 to 143)".
  std::function<std::string(std::size_t)> describe;

  std::size_t add(OutputDataset dataset);
  /// Adds the datasets of checksums, when all columns are known.
  void add_checksums();
};

/// Datasets of this size and above begin at multiples of it: no two of them share a stripe of a
/// parallel file system. [bytes]
inline constexpr std::size_t output_alignment = std::size_t{1} << 20;

/// Σ of the bytes of all datasets.
std::size_t stored_bytes(BlockedLayout const& layout);
/// What their alignment may take beside that, at most [bytes].
std::size_t bytes_of_gaps(BlockedLayout const& layout);

}  // namespace xrdct::io
