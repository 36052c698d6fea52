// Finds where the chunks of a dataset lie in its file, a window at a time.
#include "io/chunks/chunk_index.hpp"

#include <fmt/core.h>
#include <optional>

#include "core/words/errors.hpp"
#include "io/files/read_tries.hpp"

namespace xrdct::io {
namespace {

// Whether a chunk reaches beyond the end of its dataset.
bool is_cut_off(StoredDataset const& set, std::int64_t chunk) {
  auto const origin = chunk_origin(set, chunk);
  for (std::size_t d = 0; d < origin.size(); ++d)
    if (origin[d] + set.chunk[d] > set.dims[d]) return true;
  return false;
}

// Bit i of the mask: filter i was skipped.
void read_mask(StoredDataset const& set, std::int64_t chunk, unsigned mask, ChunkPlace& place) {
  unsigned const all = (1U << set.filters) - 1U;
  if (set.cut_off_unfiltered && is_cut_off(set, chunk)) mask = all;
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

// As far as the size tells.
ChunkPlace place_with_size(hid_t id, StoredDataset const& set, std::int64_t chunk) {
  ChunkPlace place;
  auto const offset = offset_of(set, chunk);
  hsize_t size = 0;
  if (H5Dget_chunk_storage_size(id, offset.data(), &size) < 0) {
    auto const text = take_hdf5_errors();  // a chunk that is not there is an error before HDF5 1.14
    if (text.find("not allocated") == std::string::npos)
      throw core::IoError(fmt::format("cannot look up a chunk: HDF5 says \"{}\"", text));
    size = 0;
  }
  place.bytes = static_cast<std::int64_t>(size);
  if (size == 0)
    place.problem = never_written;
  else
    check_size(set, place);
  return place;
}

ChunkPlace place_by_address(hid_t id, StoredDataset const& set, std::int64_t chunk) {
  ChunkPlace place;
  auto const offset = offset_of(set, chunk);
  unsigned mask = 0;
  haddr_t address = HADDR_UNDEF;
  hsize_t size = 0;
  hdf5_checked(H5Dget_chunk_info_by_coord(id, offset.data(), &mask, &address, &size),
               "look up a chunk");
  if (address == HADDR_UNDEF || size == 0) {
    place = unwritten_place();
  } else {
    place.address = static_cast<std::int64_t>(address);
    place.bytes = static_cast<std::int64_t>(size);
    read_mask(set, chunk, mask, place);
    if (place.problem.empty()) check_size(set, place);
  }
  return place;
}

ChunkPlace place_with_bytes(hid_t id, StoredDataset const& set, std::int64_t chunk) {
  auto place = place_with_size(id, set, chunk);
  if (!place.problem.empty()) return place;
  auto const offset = offset_of(set, chunk);
  place.held.resize(static_cast<std::size_t>(place.bytes));
  std::uint32_t mask = 0;
  hdf5_checked(H5Dread_chunk(id, H5P_DEFAULT, offset.data(), &mask, place.held.data()),
               fmt::format("read {} stored bytes", place.bytes));
  read_mask(set, chunk, mask, place);
  if (place.problem.empty()) check_size(set, place);
  return place;
}

/// Asks HDF5 for chunks of one dataset. What fails is tried three times in all, with the file
/// opened anew; where that was in vain each chunk once, until one is found.
class ChunkQuestions {
 public:
  using Answer = ChunkPlace(hid_t, StoredDataset const&, std::int64_t);

  ChunkQuestions(Hdf5Files& files, StoredDataset const& set, Answer& answer)
      : files_(files), set_(set), answer_(answer) {}

  ChunkPlace ask(std::int64_t chunk) {
    auto const& file = set_.where.file;
    for (int failures = 1;; ++failures) {
      auto place = attempt(chunk);
      if (place) files_.worked(file);
      if (place) return *place;
      dataset_ = {};
      bool const for_good = failures >= files_.tries(file);
      files_.failed(file, for_good);
      if (for_good) break;
      pause_after(failures);
    }
    ChunkPlace lost;
    lost.problem =
        "expected a chunk that HDF5 can find and read, found that it cannot (" + problem_ + ")";
    return lost;
  }

 private:
  /// Nothing: HDF5 failed, and `problem_` says why.
  std::optional<ChunkPlace> attempt(std::int64_t chunk) {
    try {
      return answer_(dataset(), set_, chunk);
    } catch (core::IoError const& error) {
      problem_ = error.what();
    } catch (core::InputError const& error) {  // the file has become one of another kind
      problem_ = error.what();
    }
    return std::nullopt;
  }
  hid_t dataset() {
    if (!dataset_)
      dataset_ =
          Hdf5Dataset(H5Dopen2(files_.open(set_.where.file), set_.where.path.c_str(), H5P_DEFAULT),
                      "open " + set_.name());
    return dataset_.get();
  }

  Hdf5Files& files_;
  StoredDataset const& set_;
  Answer& answer_;
  Hdf5Dataset dataset_;
  std::string problem_;
};

}  // namespace

bool located_by_address(StoredDataset const& set) {
  return set.chunks() <= most_chunks_by_address && !set.user_block;
}

void look_up_chunks(Hdf5Files& files, StoredDataset const& set, std::size_t dataset,
                    std::span<std::int64_t const> chunks, ChunkPlaces& places) {
  ChunkQuestions questions(files, set,
                           located_by_address(set) ? place_by_address : place_with_bytes);
  for (auto const chunk : chunks) {
    ChunkKey const key{dataset, chunk};
    if (!places.contains(key)) places.emplace(key, questions.ask(chunk));
  }
}

std::vector<ChunkPlace> places_of_all_chunks(hid_t dataset, StoredDataset const& set) {
  std::vector<ChunkPlace> places;
  if (set.chunk.empty() || set.chunks() > most_chunks_known || !located_by_address(set)) return {};
  try {
    for (std::int64_t chunk = 0; chunk < set.chunks(); ++chunk)
      places.push_back(place_by_address(dataset, set, chunk));
  } catch (core::IoError const&) {
    return {};
  }
  return places;
}

ChunkPlace unwritten_place() {
  ChunkPlace place;
  place.problem = never_written;
  return place;
}

bool was_never_written(ChunkPlace const& place) { return place.problem == never_written; }

std::vector<std::string> problems_at_sight(Hdf5Files& files, StoredDataset const& set,
                                           std::span<std::int64_t const> frames) {
  ChunkQuestions questions(files, set, place_with_size);
  std::vector<std::string> problems;
  std::map<std::int64_t, std::string> known;  // of the chunks of the frame before
  for (auto const frame : frames) {
    std::map<std::int64_t, std::string> own;
    auto& problem = problems.emplace_back();
    for (auto const chunk : chunks_of_frame(set, frame)) {
      auto const found = known.find(chunk);
      own[chunk] = found == known.end() ? questions.ask(chunk).problem : found->second;
      if (!own[chunk].empty()) problem = own[chunk];
    }
    known = std::move(own);
  }
  return problems;
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
