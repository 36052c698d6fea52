// Turns bit planes into pixels with AVX2.
#include "io/codec/planes/bit_transpose.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include "core/words/errors.hpp"

namespace xrdct::codec {
namespace {

constexpr std::size_t columns = 32;  // bytes of a plane taken at once, 256 pixels

[[gnu::target("avx2")]] inline __m256i load(void const* from) {
  return _mm256_loadu_si256(static_cast<__m256i const*>(from));
}
[[gnu::target("avx2")]] inline void store(void* to, __m256i value) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), value);
}

// Exchanges the bits of `mask` << Shift of one word with the bits of `mask` of another.
template <int Shift>
[[gnu::target("avx2")]] inline void swap_bits(__m256i& one, __m256i& other, __m256i mask) {
  __m256i const difference =
      _mm256_and_si256(_mm256_xor_si256(_mm256_srli_epi16(one, Shift), other), mask);
  other = _mm256_xor_si256(other, difference);
  one = _mm256_xor_si256(one, _mm256_slli_epi16(difference, Shift));
}

// `swap_bits` of word i and word i + Apart, for the four i that do not have the bit Apart.
template <std::size_t Apart, int Shift>
[[gnu::target("avx2")]] inline void exchange(__m256i (&w)[8], __m256i mask) {
#pragma GCC unroll 4
  for (std::size_t n = 0; n < 4; ++n) {
    std::size_t const i = n / Apart * 2 * Apart + n % Apart;
    swap_bits<Shift>(w[i], w[i + Apart], mask);
  }
}

// Transposes, for each of the 32 byte places, the 8 × 8 bits in that byte of the eight words.
[[gnu::target("avx2")]] inline void transpose_bits(__m256i (&w)[8]) {
  exchange<4, 4>(w, _mm256_set1_epi8(0x0f));
  exchange<2, 2>(w, _mm256_set1_epi8(0x33));
  exchange<1, 1>(w, _mm256_set1_epi8(0x55));
}

// Turns 8 words × 32 bytes to 32 × 8 bytes: the halves of w[m] are the bytes of places 2m and 2m +
// 1, and of 16 + 2m and 17 + 2m.
[[gnu::target("avx2")]] inline void transpose_bytes(__m256i (&w)[8]) {
  __m256i pairs[8], fours[8];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    pairs[i] = _mm256_unpacklo_epi8(w[2 * i], w[2 * i + 1]);
    pairs[i + 4] = _mm256_unpackhi_epi8(w[2 * i], w[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    std::size_t const to = i / 2 * 4 + i % 2;
    fours[to] = _mm256_unpacklo_epi16(pairs[2 * i], pairs[2 * i + 1]);
    fours[to + 2] = _mm256_unpackhi_epi16(pairs[2 * i], pairs[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    w[2 * i] = _mm256_unpacklo_epi32(fours[2 * i], fours[2 * i + 1]);
    w[2 * i + 1] = _mm256_unpackhi_epi32(fours[2 * i], fours[2 * i + 1]);
  }
}

// Four parts of 8 bytes each, as `transpose_bytes` leaves them, to 32 consecutive bytes per place;
// places lie `stride` bytes apart.
[[gnu::target("avx2")]] inline void store_parts(__m256i const (*parts)[8], std::size_t stride,
                                                std::byte* out) {
#pragma GCC unroll 8
  for (std::size_t m = 0; m < 8; ++m) {
    __m256i const low_even = _mm256_unpacklo_epi64(parts[0][m], parts[1][m]),
                  low_odd = _mm256_unpackhi_epi64(parts[0][m], parts[1][m]);
    __m256i const high_even = _mm256_unpacklo_epi64(parts[2][m], parts[3][m]),
                  high_odd = _mm256_unpackhi_epi64(parts[2][m], parts[3][m]);
    store(out + (2 * m) * stride, _mm256_permute2x128_si256(low_even, high_even, 0x20));
    store(out + (2 * m + 1) * stride, _mm256_permute2x128_si256(low_odd, high_odd, 0x20));
    store(out + (2 * m + 16) * stride, _mm256_permute2x128_si256(low_even, high_even, 0x31));
    store(out + (2 * m + 17) * stride, _mm256_permute2x128_si256(low_odd, high_odd, 0x31));
  }
}

template <std::size_t Bytes>
[[gnu::target("avx2")]] inline void store_pixels(__m256i const (&parts)[Bytes][8], std::byte* out) {
  if constexpr (Bytes == 1) {
#pragma GCC unroll 8
    for (std::size_t m = 0; m < 8; m += 2) {
      store(out + 16 * m, _mm256_permute2x128_si256(parts[0][m], parts[0][m + 1], 0x20));
      store(out + 16 * m + 128, _mm256_permute2x128_si256(parts[0][m], parts[0][m + 1], 0x31));
    }
  } else if constexpr (Bytes == 2) {
#pragma GCC unroll 8
    for (std::size_t m = 0; m < 8; ++m) {
      __m256i const even = _mm256_unpacklo_epi64(parts[0][m], parts[1][m]),
                    odd = _mm256_unpackhi_epi64(parts[0][m], parts[1][m]);
      store(out + 32 * m, _mm256_permute2x128_si256(even, odd, 0x20));
      store(out + 32 * m + 256, _mm256_permute2x128_si256(even, odd, 0x31));
    }
  } else {
#pragma GCC unroll 8
    for (std::size_t part = 0; part < Bytes; part += 4)
      store_parts(parts + part, 8 * Bytes, out + 8 * part);
  }
}

// As in bit_transpose.cpp, 32 instead of 8 bytes of a plane at once.
template <std::size_t Bytes>
[[gnu::target("avx2")]] void to_pixels(std::byte const* planes, std::size_t plane_bytes,
                                       std::byte* out) {
  for (std::size_t first = 0; first + columns <= plane_bytes; first += columns) {
    __m256i parts[Bytes][8];
#pragma GCC unroll 8
    for (std::size_t byte = 0; byte < Bytes; ++byte) {
      __m256i rows[8];
#pragma GCC unroll 8
      for (std::size_t bit = 0; bit < 8; ++bit)
        rows[bit] = load(planes + (8 * byte + bit) * plane_bytes + first);
      transpose_bits(rows);
#pragma GCC unroll 8
      for (std::size_t j = 0; j < 8; ++j)
        parts[(j * Bytes + byte) / 8][(j * Bytes + byte) % 8] = rows[j];
    }
#pragma GCC unroll 8
    for (std::size_t part = 0; part < Bytes; ++part) transpose_bytes(parts[part]);
    store_pixels<Bytes>(parts, out + first * 8 * Bytes);
  }
}

// Four planes to bytes below 16, in the order that `transpose_bytes` leaves: half of the work of
// eight planes.
[[gnu::target("avx2")]] inline void nibbles_to_bytes(std::byte const* planes,
                                                     std::size_t plane_bytes, __m256i (&bytes)[8]) {
  __m256i w[4];
#pragma GCC unroll 4
  for (std::size_t bit = 0; bit < 4; ++bit) w[bit] = load(planes + bit * plane_bytes);
  // Within each half of a byte, 4 × 4 bits: then word j has pixel j in the lower and j + 4 in the
  // upper half of its bytes.
  swap_bits<2>(w[0], w[2], _mm256_set1_epi8(0x33));
  swap_bits<2>(w[1], w[3], _mm256_set1_epi8(0x33));
  swap_bits<1>(w[0], w[1], _mm256_set1_epi8(0x55));
  swap_bits<1>(w[2], w[3], _mm256_set1_epi8(0x55));
  __m256i const low_01 = _mm256_unpacklo_epi8(w[0], w[1]),
                high_01 = _mm256_unpackhi_epi8(w[0], w[1]);
  __m256i const low_23 = _mm256_unpacklo_epi8(w[2], w[3]),
                high_23 = _mm256_unpackhi_epi8(w[2], w[3]);
  __m256i const places[4] = {
      _mm256_unpacklo_epi16(low_01, low_23), _mm256_unpackhi_epi16(low_01, low_23),
      _mm256_unpacklo_epi16(high_01, high_23), _mm256_unpackhi_epi16(high_01, high_23)};
  __m256i const lower_half = _mm256_set1_epi8(0x0f);
#pragma GCC unroll 4
  for (std::size_t m = 0; m < 4; ++m) {
    __m256i const low = _mm256_and_si256(places[m], lower_half),
                  high = _mm256_and_si256(_mm256_srli_epi16(places[m], 4), lower_half);
    bytes[2 * m] = _mm256_unpacklo_epi32(low, high);
    bytes[2 * m + 1] = _mm256_unpackhi_epi32(low, high);
  }
}

// Sets the upper four bits of the pixels whose bit is set.
[[gnu::target("avx2")]] inline void add_upper(__m256i upper, __m256i (&bytes)[8]) {
  __m256i const bits = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201u)),
                upper_half = _mm256_set1_epi8(static_cast<char>(0xf0));
  __m256i const place = _mm256_setr_epi64x(0, 0x0101010101010101, 0, 0x0101010101010101);
#pragma GCC unroll 8
  for (std::size_t m = 0; m < 8; ++m) {
    __m256i const of_pixel = _mm256_shuffle_epi8(
        upper, _mm256_add_epi8(place, _mm256_set1_epi8(static_cast<char>(2 * m))));
    __m256i const set = _mm256_cmpeq_epi8(_mm256_and_si256(of_pixel, bits), bits);
    bytes[m] = _mm256_or_si256(bytes[m], _mm256_and_si256(set, upper_half));
  }
}

}  // namespace

std::size_t planes_to_pixels_avx2(std::byte const* planes, std::size_t plane_bytes,
                                  std::size_t pixel_bytes, std::byte* out) {
  switch (pixel_bytes) {
    case 1:
      to_pixels<1>(planes, plane_bytes, out);
      break;
    case 2:
      to_pixels<2>(planes, plane_bytes, out);
      break;
    case 4:
      to_pixels<4>(planes, plane_bytes, out);
      break;
    case 8:
      to_pixels<8>(planes, plane_bytes, out);
      break;
    default:
      return 0;
  }
  return plane_bytes / columns * columns;
}

[[gnu::target("avx2")]] void four_planes_to_bytes_avx2(std::byte const* planes,
                                                       std::size_t plane_bytes, std::byte* out) {
  for (std::size_t first = 0; first < plane_bytes; first += columns) {
    __m256i bytes[1][8];
    nibbles_to_bytes(planes + first, plane_bytes, bytes[0]);
    __m256i const upper = load(planes + 4 * plane_bytes + first);
    if (_mm256_testz_si256(upper, upper) == 0) add_upper(upper, bytes[0]);
    store_pixels<1>(bytes, out + first * 8);
  }
}

}  // namespace xrdct::codec
#else
namespace xrdct::codec {
void four_planes_to_bytes_avx2(std::byte const*, std::size_t, std::byte*) {}
std::size_t planes_to_pixels_avx2(std::byte const*, std::size_t, std::size_t, std::byte*) {
  return 0;
}
}  // namespace xrdct::codec
#endif
