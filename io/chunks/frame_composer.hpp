#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/chunks/chunk_index.hpp"
#include "io/chunks/data_files.hpp"
#include "io/codec/decode.hpp"

namespace xrdct::io {

/// Whether the bytes of a frame are there, and why not: "expected …, found …".
struct FrameOutcome {
  core::FrameStatus status = core::FrameStatus::good;
  std::string problem = {};
  /// \param text empty: it could be read
  static FrameOutcome reading(std::string text) {
    auto const status = text.empty() ? core::FrameStatus::good : core::FrameStatus::unreadable;
    return {status, std::move(text)};
  }
  bool good() const noexcept { return status == core::FrameStatus::good; }
};

/*!
 * Puts frames together from chunks that are not one frame each: several frames per chunk, or tiles
 * of a frame.
 *
 * Keeps the decoded chunks of the last frame, so that consecutive frames of one chunk decode it
 * once. Memory: the chunks of one frame, decoded. One thread at a time.
 */
class FrameComposer {
 public:
  /// The chunks of a frame of `set` in the order of `chunks_of_frame`, to `out` (native byte
  /// order).
  FrameOutcome compose(DataFiles& files, StoredDataset const& set, std::size_t dataset,
                       std::int64_t frame, std::span<ChunkPlace const> places,
                       std::span<std::byte> out);

 private:
  FrameOutcome decode(DataFiles& files, StoredDataset const& set, ChunkPlace const& place,
                      std::vector<std::byte>& out);

  std::vector<ChunkKey> keys_;                   //!< of the decoded chunks
  std::vector<std::vector<std::byte>> decoded_;  //!< [chunk of the frame][byte]
  std::vector<std::byte> stored_;
  std::optional<codec::FrameDecoder> decoder_;
  std::int64_t decoder_pixels_ = 0;
  core::FrameEncoding decoder_encoding_;
};

}  // namespace xrdct::io
