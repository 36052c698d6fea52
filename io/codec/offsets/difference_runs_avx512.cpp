// Decodes byte-offset streams with AVX-512: 64 bytes of differences at once.
#include "io/codec/offsets/difference_runs.hpp"
#include "io/codec/words/avx512_intrinsics.hpp"

#if defined(__x86_64__) || defined(XRDCT_EMULATE_AVX512)
#include <array>
#include <bit>

#if defined(XRDCT_EMULATE_AVX512)
#define XRDCT_AVX512_BYTES
#else
#define XRDCT_AVX512_BYTES \
  [[gnu::target(           \
      "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512vnni,gfni,bmi,popcnt")]]
#endif

namespace xrdct::codec {
namespace {

constexpr std::size_t window = 64, behind = 2;  // bytes: of a window, and read behind it

// Weights by which four bytes add to the 16 sums of their group of 16, [four bytes][sum][byte]: sum
// j holds the bytes up to j.
constexpr auto weights = [] {
  std::array<std::array<std::uint8_t, 64>, 4> table{};
  for (std::size_t four = 0; four < 4; ++four)
    for (std::size_t sum = 0; sum < 16; ++sum)
      for (std::size_t byte = 0; byte < 4; ++byte)
        table[four][4 * sum + byte] = 4 * four + byte <= sum ? 1 : 0;
  return table;
}();

XRDCT_AVX512_BYTES inline __m512i load(void const* from) { return _mm512_loadu_si512(from); }

#if defined(XRDCT_EMULATE_AVX512)
// What SIMDe lacks.
template <class From, class To, std::size_t Count>
__m512i widened(__m256i values) {
  std::array<From, Count> from;
  std::array<To, Count> to;
  __builtin_memcpy(from.data(), &values, sizeof(values));
  for (std::size_t i = 0; i < Count; ++i) to[i] = from[i];
  return load(to.data());
}
__m512i words_of_bytes(__m256i bytes) { return widened<std::uint8_t, std::uint16_t, 32>(bytes); }
__m512i longs_of_words(__m256i words) { return widened<std::int16_t, std::int32_t, 16>(words); }
__m512i packed(std::uint64_t mask, __m512i bytes) {
  std::array<std::uint8_t, 64> from, to{};
  __builtin_memcpy(from.data(), &bytes, sizeof(from));
  for (std::size_t i = 0, k = 0; i < 64; ++i)
    if ((mask >> i & 1) != 0) to[k++] = from[i];
  return load(to.data());
}
#else
XRDCT_AVX512_BYTES inline __m512i words_of_bytes(__m256i bytes) {
  return _mm512_cvtepu8_epi16(bytes);
}
XRDCT_AVX512_BYTES inline __m512i longs_of_words(__m256i words) {
  return _mm512_cvtepi16_epi32(words);
}
// The bytes of a mask side by side, zeros behind them.
XRDCT_AVX512_BYTES inline __m512i packed(std::uint64_t mask, __m512i bytes) {
  return _mm512_maskz_compress_epi8(mask, bytes);
}
#endif

XRDCT_AVX512_BYTES inline __m512i last_of(__m512i sums) {
  return _mm512_permutexvar_epi32(_mm512_set1_epi32(15), sums);
}

// The sums of 16 differences of 8 bits.
XRDCT_AVX512_BYTES inline __m512i sums_of_bytes(std::byte const* differences) {
  __m512i sums = _mm512_setzero_si512();
  for (std::size_t four = 0; four < 4; ++four) {
    std::int32_t bytes;
    __builtin_memcpy(&bytes, differences + 4 * four, sizeof(bytes));
    sums = _mm512_dpbusd_epi32(sums, load(weights[four].data()), _mm512_set1_epi32(bytes));
  }
  return sums;
}

// Adds to each sum the one `Distance` before it.
template <int Distance>
XRDCT_AVX512_BYTES inline __m512i add_earlier(__m512i sums) {
  constexpr auto places = [] {
    std::array<std::int32_t, 16> table{};
    for (int i = 0; i < 16; ++i) table[static_cast<std::size_t>(i)] = (i - Distance) & 15;
    return table;
  }();
  constexpr auto later = static_cast<std::uint16_t>(0xffffU << Distance);
  return _mm512_add_epi32(sums, _mm512_maskz_permutexvar_epi32(later, load(places.data()), sums));
}

// The sums of 16 differences of 16 bits.
XRDCT_AVX512_BYTES inline __m512i sums_of_words(__m256i differences) {
  __m512i const words = longs_of_words(differences);
  return add_earlier<8>(add_earlier<4>(add_earlier<2>(add_earlier<1>(words))));
}

// Differences of 16 bits from their lower and upper bytes.
XRDCT_AVX512_BYTES inline __m512i words_of(__m256i lower, __m256i upper) {
  return _mm512_or_si512(words_of_bytes(lower), _mm512_slli_epi16(words_of_bytes(upper), 8));
}

struct Sums {
  __m512i of[4];
};

// Adds what came before to each sum of four groups, one behind another.
XRDCT_AVX512_BYTES inline __m512i add_up(Sums& sums, __m512i before) {
  for (auto& group : sums.of) {
    __m512i const total = last_of(group);
    group = _mm512_add_epi32(group, before);
    before = _mm512_add_epi32(before, total);
  }
  return before;
}

XRDCT_AVX512_BYTES inline bool has_negative(Sums const& sums) {
  __m512i const any = _mm512_or_si512(_mm512_or_si512(sums.of[0], sums.of[1]),
                                      _mm512_or_si512(sums.of[2], sums.of[3]));
  return _mm512_movepi32_mask(any) != 0;
}

// Writes whole groups where there is room: what follows the pixels is written later.
XRDCT_AVX512_BYTES inline void store(Sums const& sums, std::size_t pixels,
                                     std::span<std::byte> out) {
  constexpr std::size_t all = 4 * window;
  std::array<std::byte, all> some;
  std::byte* const to = out.size() >= all ? out.data() : some.data();
  for (std::size_t group = 0; group < 4; ++group)
    _mm512_storeu_si512(to + 64 * group, sums.of[group]);
  if (out.size() < all) __builtin_memcpy(out.data(), some.data(), 4 * pixels);
}

struct Taken {
  std::size_t bytes, pixels;
};

// A window with differences of 16 bits, or that gives more pixels than are wanted.
XRDCT_AVX512_BYTES inline Taken mixed_window(std::byte const* at, __m512i bytes,
                                             std::uint64_t marks, std::size_t wanted, Sums& sums) {
  auto bits = window_bits(marks);
  __m512i const lower = _mm512_mask_mov_epi8(bytes, bits.wide, load(at + 1));
  __m512i const upper =
      _mm512_mask_mov_epi8(_mm512_movm_epi8(_mm512_movepi8_mask(bytes)), bits.wide, load(at + 2));
  std::uint64_t const wider = bits.wide & _mm512_cmpeq_epi8_mask(upper, _mm512_set1_epi8(-128)) &
                              _mm512_cmpeq_epi8_mask(lower, _mm512_setzero_si512());
  std::size_t end = window + (bits.wide >> 62);  // with the 16 bits of the last
  if (wider != 0) {
    end = static_cast<std::size_t>(std::countr_zero(wider));
    bits.starts &= (std::uint64_t{1} << end) - 1;
  }
  auto pixels = static_cast<std::size_t>(std::popcount(bits.starts));
  if (pixels > wanted) {
    end = place_of_bit(bits.starts, wanted);
    bits.starts &= (std::uint64_t{1} << end) - 1;
    pixels = wanted;
  }
  __m512i const low = packed(bits.starts, lower), high = packed(bits.starts, upper);
  __m512i const first = words_of(_mm512_castsi512_si256(low), _mm512_castsi512_si256(high)),
                second =
                    words_of(_mm512_extracti64x4_epi64(low, 1), _mm512_extracti64x4_epi64(high, 1));
  sums.of[0] = sums_of_words(_mm512_castsi512_si256(first));
  sums.of[1] = sums_of_words(_mm512_extracti64x4_epi64(first, 1));
  sums.of[2] = sums_of_words(_mm512_castsi512_si256(second));
  sums.of[3] = sums_of_words(_mm512_extracti64x4_epi64(second, 1));
  return {end, pixels};
}

}  // namespace

XRDCT_AVX512_BYTES DifferenceRun decode_run_avx512(std::span<std::byte const> stored,
                                                   std::int32_t value, bool is_signed,
                                                   std::span<std::byte> out) {
  DifferenceRun run{0, 0, value};
  std::size_t const wanted = out.size() / 4;
  __m512i before = _mm512_set1_epi32(value);
  while (stored.size() - run.bytes >= window + behind && run.pixels < wanted &&
         run.value > -farthest_value && run.value < farthest_value) {
    std::byte const* const at = stored.data() + run.bytes;
    fetch_ahead(at);
    __m512i const bytes = load(at);
    std::uint64_t const marks = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(-128));
    Taken taken{window, window};
    Sums sums;
    if (marks == 0 && wanted - run.pixels >= window) {
      for (std::size_t group = 0; group < 4; ++group)
        sums.of[group] = sums_of_bytes(at + 16 * group);
    } else {
      taken = mixed_window(at, bytes, marks, wanted - run.pixels, sums);
    }
    __m512i const last = add_up(sums, before);
    if (taken.pixels == 0 || (!is_signed && has_negative(sums))) break;
    store(sums, taken.pixels, out.subspan(4 * run.pixels));
    before = last;
    run = {run.bytes + taken.bytes, run.pixels + taken.pixels,
           _mm_cvtsi128_si32(_mm512_castsi512_si128(last))};
  }
  return run;
}

}  // namespace xrdct::codec
#endif
