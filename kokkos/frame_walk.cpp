#include "kokkos/frame_walk.hpp"

#include <algorithm>
#include <cstring>

namespace xrdct::kernels {
namespace {

constexpr std::size_t usual_block_bytes = 8192;

bool stored_plainly(core::EncodedFrame const& frame, core::FrameEncoding const& encoding) {
  bool const filtered = frame.filtered && (encoding.filter != core::Filter::none || encoding.byte_shuffle);
  return !filtered && !encoding.big_endian;
}

}  // namespace

std::size_t tile_pixels(core::PixelType type) { return usual_block_bytes / core::size_of(type); }

DecodeScratch::DecodeScratch(core::FrameShape shape, core::FrameEncoding encoding)
    : decoder(shape, encoding), block(usual_block_bytes), tile(tile_pixels(encoding.type) * core::size_of(encoding.type)) {}

FrameWalk::FrameWalk(core::FrameShape shape, core::FrameEncoding encoding)
    : shape_(shape), encoding_(encoding), pixel_bytes_(core::size_of(encoding.type)) {}

codec::DecodeStatus FrameWalk::open(core::EncodedFrame const& frame, DecodeScratch& scratch) {
  using codec::DecodeStatus;
  std::size_t const frame_bytes = shape_.pixels() * pixel_bytes_;
  by_blocks_ = false;
  if (stored_plainly(frame, encoding_)) {
    if (frame.bytes.size() != frame_bytes) return frame.bytes.size() < frame_bytes ? DecodeStatus::truncated : DecodeStatus::wrong_size;
    position_ = frame.bytes.data();
    return DecodeStatus::ok;
  }
  if (frame.filtered && encoding_.filter == core::Filter::bitshuffle_lz4 && !encoding_.big_endian) {
    DecodeStatus const status = blocks_.open(frame.bytes, shape_.pixels(), pixel_bytes_);
    if (status != DecodeStatus::ok) return status;
    by_blocks_ = blocks_.block_pixels() != 0 && tile_pixels(encoding_.type) % blocks_.block_pixels() == 0;
    if (by_blocks_) return DecodeStatus::ok;
  }
  whole_.resize(frame_bytes);
  position_ = whole_.data();
  return scratch.decoder.decode(frame, whole_);
}

codec::DecodeStatus FrameWalk::next(std::size_t pixels, bool wanted, DecodeScratch& scratch, std::byte const*& raw) {
  if (by_blocks_) return next_blocks(pixels, wanted, scratch, raw);
  raw = position_;
  position_ += pixels * pixel_bytes_;
  return codec::DecodeStatus::ok;
}

codec::DecodeStatus FrameWalk::next_blocks(std::size_t pixels, bool wanted, DecodeScratch& scratch, std::byte const*& raw) {
  using codec::DecodeStatus;
  raw = scratch.tile.data();
  for (std::size_t done = 0; done < pixels;) {
    std::span<std::byte const> compressed;
    std::size_t in_block = 0;
    if (DecodeStatus const status = blocks_.next(compressed, in_block); status != DecodeStatus::ok) return status;
    std::span const out = std::span(scratch.tile).subspan(done * pixel_bytes_);
    if (in_block == 0) {  // the end of the blocks: the rest of fewer than 8 pixels is stored as it is
      std::span<std::byte const> tail;
      if (DecodeStatus const status = blocks_.tail(tail); status != DecodeStatus::ok) return status;
      if (tail.size() != (pixels - done) * pixel_bytes_) return DecodeStatus::wrong_size;
      std::copy(tail.begin(), tail.end(), out.begin());
      return DecodeStatus::ok;
    }
    if (in_block > pixels - done) return DecodeStatus::wrong_size;
    std::size_t const bytes = in_block * pixel_bytes_;
    if (wanted) {
      DecodeStatus const status = codec::decode_bitshuffle_lz4_block(compressed, in_block, pixel_bytes_, scratch.block, out.first(bytes));
      if (status != DecodeStatus::ok) return status;
    }
    done += in_block;
  }
  return DecodeStatus::ok;
}

}  // namespace xrdct::kernels
