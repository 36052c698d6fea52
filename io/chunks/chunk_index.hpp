#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5/stored_dataset.hpp"

namespace xrdct::io {

/// Number of a chunk in its dataset, in C order of the grid of chunks.
struct ChunkKey {
  std::size_t dataset = 0;
  std::int64_t chunk = 0;
  auto operator<=>(ChunkKey const&) const = default;
};

/// Where the stored bytes of a chunk are.
struct ChunkPlace {
  std::int64_t address = 0;     //!< in the file
  std::int64_t bytes = 0;       //!< stored size
  bool filtered = true;         //!< false: stored without the filters of the dataset
  std::vector<std::byte> held;  //!< the bytes themselves, where their address cannot be had cheaply
  std::string problem;  //!< not empty: why the chunk cannot be read, "expected …, found …"
};

using ChunkPlaces = std::map<ChunkKey, ChunkPlace>;

/// Above this number of chunks the bytes are fetched by HDF5: asking it for an address takes a time
/// that grows with the number of chunks.
constexpr std::int64_t most_chunks_by_address = 20000;

/// Whether the chunks of a dataset are found by their addresses.
bool located_by_address(StoredDataset const& set);

/*!
 * Looks up chunks of one dataset and adds them to `places`. Main thread; uses HDF5.
 *
 * By H5Dget_chunk_info_by_coord; where the dataset has more than `most_chunks_by_address` chunks or
 * its file a user block, by H5Dread_chunk, and the bytes stay in memory. A chunk that HDF5 cannot
 * find or read, and each of a file that it can no longer open, is a `problem` of its own.
 */
void look_up_chunks(Hdf5Files& files, StoredDataset const& set, std::size_t dataset,
                    std::span<std::int64_t const> chunks, ChunkPlaces& places);

/// Above this number of chunks not all places are asked for while a dataset is opened.
constexpr std::int64_t most_chunks_known = 256;

/// The places of all chunks of a dataset that is open, [chunk]; empty: they are many, not found by
/// address, or HDF5 fails to tell one, which `look_up_chunks` tries again.
std::vector<ChunkPlace> places_of_all_chunks(hid_t dataset, StoredDataset const& set);

/// Whether nothing was ever stored for a chunk.
bool was_never_written(ChunkPlace const& place);

/// A chunk for which nothing was ever stored.
ChunkPlace unwritten_place();

/// Why frames of a chunked dataset cannot be read, [frame], as far as the sizes of their chunks
/// tell: no chunk is read. "expected …, found …", or "". Main thread; uses HDF5.
std::vector<std::string> problems_at_sight(Hdf5Files& files, StoredDataset const& set,
                                           std::span<std::int64_t const> frames);

/// The numbers of all chunks that hold a part of a frame, row of chunks by row of chunks.
std::vector<std::int64_t> chunks_of_frame(StoredDataset const& set, std::int64_t frame);

/// First element of a chunk along each dimension.
std::vector<std::int64_t> chunk_origin(StoredDataset const& set, std::int64_t chunk);

}  // namespace xrdct::io
