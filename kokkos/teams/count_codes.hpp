#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "core/words/frames.hpp"

// What one byte says of a pixel: most are counts below 254, so that images of bytes are enough.
namespace xrdct::kernels {

/// The bytes that are no counts: the pixel lies in the image as stored, or has no value.
constexpr unsigned code_in_image = 254, code_invalid = 255;

/// Which pixels a byte stands for; of the others it says that they lie in the image.
struct CountCodes {
  bool counts = false;    //!< whole numbers below 254
  bool all_ones = false;  //!< pixels all of whose bits are set, as invalid ones

  /// All that is true of pixels of this type.
  static CountCodes of(core::PixelType type, core::ValidValues const& valid);
};

/// Bit 7 of each byte of the result is set where that byte of `word` is not 0.
KOKKOS_INLINE_FUNCTION std::uint64_t nonzero_bytes(std::uint64_t word) {
  constexpr std::uint64_t low_bits = 0x7f7f7f7f7f7f7f7fu;
  return (((word & low_bits) + low_bits) | word) & ~low_bits;
}

/// The first bits of the bytes of 8 pixels.
constexpr std::uint64_t each_byte = 0x0101010101010101u, each_mark = 0x80 * each_byte;

/// Bit 7 of each byte of the result is set where the pixel has to lie in the image.
/// \param low the first bytes of 8 pixels
/// \param zero, ones bit 7 of a byte: all other bytes of the pixel are 0, 255
KOKKOS_INLINE_FUNCTION std::uint64_t pixels_in_image(CountCodes codes, std::uint64_t low,
                                                     std::uint64_t zero, std::uint64_t ones) {
  std::uint64_t const below_254 = nonzero_bytes(~low & 0xfe * each_byte);
  std::uint64_t const counts = codes.counts ? each_mark : 0,
                      all_ones = codes.all_ones ? each_mark : 0;
  return each_mark & ~((zero & below_254 & counts) | (ones & ~below_254 & low << 7 & all_ones));
}

/// The codes of 8 pixels. \param in_image of `pixels_in_image`
KOKKOS_INLINE_FUNCTION std::uint64_t codes_of(std::uint64_t low, std::uint64_t in_image) {
  std::uint64_t const bytes = (in_image << 1) - (in_image >> 7);
  return (low & ~bytes) | (bytes & code_in_image * each_byte);
}

/// Whether one of the pixels of four codes lies in the image.
KOKKOS_INLINE_FUNCTION bool any_in_image(std::uint32_t codes) {
  std::uint32_t const differs = codes ^ code_in_image * 0x01010101u;
  return ((differs - 0x01010101u) & ~differs & 0x80808080u) != 0;
}

/// The codes of four pixels of four frames.
struct alignas(16) CodesOfFour {
  std::uint32_t of[4];  //!< [pixel] byte f: of frame f
};

/// \param frames [frame] byte i: of pixel i
KOKKOS_INLINE_FUNCTION CodesOfFour turn_codes(std::uint32_t const (&frames)[4]) {
  constexpr std::uint32_t even = 0x00ff00ffu;
  std::uint32_t const a = (frames[0] & even) | (frames[1] & even) << 8,
                      b = (frames[0] >> 8 & even) | (frames[1] & ~even),
                      c = (frames[2] & even) | (frames[3] & even) << 8,
                      d = (frames[2] >> 8 & even) | (frames[3] & ~even);
  return {{(a & 0xffffu) | c << 16, (b & 0xffffu) | d << 16, a >> 16 | (c & 0xffff0000u),
           b >> 16 | (d & 0xffff0000u)}};
}

}  // namespace xrdct::kernels
