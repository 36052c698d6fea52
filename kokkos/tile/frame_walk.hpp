#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/words/aligned_vector.hpp"
#include "core/words/frames.hpp"
#include "io/codec/block_walk.hpp"
#include "io/codec/decode.hpp"
#include "io/codec/offsets/byte_offset.hpp"
#include "io/codec/planes/bit_planes.hpp"

namespace xrdct::kernels {

/// Pixels of the usual block of a bitshuffle stream (8192 bytes): what a walk delivers at once.
std::size_t block_pixels(core::PixelType type);

/// The next pixels of a frame, in one of two forms.
struct WalkedBlock {
  std::byte const* raw = nullptr;  //!< decoded values; nullptr: `narrow` tells
  codec::NarrowPixels narrow;      //!< of values in the memory that the caller gave
};

/// Scratch that the walks of one thread share.
struct DecodeScratch {
  DecodeScratch(core::FrameShape shape, core::FrameEncoding encoding);
  codec::FrameDecoder decoder;
  codec::NarrowDecoder narrow_decoder;
  core::AlignedVector<std::byte> planes;  //!< of one block, for the decoder
  core::AlignedVector<std::byte> pixels;  //!< of one block
};

/*!
 * Delivers the decoded pixels of one frame block by block.
 *
 * Streams of bitshuffle-LZ4 with blocks of the usual size, or a fraction of it, and of byte offset
 * are decoded as they are asked for; plain frames are handed out as they are; all others are
 * decoded whole by `open`, into memory of one frame. That is allocated at the start where the
 * encoding needs it, and when it is first needed for bitshuffle-LZ4 with blocks of another size.
 */
class FrameWalk {
 public:
  FrameWalk(core::FrameShape shape, core::FrameEncoding encoding);
  /// Starts with a frame; its bytes have to stay.
  codec::DecodeStatus open(core::EncodedFrame const& frame, DecodeScratch& scratch);
  /*!
   * The next block.
   * \param pixels of a block, or what is left of the frame
   * \param row memory for narrow values
   * \param block valid until the next call with the same scratch
   * \param most_upper see `codec::NarrowDecoder`
   */
  codec::DecodeStatus next(std::size_t pixels, std::span<std::byte> row, DecodeScratch& scratch,
                           WalkedBlock& block, std::size_t most_upper = 0);
  /// Goes past the next block, which is decoded only where what follows depends on it.
  codec::DecodeStatus skip(std::size_t pixels, DecodeScratch& scratch);
  std::size_t memory_bytes() const noexcept { return whole_.capacity(); }

 private:
  codec::DecodeStatus next_small_blocks(std::size_t pixels, DecodeScratch& scratch);
  codec::DecodeStatus next_tail(std::span<std::byte> out);

  core::FrameShape shape_;
  core::FrameEncoding encoding_;
  std::size_t pixel_bytes_;
  codec::BlockWalk blocks_;
  bool by_blocks_ = false;
  codec::ByteOffsetDecoder offsets_;
  bool by_offsets_ = false;
  std::byte const* position_ = nullptr;  // of frames that lie whole in memory
  std::vector<std::byte> whole_;
};

}  // namespace xrdct::kernels
