#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/frames.hpp"
#include "core/words.hpp"

namespace xrdct::codec {

/// Why stored bytes could not be decoded.
enum class DecodeStatus {
  ok,
  truncated,   //!< fewer bytes than the stream says
  bad_header,  //!< sizes that cannot be
  bad_stream,  //!< the compressed data are broken
  wrong_size,  //!< decodes to another number of bytes than the frame has
  unsupported  //!< the library for this filter is not in this build
};

std::string_view name_of(DecodeStatus status);

/// Whether this build can decode a filter: lz4 always, zstd and deflate where their libraries are.
bool supports(core::Filter filter);

/// Instruction set, the widest last. avx512: with VBMI and GFNI, that is Ice Lake, Zen 4 and later; older processors with AVX-512 run avx2.
enum class Simd { portable, avx2, avx512 };
/// The one in use: chosen once from the processor, or by XRDCT_SIMD=portable|avx2|avx512. \throws core::InputError unknown word, or not of this
/// processor.
Simd simd();
std::string_view name_of(Simd simd);

/*!
 * Decodes stored frames block by block. One decoder per thread; holds its scratch memory: a block, with byte shuffle a frame.
 *
 * Bitshuffle without compression: blocks of 8192 bytes, the only size that the filter's options leave unsaid.
 * Never reads beyond the stored bytes nor writes beyond `out`, whatever they hold.
 */
class FrameDecoder {
 public:
  FrameDecoder(core::FrameShape shape, core::FrameEncoding encoding);
  ~FrameDecoder();
  FrameDecoder(FrameDecoder&&) noexcept;
  FrameDecoder& operator=(FrameDecoder&&) noexcept;

  std::size_t frame_bytes() const noexcept;  //!< size of a decoded frame

  /// Decodes the whole frame. \param frame its status is good   \param out exactly `frame_bytes()` bytes, native byte order; after an error its
  /// content is undefined. Bytes after the end of a stream are not looked at.
  DecodeStatus decode(core::EncodedFrame const& frame, std::span<std::byte> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/*!
 * Walks through the independent blocks of one bitshuffle-LZ4 or bitshuffle-zstd stream, without decoding them.
 *
 * Stream: u64 BE decoded bytes, u32 BE block bytes (0: 8192 rounded down to 8 elements), per block u32 BE compressed size and data, then the
 * last n mod 8 elements as they are. Memory: none.
 */
class BlockWalk {
 public:
  BlockWalk() = default;
  /// Checks the header against the size of the frame.
  DecodeStatus open(std::span<std::byte const> bytes, std::size_t pixels, std::size_t pixel_bytes);
  std::size_t block_pixels() const noexcept { return block_pixels_; }  //!< of all but the last block
  /// The next block: its compressed bytes and its number of pixels (a multiple of 8). At the end: 0 pixels.
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
 * \param scratch at least pixels·pixel_bytes bytes   \param out exactly pixels·pixel_bytes bytes
 */
DecodeStatus decode_bitshuffle_lz4_block(std::span<std::byte const> compressed, std::size_t pixels, std::size_t pixel_bytes,
                                         std::span<std::byte> scratch, std::span<std::byte> out);

}  // namespace xrdct::codec
