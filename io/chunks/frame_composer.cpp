// Puts frames together from chunks that hold parts of one, or several.
#include "io/chunks/frame_composer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace xrdct::io {
namespace {

// Copies the part of a frame that lies in a chunk.
void copy_tile(StoredDataset const& set, std::int64_t frame, std::int64_t chunk,
               std::span<std::byte const> tile, std::span<std::byte> out) {
  std::size_t const rows = set.dims.size() - 2;
  auto const size = static_cast<std::int64_t>(core::size_of(set.stored.type));
  auto const origin = chunk_origin(set, chunk);
  std::int64_t layer = 0;  // which frame of the chunk
  std::int64_t weight = 1;
  for (std::size_t d = rows; d-- > 0;) {
    layer += (frame % set.dims[d] - origin[d]) * weight;
    weight *= set.chunk[d];
    frame /= set.dims[d];
  }
  std::int64_t const tile_rows = set.chunk[rows];
  std::int64_t const tile_columns = set.chunk[rows + 1];
  std::int64_t const last_row = std::min(origin[rows] + tile_rows, set.dims[rows]);
  std::int64_t const columns = std::min(tile_columns, set.dims[rows + 1] - origin[rows + 1]);
  for (std::int64_t row = origin[rows]; row < last_row; ++row) {
    std::int64_t const from = ((layer * tile_rows + row - origin[rows]) * tile_columns) * size;
    std::int64_t const to = (row * set.dims[rows + 1] + origin[rows + 1]) * size;
    std::memcpy(out.data() + to, tile.data() + from, static_cast<std::size_t>(columns * size));
  }
}

}  // namespace

FrameOutcome FrameComposer::decode(DataFiles& files, StoredDataset const& set,
                                   ChunkPlace const& place, std::vector<std::byte>& out) {
  std::span<std::byte const> bytes = place.held;
  if (place.held.empty()) {
    stored_.resize(static_cast<std::size_t>(place.bytes));
    auto const outcome = FrameOutcome::reading(files.read(set.where.file, place.address, stored_));
    if (!outcome.good()) return outcome;
    bytes = stored_;
  }
  auto const pixels = set.chunk_bytes() / static_cast<std::int64_t>(core::size_of(set.stored.type));
  if (!decoder_ || decoder_pixels_ != pixels || !(decoder_encoding_ == set.stored)) {
    decoder_.emplace(core::FrameShape{1, static_cast<std::size_t>(pixels)}, set.stored);
    decoder_pixels_ = pixels;
    decoder_encoding_ = set.stored;
  }
  out.resize(static_cast<std::size_t>(set.chunk_bytes()));
  auto const status = decoder_->decode({bytes, place.filtered, core::FrameStatus::good}, out);
  if (status == codec::DecodeStatus::ok) return {};
  return {core::FrameStatus::corrupt,
          fmt::format("expected a chunk that decodes to {} bytes, found \"{}\"", out.size(),
                      codec::name_of(status))};
}

FrameOutcome FrameComposer::compose(DataFiles& files, StoredDataset const& set, std::size_t dataset,
                                    std::int64_t frame, std::span<ChunkPlace const> places,
                                    std::span<std::byte> out) {
  auto const chunks = chunks_of_frame(set, frame);
  std::vector<ChunkKey> keys;
  for (auto const chunk : chunks) keys.push_back({dataset, chunk});
  if (keys != keys_) {
    keys_.clear();
    decoded_.resize(chunks.size());
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      auto const outcome = places[i].problem.empty() ? decode(files, set, places[i], decoded_[i])
                                                     : FrameOutcome::reading(places[i].problem);
      if (!outcome.good()) return outcome;
    }
    keys_ = std::move(keys);
  }
  for (std::size_t i = 0; i < chunks.size(); ++i)
    copy_tile(set, frame, chunks[i], decoded_[i], out);
  return {};
}

}  // namespace xrdct::io
