// Finds where the chunks of a dataset lie in its file, a window at a time.
#include "io/frames/chunk_index.hpp"

#include <fmt/core.h>

namespace xrdct::io {
namespace {

// Bit i of the mask: filter i was skipped.
void read_mask(StoredDataset const& set, unsigned mask, ChunkPlace& place) {
  unsigned const all = (1U << set.filters) - 1U;
  place.filtered = set.filters == 0 || (mask & all) != all;
  if (place.filtered && (mask & all) != 0) {
    place.problem = fmt::format(
        "expected a chunk with all filters or none, found one with a part of them (filter mask {})",
        mask);
  }
}

void check_size(StoredDataset const& set, ChunkPlace& place) {
  if (place.bytes > 2 * set.chunk_bytes() + 4096) {
    place.problem = fmt::format("expected a chunk that decodes to {} bytes, found {} stored ones",
                                set.chunk_bytes(), place.bytes);
  } else if ((set.filters == 0 || !place.filtered) && place.bytes != set.chunk_bytes()) {
    place.problem = fmt::format("expected an unfiltered chunk of {} bytes, found {}",
                                set.chunk_bytes(), place.bytes);
  } else if (place.address > set.file_bytes - place.bytes) {
    place.problem =
        fmt::format("expected at least {} bytes in the file, found {}: the file is truncated",
                    place.address + place.bytes, set.file_bytes);
  }
}

std::vector<hsize_t> offset_of(StoredDataset const& set, std::int64_t chunk) {
  auto const origin = chunk_origin(set, chunk);
  return {origin.begin(), origin.end()};
}

std::string const never_written = "expected stored values, found none: the frame was never written";

ChunkPlace place_by_address(hid_t id, StoredDataset const& set, std::int64_t chunk) {
  ChunkPlace place;
  auto const offset = offset_of(set, chunk);
  unsigned mask = 0;
  haddr_t address = HADDR_UNDEF;
  hsize_t size = 0;
  if (H5Dget_chunk_info_by_coord(id, offset.data(), &mask, &address, &size) < 0) {
    place.problem =
        fmt::format("expected an entry in the index of chunks, found that HDF5 cannot read it ({})",
                    take_hdf5_errors());
  } else if (address == HADDR_UNDEF || size == 0) {
    place.problem = never_written;
  } else {
    place.address = static_cast<std::int64_t>(address);
    place.bytes = static_cast<std::int64_t>(size);
    read_mask(set, mask, place);
    if (place.problem.empty()) check_size(set, place);
  }
  return place;
}

ChunkPlace place_with_bytes(hid_t id, StoredDataset const& set, std::int64_t chunk) {
  ChunkPlace place;
  auto const offset = offset_of(set, chunk);
  hsize_t size = 0;
  if (H5Dget_chunk_storage_size(id, offset.data(), &size) < 0 || size == 0) {
    take_hdf5_errors();
    place.problem = never_written;
    return place;
  }
  place.bytes = static_cast<std::int64_t>(size);
  check_size(set, place);
  if (!place.problem.empty()) return place;
  place.held.resize(size);
  std::uint32_t mask = 0;
  if (H5Dread_chunk(id, H5P_DEFAULT, offset.data(), &mask, place.held.data()) < 0) {
    place.problem = fmt::format("expected {} stored bytes, found that HDF5 cannot read them ({})",
                                size, take_hdf5_errors());
    return place;
  }
  read_mask(set, mask, place);
  if (place.problem.empty()) check_size(set, place);
  return place;
}

}  // namespace

bool located_by_address(StoredDataset const& set) {
  return set.chunks() <= most_chunks_by_address && !set.user_block;
}

void look_up_chunks(Hdf5Files& files, StoredDataset const& set, std::size_t dataset,
                    std::span<std::int64_t const> chunks, ChunkPlaces& places) {
  Hdf5Dataset const id(H5Dopen2(files.open(set.where.file), set.where.path.c_str(), H5P_DEFAULT),
                       "open " + set.name());
  bool const by_address = located_by_address(set);
  for (auto const chunk : chunks) {
    ChunkKey const key{dataset, chunk};
    if (places.contains(key)) continue;
    places.emplace(key, by_address ? place_by_address(id.get(), set, chunk)
                                   : place_with_bytes(id.get(), set, chunk));
  }
}

std::vector<std::int64_t> chunk_origin(StoredDataset const& set, std::int64_t chunk) {
  std::vector<std::int64_t> origin(set.dims.size());
  for (std::size_t d = set.dims.size(); d-- > 0;) {
    std::int64_t const along = (set.dims[d] + set.chunk[d] - 1) / set.chunk[d];
    origin[d] = chunk % along * set.chunk[d];
    chunk /= along;
  }
  return origin;
}

std::vector<std::int64_t> chunks_of_frame(StoredDataset const& set, std::int64_t frame) {
  std::size_t const rows = set.dims.size() - 2;
  std::vector<std::int64_t> position(rows);
  for (std::size_t d = rows; d-- > 0;) {
    position[d] = frame % set.dims[d];
    frame /= set.dims[d];
  }
  auto const along = [&](std::size_t d) { return (set.dims[d] + set.chunk[d] - 1) / set.chunk[d]; };
  std::int64_t layer = 0;
  for (std::size_t d = 0; d < rows; ++d) layer = layer * along(d) + position[d] / set.chunk[d];
  std::int64_t const count = along(rows) * along(rows + 1);
  std::vector<std::int64_t> chunks;
  for (std::int64_t i = 0; i < count; ++i) chunks.push_back(layer * count + i);
  return chunks;
}

}  // namespace xrdct::io
