// Goes through one compressed frame, block by block.
#include "kokkos/tile/frame_walk.hpp"

#include <algorithm>
#include <cstring>

namespace xrdct::kernels {
namespace {

constexpr std::size_t usual_block_bytes = 8192;

bool stored_plainly(core::EncodedFrame const& frame, core::FrameEncoding const& encoding) {
  bool const filtered =
      frame.filtered && (encoding.filter != core::Filter::none || encoding.byte_shuffle);
  return !filtered && !encoding.big_endian;
}

// Whether every filtered frame has to be decoded whole.
bool decoded_whole(core::FrameEncoding const& encoding) {
  if (encoding.big_endian) return true;
  if (encoding.filter == core::Filter::none) return encoding.byte_shuffle;
  return encoding.filter != core::Filter::bitshuffle_lz4 &&
         encoding.filter != core::Filter::byte_offset;
}

}  // namespace

std::size_t block_pixels(core::PixelType type) { return usual_block_bytes / core::size_of(type); }

DecodeScratch::DecodeScratch(core::FrameShape shape, core::FrameEncoding encoding)
    : decoder(shape, encoding),
      narrow_decoder(core::size_of(encoding.type), block_pixels(encoding.type)),
      planes(usual_block_bytes),
      pixels(usual_block_bytes) {}

FrameWalk::FrameWalk(core::FrameShape shape, core::FrameEncoding encoding)
    : shape_(shape),
      encoding_(encoding),
      pixel_bytes_(core::size_of(encoding.type)),
      offsets_(encoding.type) {
  if (decoded_whole(encoding)) whole_.resize(shape.pixels() * pixel_bytes_);
}

codec::DecodeStatus FrameWalk::open(core::EncodedFrame const& frame, DecodeScratch& scratch) {
  using codec::DecodeStatus;
  std::size_t const frame_bytes = shape_.pixels() * pixel_bytes_;
  by_blocks_ = false;
  by_offsets_ = false;
  if (stored_plainly(frame, encoding_)) {
    if (frame.bytes.size() != frame_bytes)
      return frame.bytes.size() < frame_bytes ? DecodeStatus::truncated : DecodeStatus::wrong_size;
    position_ = frame.bytes.data();
    return DecodeStatus::ok;
  }
  if (frame.filtered && encoding_.filter == core::Filter::bitshuffle_lz4 && !encoding_.big_endian) {
    DecodeStatus const status = blocks_.open(frame.bytes, shape_.pixels(), pixel_bytes_);
    if (status != DecodeStatus::ok) return status;
    by_blocks_ =
        blocks_.block_pixels() != 0 && block_pixels(encoding_.type) % blocks_.block_pixels() == 0;
    if (by_blocks_) return DecodeStatus::ok;
  }
  if (frame.filtered && encoding_.filter == core::Filter::byte_offset && !encoding_.big_endian) {
    by_offsets_ = true;
    offsets_.open(frame.bytes);
    return DecodeStatus::ok;
  }
  whole_.resize(frame_bytes);
  position_ = whole_.data();
  return scratch.decoder.decode(frame, whole_);
}

codec::DecodeStatus FrameWalk::next(std::size_t pixels, std::span<std::byte> row,
                                    DecodeScratch& scratch, WalkedBlock& block,
                                    std::size_t most_upper) {
  block.raw = position_;
  if (by_offsets_) {
    block.raw = scratch.pixels.data();
    return offsets_.decode(std::span(scratch.pixels).first(pixels * pixel_bytes_));
  }
  if (!by_blocks_) {
    position_ += pixels * pixel_bytes_;
    return codec::DecodeStatus::ok;
  }
  bool const one_block = pixels % 8 == 0 && (blocks_.block_pixels() >= pixels);
  if (!one_block || !core::is_integer(encoding_.type)) {
    block.raw = scratch.pixels.data();
    return next_small_blocks(pixels, scratch);
  }
  block.raw = nullptr;
  std::span<std::byte const> compressed;
  std::size_t in_block = 0;
  if (auto const status = blocks_.next(compressed, in_block); status != codec::DecodeStatus::ok)
    return status;
  if (in_block != pixels) return codec::DecodeStatus::wrong_size;
  return scratch.narrow_decoder.decode(compressed, pixels, row, block.narrow, most_upper);
}

codec::DecodeStatus FrameWalk::next_small_blocks(std::size_t pixels, DecodeScratch& scratch) {
  for (std::size_t done = 0; done < pixels;) {
    std::span const out =
        std::span(scratch.pixels).subspan(done * pixel_bytes_, (pixels - done) * pixel_bytes_);
    std::span<std::byte const> compressed;
    std::size_t in_block = 0;
    if (auto const status = blocks_.next(compressed, in_block); status != codec::DecodeStatus::ok)
      return status;
    if (in_block == 0) return next_tail(out);
    if (in_block > pixels - done) return codec::DecodeStatus::wrong_size;
    auto const status = codec::decode_bitshuffle_lz4_block(
        compressed, in_block, pixel_bytes_, scratch.planes, out.first(in_block * pixel_bytes_));
    if (status != codec::DecodeStatus::ok) return status;
    done += in_block;
  }
  return codec::DecodeStatus::ok;
}

// Behind the blocks the last pixels, fewer than 8, are stored as they are.
codec::DecodeStatus FrameWalk::next_tail(std::span<std::byte> out) {
  std::span<std::byte const> tail;
  if (auto const status = blocks_.tail(tail); status != codec::DecodeStatus::ok) return status;
  if (tail.size() != out.size()) return codec::DecodeStatus::wrong_size;
  std::copy(tail.begin(), tail.end(), out.begin());
  return codec::DecodeStatus::ok;
}

codec::DecodeStatus FrameWalk::skip(std::size_t pixels, DecodeScratch& scratch) {
  if (by_offsets_) return offsets_.decode(std::span(scratch.pixels).first(pixels * pixel_bytes_));
  if (!by_blocks_) {
    position_ += pixels * pixel_bytes_;
    return codec::DecodeStatus::ok;
  }
  std::span<std::byte const> compressed;
  for (std::size_t done = 0; done < pixels;) {
    std::size_t in_block = 0;
    if (auto const status = blocks_.next(compressed, in_block); status != codec::DecodeStatus::ok)
      return status;
    if (in_block == 0) return blocks_.tail(compressed);
    done += in_block;
  }
  return codec::DecodeStatus::ok;
}

}  // namespace xrdct::kernels
