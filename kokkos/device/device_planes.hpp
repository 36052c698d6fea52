#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kokkos/teams/count_codes.hpp"

// How a team makes pixels of the bit planes of a block: device code for every back end. All members
// of the team call each function together.
namespace xrdct::kernels {

/// Transposes the 8 × 8 bits of a word: bit i of byte j becomes bit j of byte i. Source: Warren
/// (2012), Hacker's Delight, §7-3.
KOKKOS_INLINE_FUNCTION std::uint64_t transpose_bits(std::uint64_t x) {
  std::uint64_t t = (x ^ x >> 7) & 0x00aa00aa00aa00aau;
  x ^= t ^ t << 7;
  t = (x ^ x >> 14) & 0x0000cccc0000ccccu;
  x ^= t ^ t << 14;
  t = (x ^ x >> 28) & 0x00000000f0f0f0f0u;
  return x ^ t ^ t << 28;
}

/// Byte i of the result is 255 where bit i is set, else 0.
KOKKOS_INLINE_FUNCTION std::uint64_t spread_bits(unsigned char bits) {
  std::uint64_t const repeated = bits * 0x0101010101010101u;
  std::uint64_t const one_each = repeated & 0x8040201008040201u;
  return ((one_each + 0x00406070787c7e7fu) >> 7 & 0x0101010101010101u) * 255;
}

/// One byte of 8 pixels, of 8 planes beside each other: byte j that of plane `first` + j, or of the
/// last one.
KOKKOS_INLINE_FUNCTION std::uint64_t byte_of_pixels(unsigned char const* planes, int plane_bytes,
                                                    int first, int last) {
  std::uint64_t word = 0;
  for (int j = 0; j < 8; ++j) {
    int const plane = first + j < last ? first + j : last;
    word |= static_cast<std::uint64_t>(planes[plane * plane_bytes]) << (8 * j);
  }
  return transpose_bits(word);
}

/*!
 * Puts 8 pixels together. \param of_byte [pixel_bytes] byte i of word k: byte k of pixel i
 * \param out [pixel_bytes] little endian
 */
template <int pixel_bytes>
KOKKOS_FUNCTION void put_pixels(std::uint64_t const* of_byte, std::uint64_t* out) {
  for (int w = 0; w < pixel_bytes; ++w) {
    std::uint64_t word = 0;
    for (int j = 0; j < 8; ++j) {
      int const place = 8 * w + j;  // in the 8 pixels
      word |= (of_byte[place % pixel_bytes] >> (8 * (place / pixel_bytes)) & 0xffu) << (8 * j);
    }
    out[w] = word;
  }
}

/// Writes the codes of 8 pixels, and the pixels where one of them has to lie in the image.
/// \param of_byte of `put_pixels`
/// \param zero, ones of `pixels_in_image`
template <int pixel_bytes>
KOKKOS_FUNCTION void write_pixels(CountCodes known, std::uint64_t const* of_byte,
                                  std::uint64_t zero, std::uint64_t ones, std::uint64_t& codes,
                                  std::uint64_t* out) {
  std::uint64_t const in_image = pixels_in_image(known, of_byte[0], zero, ones);
  codes = of_byte[0];
  if (in_image == 0) return;
  codes = codes_of(of_byte[0], in_image);
  put_pixels<pixel_bytes>(of_byte, out);
}

/*!
 * `codec::planes_to_pixels`: bit b of pixel i is bit i of plane b. Each member takes 8 pixels at a
 * time, one byte of every plane: it writes their codes, and those pixels that have to lie in the
 * image, with the others of the 8.
 *
 * \param planes     8·pixel_bytes planes of pixels/8 bytes; the first `written` of them, the others
 *                   equal the last of these
 * \param pixels     a multiple of 8
 * \param codes      [pixels/8]
 * \param out        [pixels·pixel_bytes/8] little endian
 */
template <int pixel_bytes, class Team>
KOKKOS_FUNCTION void turn_planes(Team const& team, unsigned char const* planes, int written,
                                 int pixels, CountCodes known, std::uint64_t* codes,
                                 std::uint64_t* out) {
  int const plane_bytes = pixels / 8, last = written - 1;
  if (pixel_bytes > 1 && last <= 8) {  // all bytes after the first of a pixel are equal
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, plane_bytes), [&](int group) {
      unsigned char const* const of_group = planes + group;
      std::uint64_t of_byte[pixel_bytes];  // byte i: that byte of pixel i
      of_byte[0] = byte_of_pixels(of_group, plane_bytes, 0, last);
      std::uint64_t const high = spread_bits(of_group[last * plane_bytes]);
      for (int k = 1; k < pixel_bytes; ++k) of_byte[k] = high;
      write_pixels<pixel_bytes>(known, of_byte, ~high, high, codes[group],
                                out + group * pixel_bytes);
    });
    return;
  }
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, plane_bytes), [&](int group) {
    std::uint64_t of_byte[pixel_bytes], zero = each_mark, ones = each_mark;
    for (int k = 0; k < pixel_bytes; ++k) {
      of_byte[k] = byte_of_pixels(planes + group, plane_bytes, 8 * k, last);
      if (k == 0) continue;
      zero &= ~nonzero_bytes(of_byte[k]);
      ones &= ~nonzero_bytes(~of_byte[k]);
    }
    write_pixels<pixel_bytes>(known, of_byte, zero, ones, codes[group], out + group * pixel_bytes);
  });
}

}  // namespace xrdct::kernels
