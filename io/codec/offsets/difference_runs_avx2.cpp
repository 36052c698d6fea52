// Decodes byte-offset streams with AVX2: 64 bytes of differences at once.
#include "io/codec/offsets/difference_runs.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <bit>
#include <cstring>

#define XRDCT_AVX2_BYTES [[gnu::target("avx2,bmi,popcnt")]]

namespace xrdct::codec {
namespace {

constexpr std::size_t window = 64, half = 32, behind = 2;  // bytes: of a window, and read behind it

// Weights by which four bytes add to the 8 sums of their group of 8, [four bytes][sum][byte]: sum j
// holds the bytes up to j.
constexpr auto weights = [] {
  std::array<std::array<std::uint8_t, 32>, 2> table{};
  for (std::size_t four = 0; four < 2; ++four)
    for (std::size_t sum = 0; sum < 8; ++sum)
      for (std::size_t byte = 0; byte < 4; ++byte)
        table[four][4 * sum + byte] = 4 * four + byte <= sum ? 1 : 0;
  return table;
}();

XRDCT_AVX2_BYTES inline __m256i load(void const* from) {
  return _mm256_loadu_si256(static_cast<__m256i const*>(from));
}

XRDCT_AVX2_BYTES inline __m256i four_everywhere(std::byte const* bytes) {
  std::int32_t four;
  std::memcpy(&four, bytes, sizeof(four));
  return _mm256_set1_epi32(four);
}

// The sums of 8 differences of 8 bits.
XRDCT_AVX2_BYTES inline __m256i sums_of_bytes(std::byte const* differences) {
  __m256i const first = _mm256_maddubs_epi16(load(weights[0].data()), four_everywhere(differences)),
                second =
                    _mm256_maddubs_epi16(load(weights[1].data()), four_everywhere(differences + 4));
  return _mm256_madd_epi16(_mm256_add_epi16(first, second), _mm256_set1_epi16(1));
}

XRDCT_AVX2_BYTES inline std::uint64_t bits_of(__m256i first, __m256i second) {
  auto const low = static_cast<std::uint32_t>(_mm256_movemask_epi8(first)),
             high = static_cast<std::uint32_t>(_mm256_movemask_epi8(second));
  return std::uint64_t{high} << half | low;
}

XRDCT_AVX2_BYTES inline void store(std::byte* to, __m256i values) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), values);
}

XRDCT_AVX2_BYTES inline __m256i last_of(__m256i sums) {
  return _mm256_permutevar8x32_epi32(sums, _mm256_set1_epi32(7));
}

/// The end of a window.
struct Last {
  std::int32_t value = 0;
  bool any_negative = false;
};

// Adds up groups of eight: `sums_of(group)` of each alone.
template <class SumsOf>
XRDCT_AVX2_BYTES inline Last add_up(std::size_t groups, std::int32_t value, std::byte* out,
                                    SumsOf sums_of) {
  __m256i before = _mm256_set1_epi32(value), any = _mm256_setzero_si256();
  for (std::size_t group = 0; group < groups; ++group) {
    __m256i const own = sums_of(group), sums = _mm256_add_epi32(own, before);
    store(out + 32 * group, sums);
    any = _mm256_or_si256(any, sums);
    before = _mm256_add_epi32(before, last_of(own));
  }
  return {_mm256_cvtsi256_si32(before), _mm256_movemask_ps(_mm256_castsi256_ps(any)) != 0};
}

// The difference that begins at each byte of half a window, as 16 bits; \returns which are -2^15,
// in the order of `_mm256_packs_epi16`.
XRDCT_AVX2_BYTES inline __m256i difference_at_each(std::byte const* at, __m256i bytes,
                                                   __m256i marks, std::int16_t* differences) {
  __m256i const lower = _mm256_blendv_epi8(bytes, load(at + 1), marks),
                upper = _mm256_blendv_epi8(_mm256_cmpgt_epi8(_mm256_setzero_si256(), bytes),
                                           load(at + 2), marks);
  __m256i const even = _mm256_unpacklo_epi8(lower, upper), odd = _mm256_unpackhi_epi8(lower, upper);
  auto* const to = reinterpret_cast<__m128i*>(differences);
  _mm_storeu_si128(to, _mm256_castsi256_si128(even));
  _mm_storeu_si128(to + 1, _mm256_castsi256_si128(odd));
  _mm_storeu_si128(to + 2, _mm256_extracti128_si256(even, 1));
  _mm_storeu_si128(to + 3, _mm256_extracti128_si256(odd, 1));
  return _mm256_and_si256(_mm256_cmpeq_epi8(lower, _mm256_setzero_si256()),
                          _mm256_cmpeq_epi8(upper, _mm256_set1_epi8(-128)));
}

/// The differences of a window.
struct Window {
  std::array<std::int16_t, window> differences;  //!< by the byte at which they begin
  WindowBits bits;
  std::size_t end, count;  //!< bytes, with the last difference; differences
};

// Up to what is rare, and no more than are wanted.
XRDCT_AVX2_BYTES inline void find_differences(std::byte const* at, __m256i first_marks,
                                              __m256i second_marks, std::size_t wanted,
                                              Window& found) {
  __m256i const first = difference_at_each(at, load(at), first_marks, found.differences.data()),
                second = difference_at_each(at + half, load(at + half), second_marks,
                                            found.differences.data() + half);
  found.bits = window_bits(bits_of(first_marks, second_marks));
  found.end = window + (found.bits.wide >> (window - 2));
  auto const cut = [&](std::size_t end) {
    found.end = end;
    found.bits.starts &= (std::uint64_t{1} << end) - 1;
  };
  std::uint64_t const wider = found.bits.wide & bits_of(first, second);
  if (wider != 0) cut(static_cast<std::size_t>(std::countr_zero(wider)));
  found.count = static_cast<std::size_t>(std::popcount(found.bits.starts));
  if (found.count <= wanted) return;
  cut(place_of_bit(found.bits.starts, wanted));
  found.count = wanted;
}

// Where the 16 bits of the marked ones of eight go: side by side, zeros behind them.
constexpr auto packing = [] {
  std::array<std::array<std::uint8_t, 16>, 256> table{};
  for (std::size_t mask = 0; mask < 256; ++mask) {
    table[mask].fill(0x80);
    std::size_t to = 0;
    for (std::size_t from = 0; from < 8; ++from) {
      if ((mask >> from & 1) == 0) continue;
      table[mask][to++] = static_cast<std::uint8_t>(2 * from);
      table[mask][to++] = static_cast<std::uint8_t>(2 * from + 1);
    }
  }
  return table;
}();

// The differences side by side, and at least eight zeros.
XRDCT_AVX2_BYTES inline void pack(Window const& found, std::int16_t* packed) {
  for (std::size_t eight = 0; eight < window / 8; ++eight) {
    std::uint64_t const mask = found.bits.starts >> (8 * eight) & 0xff;
    __m128i const order = _mm_loadu_si128(reinterpret_cast<__m128i const*>(packing[mask].data()));
    __m128i const from =
        _mm_loadu_si128(reinterpret_cast<__m128i const*>(found.differences.data() + 8 * eight));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(packed), _mm_shuffle_epi8(from, order));
    packed += std::popcount(mask);
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(packed), _mm_setzero_si128());
}

// The sums of 8 differences of 16 bits.
XRDCT_AVX2_BYTES inline __m256i sums_of_words(std::int16_t const* differences) {
  __m256i sums =
      _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<__m128i const*>(differences)));
  sums = _mm256_add_epi32(sums, _mm256_slli_si256(sums, 4));
  sums = _mm256_add_epi32(sums, _mm256_slli_si256(sums, 8));
  __m256i const low = _mm256_permutevar8x32_epi32(sums, _mm256_set1_epi32(3));
  return _mm256_add_epi32(sums, _mm256_blend_epi32(_mm256_setzero_si256(), low, 0xf0));
}

// Eight differences each.
struct ByteSums {
  std::byte const* at;
  XRDCT_AVX2_BYTES __m256i operator()(std::size_t group) const {
    return sums_of_bytes(at + 8 * group);
  }
};
struct WordSums {
  std::int16_t const* at;
  XRDCT_AVX2_BYTES __m256i operator()(std::size_t group) const {
    return sums_of_words(at + 8 * group);
  }
};

}  // namespace

XRDCT_AVX2_BYTES DifferenceRun decode_run_avx2(std::span<std::byte const> stored,
                                               std::int32_t value, bool is_signed,
                                               std::span<std::byte> out) {
  constexpr std::size_t all = 4 * window;
  DifferenceRun run{0, 0, value};
  std::size_t const wanted = out.size() / 4;
  __m256i const mark = _mm256_set1_epi8(-128);
  while (stored.size() - run.bytes >= window + behind && run.pixels < wanted &&
         run.value > -farthest_value && run.value < farthest_value) {
    std::byte const* const at = stored.data() + run.bytes;
    auto const rest = out.subspan(4 * run.pixels);
    std::array<std::byte, all> some;  // where there is no room for a window
    std::byte* const to = rest.size() >= all ? rest.data() : some.data();
    __m256i const first = _mm256_cmpeq_epi8(load(at), mark),
                  second = _mm256_cmpeq_epi8(load(at + half), mark);
    bool const narrow = _mm256_testz_si256(_mm256_or_si256(first, second), mark) != 0;
    std::size_t bytes = window, count = window;
    Last last;
    if (narrow && rest.size() >= all) {
      last = add_up(window / 8, run.value, to, ByteSums{at});
    } else {
      Window found;
      find_differences(at, first, second, wanted - run.pixels, found);
      std::array<std::int16_t, window + 8> packed;
      pack(found, packed.data());
      last = add_up((found.count + 7) / 8, run.value, to, WordSums{packed.data()});
      bytes = found.end;
      count = found.count;
    }
    if (count == 0 || (!is_signed && last.any_negative)) break;
    if (rest.size() < all) std::memcpy(rest.data(), some.data(), 4 * count);
    run = {run.bytes + bytes, run.pixels + count, last.value};
  }
  return run;
}

}  // namespace xrdct::codec
#endif
