#include "io/codec/bit_transpose.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include "core/errors.hpp"

namespace xrdct::codec {
namespace {

constexpr std::size_t columns = 32;  // bytes of a plane taken at once, 256 pixels

[[gnu::target("avx2")]] inline __m256i load(void const* from) { return _mm256_loadu_si256(static_cast<__m256i const*>(from)); }
[[gnu::target("avx2")]] inline void store(void* to, __m256i value) { _mm256_storeu_si256(static_cast<__m256i*>(to), value); }

// Exchanges the bits of `mask` << Shift in `a` with the bits of `mask` in `b`.
template <int Shift>
[[gnu::target("avx2")]] inline void exchange(__m256i& a, __m256i& b, __m256i mask) {
  __m256i const difference = _mm256_and_si256(_mm256_xor_si256(_mm256_srli_epi16(a, Shift), b), mask);
  b = _mm256_xor_si256(b, difference);
  a = _mm256_xor_si256(a, _mm256_slli_epi16(difference, Shift));
}

// Transposes, for each of the 32 byte places, the 8 × 8 bits in that byte of the eight words.
[[gnu::target("avx2")]] inline void transpose_bits(__m256i (&w)[8]) {
  __m256i const fours = _mm256_set1_epi8(0x0f), twos = _mm256_set1_epi8(0x33), ones = _mm256_set1_epi8(0x55);
  for (int i : {0, 1, 2, 3}) exchange<4>(w[i], w[i + 4], fours);
  for (int i : {0, 1, 4, 5}) exchange<2>(w[i], w[i + 2], twos);
  for (int i : {0, 2, 4, 6}) exchange<1>(w[i], w[i + 1], ones);
}

// Turns 8 words × 32 bytes to 32 × 8 bytes: the halves of w[m] are the bytes of places 2m and 2m + 1, and of 16 + 2m and 17 + 2m.
[[gnu::target("avx2")]] inline void transpose_bytes(__m256i (&w)[8]) {
  __m256i pairs[8], fours[8];
  for (int i = 0; i < 4; ++i) {
    pairs[i] = _mm256_unpacklo_epi8(w[2 * i], w[2 * i + 1]);
    pairs[i + 4] = _mm256_unpackhi_epi8(w[2 * i], w[2 * i + 1]);
  }
  for (int i : {0, 4}) {
    for (int side = 0; side < 2; ++side) {
      fours[i + side] = _mm256_unpacklo_epi16(pairs[i + 2 * side], pairs[i + 2 * side + 1]);
      fours[i + 2 + side] = _mm256_unpackhi_epi16(pairs[i + 2 * side], pairs[i + 2 * side + 1]);
    }
  }
  for (int i = 0; i < 4; ++i) {
    w[2 * i] = _mm256_unpacklo_epi32(fours[2 * i], fours[2 * i + 1]);
    w[2 * i + 1] = _mm256_unpackhi_epi32(fours[2 * i], fours[2 * i + 1]);
  }
}

// Four parts of 8 bytes each, as `transpose_bytes` leaves them, to 32 consecutive bytes per place; places lie `stride` bytes apart.
[[gnu::target("avx2")]] inline void store_parts(__m256i const (*parts)[8], std::size_t stride, std::byte* out) {
  for (std::size_t m = 0; m < 8; ++m) {
    __m256i const low_even = _mm256_unpacklo_epi64(parts[0][m], parts[1][m]), low_odd = _mm256_unpackhi_epi64(parts[0][m], parts[1][m]);
    __m256i const high_even = _mm256_unpacklo_epi64(parts[2][m], parts[3][m]), high_odd = _mm256_unpackhi_epi64(parts[2][m], parts[3][m]);
    store(out + (2 * m) * stride, _mm256_permute2x128_si256(low_even, high_even, 0x20));
    store(out + (2 * m + 1) * stride, _mm256_permute2x128_si256(low_odd, high_odd, 0x20));
    store(out + (2 * m + 16) * stride, _mm256_permute2x128_si256(low_even, high_even, 0x31));
    store(out + (2 * m + 17) * stride, _mm256_permute2x128_si256(low_odd, high_odd, 0x31));
  }
}

template <std::size_t Bytes>
[[gnu::target("avx2")]] inline void store_pixels(__m256i const (&parts)[Bytes][8], std::byte* out) {
  if constexpr (Bytes == 1) {
    for (std::size_t m = 0; m < 8; m += 2) {
      store(out + 16 * m, _mm256_permute2x128_si256(parts[0][m], parts[0][m + 1], 0x20));
      store(out + 16 * m + 128, _mm256_permute2x128_si256(parts[0][m], parts[0][m + 1], 0x31));
    }
  } else if constexpr (Bytes == 2) {
    for (std::size_t m = 0; m < 8; ++m) {
      __m256i const even = _mm256_unpacklo_epi64(parts[0][m], parts[1][m]), odd = _mm256_unpackhi_epi64(parts[0][m], parts[1][m]);
      store(out + 32 * m, _mm256_permute2x128_si256(even, odd, 0x20));
      store(out + 32 * m + 256, _mm256_permute2x128_si256(even, odd, 0x31));
    }
  } else {
    for (std::size_t part = 0; part < Bytes; part += 4) store_parts(parts + part, 8 * Bytes, out + 8 * part);
  }
}

// As in bit_transpose.cpp, 32 instead of 8 bytes of a plane at once.
template <std::size_t Bytes>
[[gnu::target("avx2")]] void to_pixels(std::byte const* planes, std::size_t plane_bytes, std::byte* out) {
  for (std::size_t first = 0; first + columns <= plane_bytes; first += columns) {
    __m256i parts[Bytes][8];
    for (std::size_t byte = 0; byte < Bytes; ++byte) {
      __m256i rows[8];
      for (std::size_t bit = 0; bit < 8; ++bit) rows[bit] = load(planes + (8 * byte + bit) * plane_bytes + first);
      transpose_bits(rows);
      for (std::size_t j = 0; j < 8; ++j) parts[(j * Bytes + byte) / 8][(j * Bytes + byte) % 8] = rows[j];
    }
    for (std::size_t part = 0; part < Bytes; ++part) transpose_bytes(parts[part]);
    store_pixels<Bytes>(parts, out + first * 8 * Bytes);
  }
}

}  // namespace

std::size_t planes_to_pixels_avx2(std::byte const* planes, std::size_t plane_bytes, std::size_t pixel_bytes, std::byte* out) {
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

}  // namespace xrdct::codec
#else
namespace xrdct::codec {
std::size_t planes_to_pixels_avx2(std::byte const*, std::size_t, std::size_t, std::byte*) { return 0; }
}  // namespace xrdct::codec
#endif
