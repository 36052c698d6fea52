#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/words/words.hpp"
#include "io/codec/words/decode_status.hpp"
#include "io/codec/words/simd.hpp"

namespace xrdct::codec {

/*!
 * Decodes CBF's byte-offset compression (x-CBF_BYTE_OFFSET), some pixels at a time: the difference
 * of every pixel from the one before (the first: from 0), little endian.
 *
 *     8 bits; or 0x80, then 16 bits; or 0x80, 0x8000, then 32 bits;
 *     or 0x80, 0x8000, 0x80000000, then 64 bits
 *
 * Sums of unsigned pixels are modulo 2^n, n their bits: CBFlib writes 0, 2³² − 1 as 0, −1. Never
 * reads beyond the stream. Bytes after the last pixel are not looked at: writers pad. Pixels
 * of 32 bits are decoded many at once.
 *
 * Source: CBFlib manual, byte_offset compression.
 */
class ByteOffsetDecoder {
 public:
  explicit ByteOffsetDecoder(core::PixelType type, Simd simd = codec::simd());

  /// Begins with a stream; its bytes have to stay.
  void open(std::span<std::byte const> stored);
  /*!
   * The next pixels.
   * \param out whole pixels
   * \return truncated: the bytes end before the last pixel; beyond_type: a value that a pixel
   * with a sign cannot hold, or a difference that no two pixels without one have; unsupported:
   * floating point; after any of them `out` and the rest are undefined
   */
  DecodeStatus decode(std::span<std::byte> out);

 private:
  core::PixelType type_;
  Simd simd_;
  std::span<std::byte const> stored_;  // what is left
  std::int64_t value_ = 0;             // of the pixel before
};

}  // namespace xrdct::codec
