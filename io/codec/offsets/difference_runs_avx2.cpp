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

// A window of differences of 8 bits. \returns all that came before the next one, everywhere
XRDCT_AVX2_BYTES inline __m256i add_bytes(std::byte const* at, __m256i before, std::byte* out,
                                          __m256i& any) {
  for (std::size_t group = 0; group < window / 8; ++group) {
    __m256i const own = sums_of_bytes(at + 8 * group), sums = _mm256_add_epi32(own, before);
    store(out + 32 * group, sums);
    any = _mm256_or_si256(any, sums);
    before = _mm256_add_epi32(before, last_of(own));
  }
  return before;
}

/// The differences that begin at each byte of half a window, their lower and upper bytes.
struct Differences {
  __m256i lower, upper;
};

XRDCT_AVX2_BYTES inline Differences differences_at_each(std::byte const* at, __m256i marks) {
  __m256i const bytes = load(at), signs = _mm256_cmpgt_epi8(_mm256_setzero_si256(), bytes);
  return {_mm256_blendv_epi8(bytes, load(at + 1), marks),
          _mm256_blendv_epi8(signs, load(at + 2), marks)};
}

// Bytes whose difference is -2^15: a wider one follows.
XRDCT_AVX2_BYTES inline __m256i is_lowest(Differences const& those) {
  return _mm256_and_si256(_mm256_cmpeq_epi8(those.lower, _mm256_setzero_si256()),
                          _mm256_cmpeq_epi8(those.upper, _mm256_set1_epi8(-128)));
}

/// The differences of a window.
struct Window {
  Differences first, second;
  WindowBits bits;
  std::size_t end, count;  //!< bytes, with the last difference; differences
};

// Up to what is rare, and no more than are wanted.
XRDCT_AVX2_BYTES inline Window find_differences(std::byte const* at, __m256i first_marks,
                                                __m256i second_marks, std::size_t wanted) {
  Window found{differences_at_each(at, first_marks), differences_at_each(at + half, second_marks),
               window_bits(bits_of(first_marks, second_marks)), 0, 0};
  found.end = window + (found.bits.wide >> (window - 2));
  auto const cut = [&](std::size_t end) {
    found.end = end;
    found.bits.starts &= (std::uint64_t{1} << end) - 1;
  };
  std::uint64_t const wider =
      found.bits.wide & bits_of(is_lowest(found.first), is_lowest(found.second));
  if (wider != 0) cut(static_cast<std::size_t>(std::countr_zero(wider)));
  found.count = static_cast<std::size_t>(std::popcount(found.bits.starts));
  if (found.count <= wanted) return found;
  cut(place_of_bit(found.bits.starts, wanted));
  found.count = wanted;
  return found;
}

// Which of eight values are the marked ones, side by side.
constexpr auto packing = [] {
  std::array<std::array<std::uint8_t, 8>, 256> table{};
  for (std::size_t mask = 0; mask < 256; ++mask)
    for (std::size_t from = 0, to = 0; from < 8; ++from)
      if ((mask >> from & 1) != 0) table[mask][to++] = static_cast<std::uint8_t>(from);
  return table;
}();

// Bytes of all ones where a bit is set.
XRDCT_AVX2_BYTES inline __m256i bytes_of_bits(std::uint32_t bits) {
  __m256i const byte_of_each = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202,
                                                  0x0303030303030303),
                one_bit = _mm256_set1_epi64x(static_cast<std::int64_t>(0x8040201008040201U));
  __m256i const each =
      _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<std::int32_t>(bits)), byte_of_each);
  return _mm256_cmpeq_epi8(_mm256_and_si256(each, one_bit), one_bit);
}

// The sums of 8 differences of 16 bits.
XRDCT_AVX2_BYTES inline __m256i sums_of_words(__m128i differences) {
  __m256i sums = _mm256_cvtepi16_epi32(differences);
  sums = _mm256_add_epi32(sums, _mm256_slli_si256(sums, 4));
  sums = _mm256_add_epi32(sums, _mm256_slli_si256(sums, 8));
  __m256i const low = _mm256_permutevar8x32_epi32(sums, _mm256_set1_epi32(3));
  return _mm256_add_epi32(sums, _mm256_blend_epi32(_mm256_setzero_si256(), low, 0xf0));
}

/// Adds up differences, and writes a value for each byte at which one begins.
class WordAdder {
 public:
  XRDCT_AVX2_BYTES WordAdder(__m256i before, std::byte* out) : before_(before), out_(out) {}

  XRDCT_AVX2_BYTES void add(Differences const& those, std::uint32_t starts) {
    __m256i const begins = bytes_of_bits(starts), lower = _mm256_and_si256(those.lower, begins),
                  upper = _mm256_and_si256(those.upper, begins),
                  even = _mm256_unpacklo_epi8(lower, upper),
                  odd = _mm256_unpackhi_epi8(lower, upper);
    add_eight(_mm256_castsi256_si128(even), starts & 0xff);
    add_eight(_mm256_castsi256_si128(odd), starts >> 8 & 0xff);
    add_eight(_mm256_extracti128_si256(even, 1), starts >> 16 & 0xff);
    add_eight(_mm256_extracti128_si256(odd, 1), starts >> 24);
  }
  XRDCT_AVX2_BYTES __m256i before() const { return before_; }
  XRDCT_AVX2_BYTES __m256i any() const { return any_; }

 private:
  XRDCT_AVX2_BYTES void add_eight(__m128i differences, std::uint32_t starts) {
    __m256i const own = sums_of_words(differences), sums = _mm256_add_epi32(own, before_);
    __m256i const order = _mm256_cvtepu8_epi32(
        _mm_loadl_epi64(reinterpret_cast<__m128i const*>(packing[starts].data())));
    store(out_, _mm256_permutevar8x32_epi32(sums, order));
    out_ += 4 * std::popcount(starts);
    any_ = _mm256_or_si256(any_, sums);
    before_ = _mm256_add_epi32(before_, last_of(own));
  }

  __m256i before_, any_ = _mm256_setzero_si256();
  std::byte* out_;
};

}  // namespace

XRDCT_AVX2_BYTES DifferenceRun decode_run_avx2(std::span<std::byte const> stored,
                                               std::int32_t value, bool is_signed,
                                               std::span<std::byte> out) {
  constexpr std::size_t all = 4 * window;
  DifferenceRun run{0, 0, value};
  std::size_t const wanted = out.size() / 4;
  __m256i const mark = _mm256_set1_epi8(-128);
  __m256i before = _mm256_set1_epi32(value);
  while (stored.size() - run.bytes >= window + behind && run.pixels < wanted &&
         run.value > -farthest_value && run.value < farthest_value) {
    std::byte const* const at = stored.data() + run.bytes;
    fetch_ahead(at);
    auto const rest = out.subspan(4 * run.pixels);
    std::array<std::byte, all> some;  // where there is no room for a window
    std::byte* const to = rest.size() >= all ? rest.data() : some.data();
    __m256i const first = _mm256_cmpeq_epi8(load(at), mark),
                  second = _mm256_cmpeq_epi8(load(at + half), mark);
    bool const narrow = _mm256_testz_si256(_mm256_or_si256(first, second), mark) != 0;
    std::size_t bytes = window, count = window;
    __m256i last, any = _mm256_setzero_si256();
    if (narrow && rest.size() >= all) {
      last = add_bytes(at, before, to, any);
    } else {
      auto const found = find_differences(at, first, second, wanted - run.pixels);
      WordAdder adder(before, to);
      adder.add(found.first, static_cast<std::uint32_t>(found.bits.starts));
      adder.add(found.second, static_cast<std::uint32_t>(found.bits.starts >> half));
      last = adder.before();
      any = adder.any();
      bytes = found.end;
      count = found.count;
    }
    bool const any_negative = _mm256_movemask_ps(_mm256_castsi256_ps(any)) != 0;
    if (count == 0 || (!is_signed && any_negative)) break;
    if (rest.size() < all) std::memcpy(rest.data(), some.data(), 4 * count);
    before = last;
    run = {run.bytes + bytes, run.pixels + count, _mm256_cvtsi256_si32(last)};
  }
  return run;
}

}  // namespace xrdct::codec
#endif
