// Turns stored integers into the byte order of this machine.
#include "io/codec/byte_order.hpp"

#include <algorithm>

#include "core/words/errors.hpp"

namespace xrdct::codec {
namespace {

// The number of bytes is a constant so that the compiler can unroll and vectorize.
template <std::size_t Bytes>
void swap_pixels(std::span<std::byte> pixels) {
  for (std::size_t first = 0; first + Bytes <= pixels.size(); first += Bytes)
    std::reverse(pixels.data() + first, pixels.data() + first + Bytes);
}

template <std::size_t Bytes>
void interleave(std::byte const* in, std::size_t count, std::byte* out) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t byte = 0; byte < Bytes; ++byte) out[Bytes * i + byte] = in[byte * count + i];
  }
}

}  // namespace

void swap_byte_order(std::span<std::byte> pixels, std::size_t pixel_bytes) {
  switch (pixel_bytes) {
    case 1:
      return;
    case 2:
      return swap_pixels<2>(pixels);
    case 4:
      return swap_pixels<4>(pixels);
    case 8:
      return swap_pixels<8>(pixels);
  }
  core::assertion_failed("pixel_bytes is 1, 2, 4 or 8");
}

void undo_byte_shuffle(std::span<std::byte const> in, std::size_t pixel_bytes,
                       std::span<std::byte> out) {
  XRDCT_ASSERT(in.size() == out.size() && in.size() % pixel_bytes == 0);
  std::size_t const count = in.size() / pixel_bytes;
  switch (pixel_bytes) {
    case 1:
      return interleave<1>(in.data(), count, out.data());
    case 2:
      return interleave<2>(in.data(), count, out.data());
    case 4:
      return interleave<4>(in.data(), count, out.data());
    case 8:
      return interleave<8>(in.data(), count, out.data());
  }
  core::assertion_failed("pixel_bytes is 1, 2, 4 or 8");
}

}  // namespace xrdct::codec
