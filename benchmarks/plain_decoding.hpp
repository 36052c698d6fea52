#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "io/codec/words/simd.hpp"

namespace xrdct::benchmarks {

/*!
 * The yardstick: what an ordinary decoder does with a bitshuffle-LZ4 frame.
 *
 * Every block goes through LZ4_decompress_safe into a scratch block of 8 kB, and all of its bit
 * planes are transposed into the image, by AVX2 where the processor has it, else by portable code:
 * no plane is looked at first, none left out. One core. Kept as it is whatever xrdct's own decoders
 * learn. Memory: one block, allocated by the first frame.
 */
class PlainDecoder {
 public:
  /// \param pixels of a frame
  /// \param pixel_bytes 1, 2, 4 or 8
  PlainDecoder(std::size_t pixels, std::size_t pixel_bytes)
      : pixels_(pixels), pixel_bytes_(pixel_bytes) {}

  std::size_t frame_bytes() const noexcept { return pixels_ * pixel_bytes_; }

  /// Decodes a whole frame.
  /// \param stored as in the file
  /// \param image exactly `frame_bytes()` bytes
  /// \return false: the frame is broken
  bool decode(std::span<std::byte const> stored, std::span<std::byte> image);

  /// avx2 or portable.
  static codec::Simd instruction_set();

 private:
  std::size_t pixels_;
  std::size_t pixel_bytes_;
  std::vector<std::byte> planes_;
};

}  // namespace xrdct::benchmarks
