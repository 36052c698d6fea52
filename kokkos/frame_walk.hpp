#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/frames.hpp"
#include "io/codec/decode.hpp"

namespace xrdct::kernels {

/// Pixels of one tile: a whole number of the usual blocks of a bitshuffle stream (8192 bytes).
std::size_t tile_pixels(core::PixelType type);

/// Scratch that the walks of one thread share.
struct DecodeScratch {
  DecodeScratch(core::FrameShape shape, core::FrameEncoding encoding);
  codec::FrameDecoder decoder;
  std::vector<std::byte> block;  //!< of one block, for the decoder
  std::vector<std::byte> tile;   //!< decoded pixels of one tile
};

/*!
 * Delivers the decoded pixels of one frame tile by tile.
 *
 * Streams of bitshuffle-LZ4 with blocks that fit into tiles are decoded as they are asked for; plain frames are handed out as they
 * are; all others are decoded whole by `open`, into memory of one frame that is allocated when it is first needed.
 */
class FrameWalk {
 public:
  FrameWalk(core::FrameShape shape, core::FrameEncoding encoding);
  /// Starts with a frame; its bytes have to stay.
  codec::DecodeStatus open(core::EncodedFrame const& frame, DecodeScratch& scratch);
  /*!
   * The next pixels: those of one tile, or what is left.
   * \param wanted false: go past them, deliver nothing
   * \param raw    valid until the next call with the same scratch
   */
  codec::DecodeStatus next(std::size_t pixels, bool wanted, DecodeScratch& scratch, std::byte const*& raw);
  std::size_t memory_bytes() const noexcept { return whole_.capacity(); }

 private:
  codec::DecodeStatus next_blocks(std::size_t pixels, bool wanted, DecodeScratch& scratch, std::byte const*& raw);

  core::FrameShape shape_;
  core::FrameEncoding encoding_;
  std::size_t pixel_bytes_;
  codec::BlockWalk blocks_;
  bool by_blocks_ = false;
  std::byte const* position_ = nullptr;  // of frames that lie whole in memory
  std::vector<std::byte> whole_;
};

}  // namespace xrdct::kernels
