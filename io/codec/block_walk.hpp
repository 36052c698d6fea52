#pragma once
#include <cstddef>
#include <span>

#include "io/codec/words/decode_status.hpp"

namespace xrdct::codec {

/*!
 * Walks through the independent blocks of one bitshuffle-LZ4 or bitshuffle-zstd stream, without
 * decoding them.
 *
 * Stream: u64 BE decoded bytes, u32 BE block bytes (0: 8192 rounded down to 8 elements), per block
 * u32 BE compressed size and data, then the last n mod 8 elements as they are. Memory: none.
 */
class BlockWalk {
 public:
  BlockWalk() = default;
  /// Checks the header against the size of the frame.
  DecodeStatus open(std::span<std::byte const> bytes, std::size_t pixels, std::size_t pixel_bytes);
  /// of all but the last block
  std::size_t block_pixels() const noexcept { return block_pixels_; }
  /// The next block: its compressed bytes and its number of pixels (a multiple of 8). At the end: 0
  /// pixels.
  DecodeStatus next(std::span<std::byte const>& compressed, std::size_t& pixels);
  /// The raw rest, n mod 8 elements; after the last block.
  DecodeStatus tail(std::span<std::byte const>& raw);

 private:
  std::span<std::byte const> bytes_;
  std::size_t position_ = 0;
  std::size_t pixels_left_ = 0;
  std::size_t pixel_bytes_ = 0;
  std::size_t block_pixels_ = 0;
  std::size_t tail_pixels_ = 0;
};

/*!
 * Decodes one block of a bitshuffle-LZ4 stream.
 * \param scratch at least pixels·pixel_bytes bytes
 * \param out exactly pixels·pixel_bytes bytes
 */
DecodeStatus decode_bitshuffle_lz4_block(std::span<std::byte const> compressed, std::size_t pixels,
                                         std::size_t pixel_bytes, std::span<std::byte> scratch,
                                         std::span<std::byte> out);

}  // namespace xrdct::codec
