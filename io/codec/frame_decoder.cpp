// Decodes stored frames, whatever their filter.
#include "io/codec/decode.hpp"

#include <algorithm>
#include <vector>

#include "core/words/aligned_vector.hpp"
#include "core/words/errors.hpp"
#include "io/codec/block_walk.hpp"
#include "io/codec/byte_order.hpp"
#include "io/codec/entropy_decoders.hpp"
#include "io/codec/lz4/lz4_block.hpp"
#include "io/codec/offsets/byte_offset.hpp"
#include "io/codec/planes/bit_transpose.hpp"
#include "io/codec/words/stream_layout.hpp"

namespace xrdct::codec {
namespace {

using Bytes = std::span<std::byte const>;

DecodeStatus copy_exactly(Bytes in, std::span<std::byte> out) {
  if (in.size() != out.size())
    return in.size() < out.size() ? DecodeStatus::truncated : DecodeStatus::wrong_size;
  std::ranges::copy(in, out.begin());
  return DecodeStatus::ok;
}

// HDF5 filter 32004: u64 BE decoded bytes, u32 BE block bytes, per block u32 BE stored size and
// data; a block of its full size is stored as it is.
DecodeStatus decode_lz4_stream(Bytes in, std::span<std::byte> out) {
  constexpr std::size_t header_bytes = 12;
  if (in.size() < header_bytes) return DecodeStatus::truncated;
  if (read_u64_be(in.data()) != out.size()) return DecodeStatus::wrong_size;
  std::size_t const block_bytes = read_u32_be(in.data() + 8);
  if (block_bytes == 0) return DecodeStatus::bad_header;
  in = in.subspan(header_bytes);
  while (!out.empty()) {
    if (in.size() < 4) return DecodeStatus::truncated;
    std::size_t const stored = read_u32_be(in.data());
    in = in.subspan(4);
    if (in.size() < stored) return DecodeStatus::truncated;
    auto const block = out.first(std::min(block_bytes, out.size()));
    auto const status = stored == block.size() ? copy_exactly(in.first(stored), block)
                                               : decode_lz4_block(simd(), in.first(stored), block);
    if (status != DecodeStatus::ok) return status;
    in = in.subspan(stored);
    out = out.subspan(block.size());
  }
  return DecodeStatus::ok;
}

DecodeStatus decode_bitshuffle(Bytes in, std::size_t pixel_bytes, std::span<std::byte> out) {
  if (in.size() != out.size())
    return in.size() < out.size() ? DecodeStatus::truncated : DecodeStatus::wrong_size;
  std::size_t const tail_bytes = out.size() / pixel_bytes % 8 * pixel_bytes;
  std::size_t const end = out.size() - tail_bytes;
  for (std::size_t first = 0; first < end;) {
    std::size_t const pixels =
        std::min(default_block_pixels_of(pixel_bytes), (end - first) / pixel_bytes);
    planes_to_pixels(simd(), in.data() + first, pixels, pixel_bytes, out.data() + first);
    first += pixels * pixel_bytes;
  }
  std::copy_n(in.begin() + end, tail_bytes, out.begin() + end);
  return DecodeStatus::ok;
}

}  // namespace

struct FrameDecoder::State {
  core::FrameEncoding encoding;
  std::size_t pixels = 0;
  std::size_t pixel_bytes = 0;
  core::AlignedVector<std::byte> planes;  // one block
  std::vector<std::byte> shuffled;        // one frame, with byte_shuffle
  Inflater inflater;
  ZstdDecoder zstd;

  DecodeStatus undo_filter(Bytes in, std::span<std::byte> out);
  DecodeStatus decode_offsets(Bytes in, std::span<std::byte> out) const;
  DecodeStatus decode_blocks(Bytes in, std::span<std::byte> out);
  DecodeStatus decode_block(Bytes compressed, std::size_t block_pixels, std::span<std::byte> out);
};

DecodeStatus FrameDecoder::State::undo_filter(Bytes in, std::span<std::byte> out) {
  switch (encoding.filter) {
    case core::Filter::none:
      return copy_exactly(in, out);
    case core::Filter::deflate:
      return inflater.decode(in, out);
    case core::Filter::zstd:
      return zstd.decode(in, out);
    case core::Filter::lz4:
      return decode_lz4_stream(in, out);
    case core::Filter::bitshuffle:
      return decode_bitshuffle(in, pixel_bytes, out);
    case core::Filter::bitshuffle_lz4:
    case core::Filter::bitshuffle_zstd:
      return decode_blocks(in, out);
    case core::Filter::byte_offset:
      return decode_offsets(in, out);
  }
  return DecodeStatus::unsupported;
}

DecodeStatus FrameDecoder::State::decode_offsets(Bytes in, std::span<std::byte> out) const {
  ByteOffsetDecoder decoder(encoding.type);
  decoder.open(in);
  return decoder.decode(out);
}

DecodeStatus FrameDecoder::State::decode_blocks(Bytes in, std::span<std::byte> out) {
  BlockWalk walk;
  if (auto const status = walk.open(in, pixels, pixel_bytes); status != DecodeStatus::ok)
    return status;
  // `open` bounds a block by the frame, so that a header cannot ask for more memory than that.
  if (planes.size() < walk.block_pixels() * pixel_bytes)
    planes.resize(walk.block_pixels() * pixel_bytes);
  while (true) {
    Bytes compressed;
    std::size_t block_pixels = 0;
    if (auto const status = walk.next(compressed, block_pixels); status != DecodeStatus::ok)
      return status;
    if (block_pixels == 0) break;
    auto const status =
        decode_block(compressed, block_pixels, out.first(block_pixels * pixel_bytes));
    if (status != DecodeStatus::ok) return status;
    out = out.subspan(block_pixels * pixel_bytes);
  }
  Bytes tail;
  auto const status = walk.tail(tail);
  return status == DecodeStatus::ok ? copy_exactly(tail, out) : status;
}

DecodeStatus FrameDecoder::State::decode_block(Bytes compressed, std::size_t block_pixels,
                                               std::span<std::byte> out) {
  if (encoding.filter == core::Filter::bitshuffle_lz4)
    return decode_bitshuffle_lz4_block(compressed, block_pixels, pixel_bytes, planes, out);
  auto const status = zstd.decode(compressed, std::span(planes).first(out.size()));
  if (status == DecodeStatus::ok)
    planes_to_pixels(simd(), planes.data(), block_pixels, pixel_bytes, out.data());
  return status;
}

FrameDecoder::FrameDecoder(core::FrameShape shape, core::FrameEncoding encoding)
    : state_(std::make_unique<State>()) {
  state_->encoding = encoding;
  state_->pixels = shape.pixels();
  state_->pixel_bytes = core::size_of(encoding.type);
  bool const blocks = encoding.filter == core::Filter::bitshuffle_lz4 ||
                      encoding.filter == core::Filter::bitshuffle_zstd;
  if (blocks)
    state_->planes.resize(default_block_pixels_of(state_->pixel_bytes) * state_->pixel_bytes);
  if (encoding.byte_shuffle) state_->shuffled.resize(frame_bytes());
}

FrameDecoder::~FrameDecoder() = default;
FrameDecoder::FrameDecoder(FrameDecoder&&) noexcept = default;
FrameDecoder& FrameDecoder::operator=(FrameDecoder&&) noexcept = default;

std::size_t FrameDecoder::frame_bytes() const noexcept {
  return state_->pixels * state_->pixel_bytes;
}

DecodeStatus FrameDecoder::decode(core::EncodedFrame const& frame, std::span<std::byte> out) {
  XRDCT_ASSERT(frame.status == core::FrameStatus::good && out.size() == frame_bytes());
  bool const shuffled = frame.filtered && state_->encoding.byte_shuffle;
  std::span<std::byte> const filtered = shuffled ? std::span(state_->shuffled) : out;
  auto const status =
      frame.filtered ? state_->undo_filter(frame.bytes, filtered) : copy_exactly(frame.bytes, out);
  if (status != DecodeStatus::ok) return status;
  if (shuffled) undo_byte_shuffle(filtered, state_->pixel_bytes, out);
  if (state_->encoding.big_endian) swap_byte_order(out, state_->pixel_bytes);
  return status;
}

}  // namespace xrdct::codec
