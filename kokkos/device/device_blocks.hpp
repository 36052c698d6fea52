#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

// What a team does with one block of a bitshuffle-LZ4 stream: device code for every back end. All
// members of the team call each function together.
namespace xrdct::kernels {

/// Adds the bytes that continue an LZ4 length.
/// \return false: the input ends, or the length passes `most`.
KOKKOS_INLINE_FUNCTION bool read_length(unsigned char const*& in, unsigned char const* in_end,
                                        int most, int& length) {
  int byte = 255;
  while (byte == 255) {
    if (in == in_end) return false;
    byte = *in++;
    length += byte;
    if (length > most) return false;
  }
  return true;
}

/*!
 * Decodes one LZ4 block that has to fill `out` exactly; accepts what `codec::decode_lz4_block`
 * accepts.
 *
 * Every member reads the lengths (the same addresses: one access of a warp), so that nothing has to
 * be handed around; the members then copy the literals and the match of a sequence together, byte
 * by byte, and meet before the next sequence. A match looks behind what the sequence has written so
 * far: the bytes of its own literals come from the input, those that it repeats from before the
 * repetition.
 * \param out [size] memory that the members share Source: LZ4 block format description,
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md.
 */
template <class Team>
KOKKOS_FUNCTION bool decode_lz4(Team const& team, unsigned char const* in,
                                unsigned char const* in_end, unsigned char* out, int size) {
  // A match starts at least 12 bytes before the end and leaves the last 5 to literals; literals
  // leave a match's distance, a token and these 5.
  constexpr int match_limit = 12, last_literals = 5, least_after_literals = 8;
  int to = 0;
  while (in != in_end) {
    int const token = *in++;
    int literals = token >> 4;
    if (literals == 15 && !read_length(in, in_end, size - to, literals)) return false;
    if (literals > size - to || literals > in_end - in) return false;
    unsigned char const* const from = in;
    int const first = to, start = to + literals;
    in += literals;
    bool const last = in == in_end;
    int distance = 1, length = 0;
    if (!last) {
      if (size - start < match_limit || in_end - in < least_after_literals) return false;
      distance = in[0] | in[1] << 8;
      in += 2;
      if (distance == 0 || distance > start) return false;
      int const most = size - start - last_literals;
      length = (token & 15) + 4;
      if (length == 19 && !read_length(in, in_end, most, length)) return false;
      if (length > most) return false;
    }
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, literals + length), [&](int i) {
      int const k = i - literals;  // in the match
      int const source = start - distance + (k < distance ? k : k % distance);
      out[first + i] = k < 0 ? from[i] : source < first ? out[source] : from[source - first];
    });
    team.team_barrier();
    to = start + length;
    if (last) return to == size;
  }
  return false;
}

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

/*!
 * `codec::planes_to_pixels`: bit b of pixel i is bit i of plane b. Each member takes 8 pixels at a
 * time, one byte of every plane.
 *
 * \param planes 8·pixel_bytes planes of pixels/8 bytes
 * \param pixels a multiple of 8
 * \param out [pixels·pixel_bytes/8] little endian
 */
template <int pixel_bytes, class Team>
KOKKOS_FUNCTION void turn_planes(Team const& team, unsigned char const* planes, int pixels,
                                 std::uint64_t* out) {
  int const plane_bytes = pixels / 8;
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, plane_bytes), [&](int group) {
    std::uint64_t of_byte[pixel_bytes];  // byte i: that byte of pixel i
    for (int k = 0; k < pixel_bytes; ++k) {
      std::uint64_t word = 0;
      for (int j = 0; j < 8; ++j)
        word |= static_cast<std::uint64_t>(planes[(8 * k + j) * plane_bytes + group]) << (8 * j);
      of_byte[k] = transpose_bits(word);
    }
    for (int w = 0; w < pixel_bytes; ++w) {
      std::uint64_t word = 0;
      for (int j = 0; j < 8; ++j) {
        int const place = 8 * w + j;  // in the 8 pixels
        word |= (of_byte[place % pixel_bytes] >> (8 * (place / pixel_bytes)) & 0xffu) << (8 * j);
      }
      out[group * pixel_bytes + w] = word;
    }
  });
}

}  // namespace xrdct::kernels
