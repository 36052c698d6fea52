// Turns bit planes into pixels with AVX-512 and GFNI.
#include "io/codec/planes/bit_transpose.hpp"
#include "io/codec/words/avx512_intrinsics.hpp"

#if defined(__x86_64__) || defined(XRDCT_EMULATE_AVX512)
#include <array>
#include <cstdint>

namespace xrdct::codec {
namespace {

constexpr std::size_t columns = 16;  // bytes of a plane taken at once, 128 pixels

using Table = std::array<std::uint8_t, 64>;

// Where the bytes of 16 columns of four planes, one plane in each quarter, go: word i of a quarter
// takes the four bytes of one column, the last plane's first.
template <class Column>
constexpr Table table_of(Column column) {
  Table table{};
  for (std::size_t at = 0; at < 64; ++at)
    table[at] = static_cast<std::uint8_t>(16 * (3 - at % 4) + column(at / 16, at / 4 % 4));
  return table;
}
// The first two words of the quarters are columns 0–7, the others columns 8–15.
constexpr Table in_order =
    table_of([](std::size_t quarter, std::size_t i) { return 2 * quarter + i % 2 + i / 2 * 8; });
// The columns of a quarter lie 4 apart: its halves, interleaved with those of the next byte, are a
// quarter each of two outputs.
constexpr Table by_fours =
    table_of([](std::size_t quarter, std::size_t i) { return quarter + 4 * i; });
// The same for groups of four pixels: those of a quarter lie 16 apart.
constexpr std::array<std::uint32_t, 16> groups_by_fours{0, 4, 8,  12, 1, 5, 9,  13,
                                                        2, 6, 10, 14, 3, 7, 11, 15};

XRDCT_AVX512 inline __m512i load(void const* from) { return _mm512_loadu_si512(from); }
XRDCT_AVX512 inline void store(void* to, __m512i value) { _mm512_storeu_si512(to, value); }
XRDCT_AVX512 inline __m128i load_columns(std::byte const* plane) {
  return _mm_loadu_si128(reinterpret_cast<__m128i const*>(plane));
}

XRDCT_AVX512 inline __m512i load_four(std::byte const* planes, std::size_t plane_bytes) {
  __m512i four = _mm512_castsi128_si512(load_columns(planes));
  four = _mm512_inserti32x4(four, load_columns(planes + plane_bytes), 1);
  four = _mm512_inserti32x4(four, load_columns(planes + 2 * plane_bytes), 2);
  return _mm512_inserti32x4(four, load_columns(planes + 3 * plane_bytes), 3);
}

// Transposes the 8 × 8 bits of each column: byte j becomes pixel j. As a matrix, a column has its
// last plane in its first byte.
XRDCT_AVX512 inline __m512i transpose_bits(__m512i rows) {
  __m512i const pixel_of_byte = _mm512_set1_epi64(static_cast<long long>(0x8040201008040201u));
  return _mm512_gf2p8affine_epi64_epi8(pixel_of_byte, rows, 0);
}

struct Halves {
  __m512i low, high;  // 64 pixels each, a byte of them
};

XRDCT_AVX512 inline Halves byte_of_pixels(std::byte const* planes, std::size_t plane_bytes,
                                          Table const& order) {
  __m512i const to = load(order.data());
  __m512i const low = _mm512_permutexvar_epi8(to, load_four(planes, plane_bytes));
  __m512i const high =
      _mm512_permutexvar_epi8(to, load_four(planes + 4 * plane_bytes, plane_bytes));
  return {transpose_bits(_mm512_unpacklo_epi32(high, low)),
          transpose_bits(_mm512_unpackhi_epi32(high, low))};
}

XRDCT_AVX512 inline void store_pairs(__m512i low, __m512i high, std::byte* out) {
  store(out, _mm512_unpacklo_epi8(low, high));
  store(out + 64, _mm512_unpackhi_epi8(low, high));
}

// 64 pixels of four bytes.
XRDCT_AVX512 inline void store_fours(__m512i const (&bytes)[4], std::byte* out) {
  __m512i const order = load(groups_by_fours.data());
  __m512i grouped[4];
  for (std::size_t byte = 0; byte < 4; ++byte)
    grouped[byte] = _mm512_permutexvar_epi32(order, bytes[byte]);
  __m512i const low_01 = _mm512_unpacklo_epi8(grouped[0], grouped[1]),
                high_01 = _mm512_unpackhi_epi8(grouped[0], grouped[1]);
  __m512i const low_23 = _mm512_unpacklo_epi8(grouped[2], grouped[3]),
                high_23 = _mm512_unpackhi_epi8(grouped[2], grouped[3]);
  store(out, _mm512_unpacklo_epi16(low_01, low_23));
  store(out + 64, _mm512_unpackhi_epi16(low_01, low_23));
  store(out + 128, _mm512_unpacklo_epi16(high_01, high_23));
  store(out + 192, _mm512_unpackhi_epi16(high_01, high_23));
}

XRDCT_AVX512 inline void columns_to_pixels(std::byte const* planes, std::size_t plane_bytes,
                                           std::size_t pixel_bytes, std::byte* out) {
  if (pixel_bytes == 1) {
    Halves const only = byte_of_pixels(planes, plane_bytes, in_order);
    store(out, only.low);
    store(out + 64, only.high);
  } else if (pixel_bytes == 2) {
    Halves const first = byte_of_pixels(planes, plane_bytes, by_fours),
                 second = byte_of_pixels(planes + 8 * plane_bytes, plane_bytes, by_fours);
    store_pairs(first.low, second.low, out);
    store_pairs(first.high, second.high, out + 128);
  } else {
    __m512i low[4], high[4];
    for (std::size_t byte = 0; byte < 4; ++byte) {
      Halves const halves = byte_of_pixels(planes + 8 * byte * plane_bytes, plane_bytes, in_order);
      low[byte] = halves.low;
      high[byte] = halves.high;
    }
    store_fours(low, out);
    store_fours(high, out + 256);
  }
}

}  // namespace

XRDCT_AVX512 std::size_t planes_to_pixels_avx512(std::byte const* planes, std::size_t plane_bytes,
                                                 std::size_t pixel_bytes, std::byte* out) {
  if (pixel_bytes > 4) return 0;
  std::size_t first = 0;
  for (; first + columns <= plane_bytes; first += columns)
    columns_to_pixels(planes + first, plane_bytes, pixel_bytes, out + first * 8 * pixel_bytes);
  return first;
}

}  // namespace xrdct::codec
#else
namespace xrdct::codec {
std::size_t planes_to_pixels_avx512(std::byte const*, std::size_t, std::size_t, std::byte*) {
  return 0;
}
}  // namespace xrdct::codec
#endif
