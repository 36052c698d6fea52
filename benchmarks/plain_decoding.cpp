// Decoding alone, by liblz4 and a plain bit transposition: the yardstick of all speeds.
#include "plain_decoding.hpp"

#include <lz4.h>

#include <algorithm>

#include "io/codec/block_walk.hpp"
#include "io/codec/planes/bit_transpose.hpp"
#include "io/codec/words/choose_simd.hpp"

namespace xrdct::benchmarks {

codec::Simd PlainDecoder::instruction_set() {
  return std::min(codec::best_simd_of_processor(), codec::Simd::avx2);
}

bool PlainDecoder::decode(std::span<std::byte const> stored, std::span<std::byte> image) {
  static codec::Simd const simd = instruction_set();
  codec::BlockWalk walk;
  if (image.size() != frame_bytes() ||
      walk.open(stored, pixels_, pixel_bytes_) != codec::DecodeStatus::ok)
    return false;
  planes_.resize(std::max(planes_.size(), walk.block_pixels() * pixel_bytes_));
  while (true) {
    std::span<std::byte const> compressed;
    std::size_t pixels = 0;
    if (walk.next(compressed, pixels) != codec::DecodeStatus::ok) return false;
    if (pixels == 0) break;
    int const bytes = static_cast<int>(pixels * pixel_bytes_);
    auto const* const in = reinterpret_cast<char const*>(compressed.data());
    if (LZ4_decompress_safe(in, reinterpret_cast<char*>(planes_.data()),
                            static_cast<int>(compressed.size()), bytes) != bytes)
      return false;
    codec::planes_to_pixels(simd, planes_.data(), pixels, pixel_bytes_, image.data());
    image = image.subspan(pixels * pixel_bytes_);
  }
  std::span<std::byte const> tail;
  if (walk.tail(tail) != codec::DecodeStatus::ok) return false;
  std::copy(tail.begin(), tail.end(), image.begin());
  return true;
}

}  // namespace xrdct::benchmarks
