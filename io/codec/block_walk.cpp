// Finds the compressed blocks of a bitshuffle stream.
#include "io/codec/block_walk.hpp"

#include <algorithm>

#include "core/words/errors.hpp"
#include "io/codec/lz4/lz4_block.hpp"
#include "io/codec/planes/bit_transpose.hpp"
#include "io/codec/words/stream_layout.hpp"

namespace xrdct::codec {

DecodeStatus BlockWalk::open(std::span<std::byte const> bytes, std::size_t pixels,
                             std::size_t pixel_bytes) {
  constexpr std::size_t header_bytes = 12;
  *this = BlockWalk();
  if (bytes.size() < header_bytes) return DecodeStatus::truncated;
  if (read_u64_be(bytes.data()) != std::uint64_t{pixels} * pixel_bytes)
    return DecodeStatus::wrong_size;
  std::size_t const block_bytes = read_u32_be(bytes.data() + 8);
  std::size_t const block_pixels =
      block_bytes == 0 ? default_block_pixels_of(pixel_bytes) : block_bytes / pixel_bytes;
  if (block_pixels == 0 || block_pixels % 8 != 0 || block_bytes % pixel_bytes != 0)
    return DecodeStatus::bad_header;
  bytes_ = bytes;
  position_ = header_bytes;
  tail_pixels_ = pixels % 8;
  pixels_left_ = pixels - tail_pixels_;
  pixel_bytes_ = pixel_bytes;
  block_pixels_ = std::min(block_pixels, std::max<std::size_t>(pixels_left_, 8));
  return DecodeStatus::ok;
}

DecodeStatus BlockWalk::next(std::span<std::byte const>& compressed, std::size_t& pixels) {
  compressed = {};
  pixels = 0;
  if (pixels_left_ == 0) return DecodeStatus::ok;
  if (bytes_.size() - position_ < 4) return DecodeStatus::truncated;
  std::size_t const stored = read_u32_be(bytes_.data() + position_);
  if (bytes_.size() - position_ - 4 < stored) return DecodeStatus::truncated;
  compressed = bytes_.subspan(position_ + 4, stored);
  position_ += 4 + stored;
  pixels = std::min(block_pixels_, pixels_left_);
  pixels_left_ -= pixels;
  return DecodeStatus::ok;
}

DecodeStatus BlockWalk::tail(std::span<std::byte const>& raw) {
  XRDCT_ASSERT(pixels_left_ == 0);
  raw = {};
  std::size_t const tail_bytes = tail_pixels_ * pixel_bytes_;
  if (bytes_.size() - position_ < tail_bytes) return DecodeStatus::truncated;
  raw = bytes_.subspan(position_, tail_bytes);
  return DecodeStatus::ok;
}

DecodeStatus decode_bitshuffle_lz4_block(std::span<std::byte const> compressed, std::size_t pixels,
                                         std::size_t pixel_bytes, std::span<std::byte> scratch,
                                         std::span<std::byte> out) {
  std::size_t const bytes = pixels * pixel_bytes;
  XRDCT_ASSERT(pixels % 8 == 0 && scratch.size() >= bytes && out.size() == bytes);
  auto const status = decode_lz4_block(simd(), compressed, scratch.first(bytes));
  if (status == DecodeStatus::ok)
    planes_to_pixels(simd(), scratch.data(), pixels, pixel_bytes, out.data());
  return status;
}

}  // namespace xrdct::codec
