// Turns bit planes into pixels and back, in code for every processor.
#include "io/codec/planes/bit_transpose.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "core/words/errors.hpp"

namespace xrdct::codec {
namespace {

static_assert(std::endian::native == std::endian::little,
              "pixels are assembled in little-endian order");

using Words = std::array<std::uint64_t, 8>;

// Exchanges the bits of `mask` << shift of word i with the bits of `mask` of word i + Apart, for
// the four i that do not have the bit Apart.
template <std::size_t Apart>
inline void exchange(Words& w, int shift, std::uint64_t mask) {
#pragma GCC unroll 4
  for (std::size_t n = 0; n < 4; ++n) {
    std::size_t const i = n / Apart * 2 * Apart + n % Apart;
    std::uint64_t const difference = ((w[i] >> shift) ^ w[i + Apart]) & mask;
    w[i + Apart] ^= difference;
    w[i] ^= difference << shift;
  }
}

// Transposes, for each of the eight byte places, the 8 × 8 bits in that byte of the eight words.
inline void transpose_bits(Words& w) {
  exchange<4>(w, 4, 0x0f0f0f0f0f0f0f0fu);
  exchange<2>(w, 2, 0x3333333333333333u);
  exchange<1>(w, 1, 0x5555555555555555u);
}

// Transposes the 8 × 8 bytes of the eight words.
inline void transpose_bytes(Words& w) {
  exchange<4>(w, 32, 0x00000000ffffffffu);
  exchange<2>(w, 16, 0x0000ffff0000ffffu);
  exchange<1>(w, 8, 0x00ff00ff00ff00ffu);
}

// Bytes [first, first + count) of each plane, count ≤ 8. Word j·Bytes + B holds byte B of the
// pixels 8k + j, k being the byte of the word; eight consecutive words, their bytes transposed, are
// eight consecutive bytes of the output for each k.
template <std::size_t Bytes>
[[gnu::always_inline]] inline void columns_to_pixels(std::byte const* planes,
                                                     std::size_t plane_bytes, std::size_t first,
                                                     std::size_t count, std::byte* out) {
  std::array<Words, Bytes> ordered;
#pragma GCC unroll 8
  for (std::size_t byte = 0; byte < Bytes; ++byte) {
    Words rows{};
#pragma GCC unroll 8
    for (std::size_t bit = 0; bit < 8; ++bit)
      std::memcpy(&rows[bit], planes + (8 * byte + bit) * plane_bytes + first, count);
    transpose_bits(rows);
#pragma GCC unroll 8
    for (std::size_t j = 0; j < 8; ++j)
      ordered[(j * Bytes + byte) / 8][(j * Bytes + byte) % 8] = rows[j];
  }
#pragma GCC unroll 8
  for (std::size_t part = 0; part < Bytes; ++part) {
    transpose_bytes(ordered[part]);
    for (std::size_t k = 0; k < count; ++k)
      std::memcpy(out + (first + k) * 8 * Bytes + 8 * part, &ordered[part][k], 8);
  }
}

template <std::size_t Bytes>
void to_pixels(std::byte const* planes, std::size_t plane_bytes, std::size_t first,
               std::size_t last, std::byte* out) {
  for (; first + 8 <= last; first += 8)
    columns_to_pixels<Bytes>(planes, plane_bytes, first, 8, out);
  if (first < last) columns_to_pixels<Bytes>(planes, plane_bytes, first, last - first, out);
}

template <std::size_t Bytes>
[[gnu::always_inline]] inline void columns_to_planes(std::byte const* in, std::size_t plane_bytes,
                                                     std::size_t first, std::size_t count,
                                                     std::byte* planes) {
  std::array<Words, Bytes> ordered{};
#pragma GCC unroll 8
  for (std::size_t part = 0; part < Bytes; ++part) {
    for (std::size_t k = 0; k < count; ++k)
      std::memcpy(&ordered[part][k], in + (first + k) * 8 * Bytes + 8 * part, 8);
    transpose_bytes(ordered[part]);
  }
#pragma GCC unroll 8
  for (std::size_t byte = 0; byte < Bytes; ++byte) {
    Words rows;
#pragma GCC unroll 8
    for (std::size_t j = 0; j < 8; ++j)
      rows[j] = ordered[(j * Bytes + byte) / 8][(j * Bytes + byte) % 8];
    transpose_bits(rows);
#pragma GCC unroll 8
    for (std::size_t bit = 0; bit < 8; ++bit)
      std::memcpy(planes + (8 * byte + bit) * plane_bytes + first, &rows[bit], count);
  }
}

template <std::size_t Bytes>
void to_planes(std::byte const* in, std::size_t plane_bytes, std::byte* planes) {
  std::size_t first = 0;
  for (; first + 8 <= plane_bytes; first += 8)
    columns_to_planes<Bytes>(in, plane_bytes, first, 8, planes);
  if (first < plane_bytes)
    columns_to_planes<Bytes>(in, plane_bytes, first, plane_bytes - first, planes);
}

}  // namespace

void planes_to_pixels_portable(std::byte const* planes, std::size_t plane_bytes, std::size_t first,
                               std::size_t last, std::size_t pixel_bytes, std::byte* out) {
  switch (pixel_bytes) {
    case 1:
      return to_pixels<1>(planes, plane_bytes, first, last, out);
    case 2:
      return to_pixels<2>(planes, plane_bytes, first, last, out);
    case 4:
      return to_pixels<4>(planes, plane_bytes, first, last, out);
    case 8:
      return to_pixels<8>(planes, plane_bytes, first, last, out);
  }
  core::assertion_failed("pixel_bytes is 1, 2, 4 or 8");
}

void planes_to_pixels(Simd simd, std::byte const* planes, std::size_t pixels,
                      std::size_t pixel_bytes, std::byte* out) {
  std::size_t const plane_bytes = pixels / 8;
  std::size_t done = 0;
  if (simd == Simd::avx512) done = planes_to_pixels_avx512(planes, plane_bytes, pixel_bytes, out);
  if (simd != Simd::portable && done == 0)
    done = planes_to_pixels_avx2(planes, plane_bytes, pixel_bytes, out);
  planes_to_pixels_portable(planes, plane_bytes, done, plane_bytes, pixel_bytes, out);
}

void pixels_to_planes(std::byte const* in, std::size_t pixels, std::size_t pixel_bytes,
                      std::byte* planes) {
  std::size_t const plane_bytes = pixels / 8;
  switch (pixel_bytes) {
    case 1:
      return to_planes<1>(in, plane_bytes, planes);
    case 2:
      return to_planes<2>(in, plane_bytes, planes);
    case 4:
      return to_planes<4>(in, plane_bytes, planes);
    case 8:
      return to_planes<8>(in, plane_bytes, planes);
  }
  core::assertion_failed("pixel_bytes is 1, 2, 4 or 8");
}

}  // namespace xrdct::codec
