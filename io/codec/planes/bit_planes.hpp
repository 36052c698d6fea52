#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/words/aligned_vector.hpp"
#include "io/codec/words/decode_status.hpp"
#include "io/codec/words/simd.hpp"

namespace xrdct::codec {

/*!
 * The pixels of one block, as narrow as its bit planes allow.
 *
 * Photon counts are small: the planes above the largest count are all equal, zero or the pattern of
 * the gap pixels, whose value is all ones. Then the low planes and one of the upper ones say
 * everything:
 *
 *     value(i) = pixels[i] + (upper bit i ? 2^(8·pixel_bytes)
 *       − 2^(8·pixel_bytes of the delivered pixels) : 0)
 *
 * that is, the low bits of the value, all higher bits being equal to bit i of `upper`. For signed
 * pixels an upper bit means a negative value.
 *
 * Where the caller asks for it, upper planes may differ as long as few pixels have an upper bit:
 * then `planes` are there for their values.
 */
struct NarrowPixels {
  std::size_t pixel_bytes = 0;           //!< of a delivered pixel: 1, 2, or that of the frame
  std::span<std::uint64_t const> upper;  //!< bit i%64 of word i/64: the upper planes of pixel i are
                                         //!< set; empty where none is, or none is left out
  std::size_t differing = 64;  //!< all planes from this one on are equal: of pixels without an
                               //!< upper bit, no bit from this one on is set
  std::byte const* planes = nullptr;  //!< [plane][plane_bytes] up to `last_plane`, all further ones
                                      //!< are like it; nullptr: upper planes are equal
  std::size_t plane_bytes = 0, last_plane = 0;
};

/// The bytes of pixel i, as they were stored, into `value` (little endian).
/// \param pixel_bytes that of the frame
std::uint64_t value_of(NarrowPixels const& narrow, std::byte const* pixels, std::size_t pixel_bytes,
                       std::size_t i);

/*!
 * Decodes blocks of a bitshuffle-LZ4 stream to narrow pixels. One per thread; memory: two blocks,
 * allocated here.
 *
 * Never reads beyond the stored bytes nor writes beyond `out`, whatever they hold.
 */
class NarrowDecoder {
 public:
  /// \param pixel_bytes 1, 2, 4 or 8
  /// \param block_pixels of the largest block, a multiple of 8
  NarrowDecoder(std::size_t pixel_bytes, std::size_t block_pixels, Simd simd = codec::simd());

  /*!
   * Decodes one block of little-endian pixels.
   * \param pixels a multiple of 8, at most `block_pixels`
   * \param out at least pixels·pixel_bytes bytes, filled to pixels·narrow.pixel_bytes
   * \param narrow valid until the next call, and as long as the decoder
   * \param most_upper up to so many pixels may have an upper bit whose other upper bits differ from
   * it
   */
  DecodeStatus decode(std::span<std::byte const> compressed, std::size_t pixels,
                      std::span<std::byte> out, NarrowPixels& narrow, std::size_t most_upper = 0);

  std::size_t memory_bytes() const noexcept {
    return planes_.capacity() + upper_.capacity() * sizeof(std::uint64_t);
  }

 private:
  std::span<std::uint64_t const> upper_bits(std::size_t plane, std::size_t plane_bytes);
  bool few_upper_bits(std::size_t last_plane, std::size_t plane_bytes, std::size_t most);

  std::size_t pixel_bytes_;
  std::size_t block_pixels_;
  Simd simd_;
  core::AlignedVector<std::byte> planes_;
  core::AlignedVector<std::uint64_t> upper_;
};

}  // namespace xrdct::codec
