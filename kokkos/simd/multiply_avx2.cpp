// Adds tiles to sums and turns pixels, with AVX2.
#include "kokkos/simd/multiply.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <cstring>

// The loops of multiply_portable.cpp on vectors of four frames. Products and sums are fused where
// the product is exact: same bits.
namespace xrdct::kernels {
namespace {

template <Storage storage>
[[gnu::target("avx2")]] inline __m256d load(void const* values, std::size_t index) {
  if constexpr (storage == Storage::u8) {
    std::int32_t four;
    std::memcpy(&four, static_cast<std::uint8_t const*>(values) + index, sizeof(four));
    return _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four)));
  } else if constexpr (storage == Storage::u16) {
    auto const* four =
        reinterpret_cast<__m128i const*>(static_cast<std::uint16_t const*>(values) + index);
    return _mm256_cvtepi32_pd(_mm_cvtepu16_epi32(_mm_loadl_epi64(four)));
  } else {
    return _mm256_cvtps_pd(_mm_loadu_ps(static_cast<float const*>(values) + index));
  }
}

// How Σ c²·max(x, 1) is formed: not at all; by product and sum; fused, where the product is exact.
enum class Variance { none, rounded, exact };

// What an entry adds of four frames to S and V, but for the coefficient.
struct Four {
  __m256d signal, variance;
};

template <Storage storage, bool has_dark, bool has_invalid>
[[gnu::target("avx2,fma")]] inline Four load_four(TilePixels const& pixels, std::size_t pixel,
                                                  std::size_t lane) {
  __m256d const raw = load<storage>(pixels.values, pixel * lanes + lane);
  __m256d const one = _mm256_set1_pd(1.0);
  Four four{raw, _mm256_max_pd(raw, one)};
  // Doubles of small integers are in the order of their upper halves: a maximum that leaves the
  // units of floating point to the products.
  if constexpr (storage != Storage::f32)
    four.variance =
        _mm256_castsi256_pd(_mm256_max_epi32(_mm256_castpd_si256(raw), _mm256_castpd_si256(one)));
  if constexpr (has_dark) {
    __m128 const rounded =
        _mm_loadu_ps(static_cast<float const*>(pixels.values) + pixel * lanes + lane);
    four.signal = _mm256_cvtps_pd(_mm_sub_ps(rounded, _mm_set1_ps(pixels.dark[pixel])));
  }
  if constexpr (has_invalid) {
    __m256d const valid = _mm256_cmp_pd(raw, raw, _CMP_ORD_Q);
    four.signal = _mm256_and_pd(four.signal, valid);
    four.variance = _mm256_and_pd(four.variance, valid);
  }
  return four;
}

// Sums of one bin, of some frames, kept in registers.
template <std::size_t vectors, Variance kind>
struct Sums {
  __m256d signal[vectors];
  __m256d variance[vectors];

  [[gnu::target("avx2,fma"), gnu::always_inline]] void load(double const* of_bin) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) {
      signal[v] = _mm256_loadu_pd(of_bin + v * 4);
      if constexpr (kind != Variance::none) variance[v] = _mm256_loadu_pd(of_bin + lanes + v * 4);
    }
  }
  [[gnu::target("avx2,fma"), gnu::always_inline]] void clear() {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) signal[v] = variance[v] = _mm256_setzero_pd();
  }
  [[gnu::target("avx2,fma"), gnu::always_inline]] void add_all(double const* of_bin) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) {
      signal[v] = _mm256_add_pd(_mm256_loadu_pd(of_bin + v * 4), signal[v]);
      if constexpr (kind != Variance::none)
        variance[v] = _mm256_add_pd(_mm256_loadu_pd(of_bin + lanes + v * 4), variance[v]);
    }
  }
  [[gnu::target("avx2,fma"), gnu::always_inline]] void store(double* of_bin) const {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) {
      _mm256_storeu_pd(of_bin + v * 4, signal[v]);
      if constexpr (kind != Variance::none) _mm256_storeu_pd(of_bin + lanes + v * 4, variance[v]);
    }
  }
  // The product with the signal is exact: fused or not, the bits are the same. That with the
  // variance is not, but for small counts.
  [[gnu::target("avx2,fma"), gnu::always_inline]] void add(std::size_t v, __m256d c, __m256d c2,
                                                           Four const& four) {
    signal[v] = _mm256_fmadd_pd(c, four.signal, signal[v]);
    if constexpr (kind == Variance::rounded)
      variance[v] = _mm256_add_pd(variance[v], _mm256_mul_pd(c2, four.variance));
    if constexpr (kind == Variance::exact)
      variance[v] = _mm256_fmadd_pd(c2, four.variance, variance[v]);
  }
};

// \param all_one a run is added up before it is added to the bin
template <Storage storage, bool has_dark, bool has_invalid, Variance kind>
[[gnu::target("avx2,fma")]] void add_singles(EntryRuns const& entries, bool all_one,
                                             TilePixels const& pixels, double* all) {
  constexpr std::size_t vectors = lanes / 4;
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size();
       ++run) {
    Sums<vectors, kind> sums;
    if (all_one)
      sums.clear();
    else
      sums.load(all + run->bin * 2 * lanes);
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
      __m256d const c = _mm256_set1_pd(entries.coefficient[e]);
      __m256d const c2 = _mm256_mul_pd(c, c);
#pragma GCC unroll 4
      for (std::size_t v = 0; v < vectors; ++v)
        sums.add(v, c, c2,
                 load_four<storage, has_dark, has_invalid>(pixels, entries.pixel[e], v * 4));
    }
    if (all_one) sums.add_all(all + run->bin * 2 * lanes);
    sums.store(all + run->bin * 2 * lanes);
  }
}

// Coefficients of pairs as doubles: those of both bins, and their squares.
constexpr std::size_t most_scaled = 256;
struct ScaledPairs {
  alignas(32) double c[most_scaled][2];
  alignas(32) double c2[most_scaled][2];
};

[[gnu::target("avx2,fma")]] inline void scale(float const* coefficients, std::size_t entries,
                                              ScaledPairs& scaled) {
  std::size_t e = 0;
  for (; e + 2 <= entries; e += 2) {
    __m256d const c = _mm256_cvtps_pd(_mm_loadu_ps(coefficients + 2 * e));
    _mm256_store_pd(scaled.c[e], c);
    _mm256_store_pd(scaled.c2[e], _mm256_mul_pd(c, c));
  }
  if (e == entries) return;
  for (std::size_t bin = 0; bin < 2; ++bin) {
    double const c = coefficients[2 * e + bin];
    scaled.c[e][bin] = c;
    scaled.c2[e][bin] = c * c;
  }
}

// Asks for what is read next, while there is work that waits for no memory: the matrix comes from
// beyond the caches. It may lie behind the end.
inline void fetch(void const* from, std::size_t bytes) {
  constexpr std::size_t line = 64;
  auto const begin = reinterpret_cast<std::uintptr_t>(from);
  for (std::uintptr_t at = begin; at < begin + bytes; at += line)
    __builtin_prefetch(reinterpret_cast<void const*>(at));
}

// Adds the entries first … last − 1, which begin in `run`, to the sums of 8 frames. What two
// neighbouring runs share stays in registers.
template <Storage storage, bool has_dark, bool has_invalid, Variance kind>
[[gnu::target("avx2,fma")]] void add_pairs_of_8(EntryRuns const& entries, BinRun const* run,
                                                std::size_t first, std::size_t last,
                                                std::size_t lane, ScaledPairs const& scaled,
                                                TilePixels const& pixels, double* all) {
  constexpr std::size_t vectors = 2;
  Sums<vectors, kind> low, high;
  double* of_bin = all + run->bin * 2 * lanes + lane;
  low.load(of_bin);
  high.load(of_bin + 2 * lanes);
  for (std::size_t e = first;;) {
    std::size_t const end = run[1].first_entry < last ? run[1].first_entry : last;
    for (; e < end; ++e) {
      double const *c = scaled.c[e - first], *c2 = scaled.c2[e - first];
      std::size_t const pixel = entries.pixel[e];
#pragma GCC unroll 2
      for (std::size_t v = 0; v < vectors; ++v) {
        Four const four = load_four<storage, has_dark, has_invalid>(pixels, pixel, lane + v * 4);
        low.add(v, _mm256_broadcast_sd(c), _mm256_broadcast_sd(c2), four);
        high.add(v, _mm256_broadcast_sd(c + 1), _mm256_broadcast_sd(c2 + 1), four);
      }
    }
    low.store(of_bin);
    if (e == last) break;
    ++run;
    double* const next = all + run->bin * 2 * lanes + lane;
    if (next == of_bin + 2 * lanes) {
      low = high;
    } else {
      high.store(of_bin + 2 * lanes);
      low.load(next);
    }
    of_bin = next;
    high.load(of_bin + 2 * lanes);
  }
  high.store(of_bin + 2 * lanes);
}

template <Storage storage, bool has_dark, bool has_invalid, Variance kind>
[[gnu::target("avx2,fma")]] void add_pairs(EntryRuns const& entries, TilePixels const& pixels,
                                           double* all) {
  if (entries.runs.empty()) return;
  ScaledPairs scaled;
  BinRun const* run = entries.runs.data();
  std::size_t const end = run[entries.runs.size()].first_entry;
  for (std::size_t first = run->first_entry; first < end;) {
    std::size_t const last = end - first < most_scaled ? end : first + most_scaled;
    scale(entries.coefficient + 2 * first, last - first, scaled);
    fetch(entries.coefficient + 2 * last, 2 * most_scaled * sizeof(float));
    fetch(entries.pixel + last, most_scaled * sizeof(std::uint16_t));
    for (std::size_t lane = 0; lane < lanes; lane += 8)
      add_pairs_of_8<storage, has_dark, has_invalid, kind>(entries, run, first, last, lane, scaled,
                                                           pixels, all);
    while (run[1].first_entry <= last && last < end) ++run;
    first = last;
  }
}

// 16 integers that are sums of pixels and, of how many pixels, the number of zeros.
[[gnu::target("avx2,fma")]] inline void add_integers(__m128i integers, double* sums) {
  __m256d const low = _mm256_cvtepi32_pd(integers);
  _mm256_storeu_pd(sums, _mm256_add_pd(_mm256_loadu_pd(sums), low));
}

[[gnu::target("avx2,fma")]] inline void add_8_integers(__m256i eight, double* sums) {
  add_integers(_mm256_castsi256_si128(eight), sums);
  add_integers(_mm256_extracti128_si256(eight, 1), sums + 4);
}

[[gnu::target("avx2,fma")]] inline void add_16_words(__m256i words, double* sums) {
  add_8_integers(_mm256_cvtepu16_epi32(_mm256_castsi256_si128(words)), sums);
  add_8_integers(_mm256_cvtepu16_epi32(_mm256_extracti128_si256(words, 1)), sums + 8);
}

// Σ x and Σ max(x, 1) of 8-bit pixels, in 16 bits: at most 255 entries.
template <bool with_variance>
[[gnu::target("avx2,fma")]] inline void count_bytes(std::uint16_t const* pixel, std::size_t entries,
                                                    void const* values, double* of_bin) {
  __m256i signal = _mm256_setzero_si256();
  __m128i zeros = _mm_setzero_si128();
  for (std::size_t e = 0; e < entries; ++e) {
    __m128i const x = _mm_loadu_si128(static_cast<__m128i const*>(values) + pixel[e]);
    signal = _mm256_add_epi16(signal, _mm256_cvtepu8_epi16(x));
    if constexpr (with_variance)
      zeros = _mm_sub_epi8(zeros, _mm_cmpeq_epi8(x, _mm_setzero_si128()));
  }
  add_16_words(signal, of_bin);
  if constexpr (with_variance)
    add_16_words(_mm256_add_epi16(signal, _mm256_cvtepu8_epi16(zeros)), of_bin + lanes);
}

// The same of 16-bit pixels, in 32 bits: at most 32767 entries.
template <bool with_variance>
[[gnu::target("avx2,fma")]] inline void count_words(std::uint16_t const* pixel, std::size_t entries,
                                                    void const* values, double* of_bin) {
  __m256i low = _mm256_setzero_si256(), high = low, zeros = low;
  for (std::size_t e = 0; e < entries; ++e) {
    __m256i const x = _mm256_loadu_si256(static_cast<__m256i const*>(values) + pixel[e]);
    low = _mm256_add_epi32(low, _mm256_cvtepu16_epi32(_mm256_castsi256_si128(x)));
    high = _mm256_add_epi32(high, _mm256_cvtepu16_epi32(_mm256_extracti128_si256(x, 1)));
    if constexpr (with_variance)
      zeros = _mm256_sub_epi16(zeros, _mm256_cmpeq_epi16(x, _mm256_setzero_si256()));
  }
  add_8_integers(low, of_bin);
  add_8_integers(high, of_bin + 8);
  if constexpr (!with_variance) return;
  add_8_integers(_mm256_add_epi32(low, _mm256_cvtepu16_epi32(_mm256_castsi256_si128(zeros))),
                 of_bin + lanes);
  add_8_integers(_mm256_add_epi32(high, _mm256_cvtepu16_epi32(_mm256_extracti128_si256(zeros, 1))),
                 of_bin + lanes + 8);
}

template <Storage storage, bool with_variance>
[[gnu::target("avx2,fma")]] inline void count_some(std::uint16_t const* pixel, std::size_t entries,
                                                   void const* values, double* sums) {
  if constexpr (storage == Storage::u8)
    count_bytes<with_variance>(pixel, entries, values, sums);
  else
    count_words<with_variance>(pixel, entries, values, sums);
}

// Singles with coefficients of 1: sums of integers, exact in any order.
template <Storage storage, bool with_variance>
[[gnu::target("avx2,fma")]] void count_singles(EntryRuns const& entries, TilePixels const& pixels,
                                               double* all) {
  constexpr std::size_t most = storage == Storage::u8 ? 255 : 32767;
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size();
       ++run) {
    double* const of_bin = all + run->bin * 2 * lanes;
    std::size_t const number = run[1].first_entry - run->first_entry;
    if (number <= most) {
      count_some<storage, with_variance>(entries.pixel + run->first_entry, number, pixels.values,
                                         of_bin);
      continue;
    }
    std::array<double, 2 * lanes> of_run{};
    for (std::size_t e = 0; e < number; e += most)
      count_some<storage, with_variance>(entries.pixel + run->first_entry + e,
                                         number - e < most ? number - e : most, pixels.values,
                                         of_run.data());
    for (std::size_t k = 0; k < (with_variance ? 2 : 1) * lanes; ++k) of_bin[k] += of_run[k];
  }
}

template <Storage storage, bool has_dark, bool has_invalid, Variance kind>
void multiply_runs(TileEntries const& entries, TilePixels const& pixels, double* sums) {
  if constexpr (storage != Storage::f32) {
    if (entries.all_one)
      count_singles<storage, kind != Variance::none>(entries.singles, pixels, sums);
    else
      add_singles<storage, has_dark, has_invalid, kind>(entries.singles, entries.all_one, pixels,
                                                        sums);
  } else {
    add_singles<storage, has_dark, has_invalid, kind>(entries.singles, entries.all_one, pixels,
                                                      sums);
  }
  add_pairs<storage, has_dark, has_invalid, kind>(entries.pairs, pixels, sums);
}

template <Storage storage, bool has_dark = false, bool has_invalid = false>
void multiply_tile(TileEntries const& entries, TilePixels const& pixels, bool with_variance,
                   double* sums) {
  if (!with_variance)
    return multiply_runs<storage, has_dark, has_invalid, Variance::none>(entries, pixels, sums);
  // c², of 48 bits, times a count of 5 bits is exact in double.
  if constexpr (storage == Storage::u8)
    if (pixels.small)
      return multiply_runs<storage, has_dark, has_invalid, Variance::exact>(entries, pixels, sums);
  multiply_runs<storage, has_dark, has_invalid, Variance::rounded>(entries, pixels, sums);
}

void multiply(TileEntries const& entries, TilePixels const& pixels, bool with_variance,
              double* sums) {
  if (pixels.storage == Storage::u8)
    return multiply_tile<Storage::u8>(entries, pixels, with_variance, sums);
  if (pixels.storage == Storage::u16)
    return multiply_tile<Storage::u16>(entries, pixels, with_variance, sums);
  bool const dark = pixels.dark != nullptr;
  if (dark && pixels.has_invalid)
    return multiply_tile<Storage::f32, true, true>(entries, pixels, with_variance, sums);
  if (dark) return multiply_tile<Storage::f32, true, false>(entries, pixels, with_variance, sums);
  if (pixels.has_invalid)
    return multiply_tile<Storage::f32, false, true>(entries, pixels, with_variance, sums);
  multiply_tile<Storage::f32>(entries, pixels, with_variance, sums);
}

// One step of turning. Functions, not lambdas: nvcc loses the instruction set of a lambda.
[[gnu::target("avx2"), gnu::always_inline]] inline void interleave_bytes(__m256i const* in,
                                                                         __m256i* out) {
#pragma GCC unroll 8
  for (std::size_t k = 0; k < lanes / 2; ++k) {
    out[2 * k] = _mm256_unpacklo_epi8(in[k], in[k + lanes / 2]);
    out[2 * k + 1] = _mm256_unpackhi_epi8(in[k], in[k + lanes / 2]);
  }
}

[[gnu::target("avx2"), gnu::always_inline]] inline void interleave_words(__m256i const* in,
                                                                         __m256i* out) {
#pragma GCC unroll 4
  for (std::size_t k = 0; k < 4; ++k) {
    out[2 * k] = _mm256_unpacklo_epi16(in[k], in[k + 4]);
    out[2 * k + 1] = _mm256_unpackhi_epi16(in[k], in[k + 4]);
  }
}

// Interleaves two halves of rows again and again: after log2(lanes) steps, lanes are the fastest
// index. 32 pixels of 16 lanes.
[[gnu::target("avx2")]] inline void turn_32_bytes(std::byte const* rows, std::size_t stride,
                                                  std::byte* turned) {
  __m256i a[lanes], b[lanes];
#pragma GCC unroll 16
  for (std::size_t lane = 0; lane < lanes; ++lane)
    a[lane] = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(rows + lane * stride));
  interleave_bytes(a, b);
  interleave_bytes(b, a);
  interleave_bytes(a, b);
  interleave_bytes(b, a);
#pragma GCC unroll 16
  for (std::size_t pixel = 0; pixel < 16; ++pixel) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(turned + pixel * lanes),
                     _mm256_castsi256_si128(a[pixel]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(turned + (pixel + 16) * lanes),
                     _mm256_extracti128_si256(a[pixel], 1));
  }
}

// 8 pixels of 16 lanes of two bytes, in the same way; in the halves of each vector, lanes 0–7 and
// 8–15.
[[gnu::target("avx2")]] inline void turn_8_words(std::byte const* rows, std::size_t stride,
                                                 std::byte* turned) {
  __m256i a[8], b[8];
#pragma GCC unroll 8
  for (std::size_t lane = 0; lane < 8; ++lane) {
    __m128i const low = _mm_loadu_si128(reinterpret_cast<__m128i const*>(rows + lane * stride));
    a[lane] = _mm256_inserti128_si256(
        _mm256_castsi128_si256(low),
        _mm_loadu_si128(reinterpret_cast<__m128i const*>(rows + (lane + 8) * stride)), 1);
  }
  interleave_words(a, b);
  interleave_words(b, a);
  interleave_words(a, b);
#pragma GCC unroll 8
  for (std::size_t pixel = 0; pixel < 8; ++pixel)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(turned + pixel * lanes * 2), b[pixel]);
}

// 4 pixels of 4 lanes of four bytes.
[[gnu::target("avx2")]] inline void turn_4_floats(std::byte const* rows, std::size_t stride,
                                                  std::byte* turned) {
  __m128 row[4];
#pragma GCC unroll 4
  for (std::size_t lane = 0; lane < 4; ++lane)
    row[lane] = _mm_loadu_ps(reinterpret_cast<float const*>(rows + lane * stride));
  _MM_TRANSPOSE4_PS(row[0], row[1], row[2], row[3]);
#pragma GCC unroll 4
  for (std::size_t pixel = 0; pixel < 4; ++pixel)
    _mm_storeu_ps(reinterpret_cast<float*>(turned + pixel * lanes * 4), row[pixel]);
}

[[gnu::target("avx2")]] void turn(std::byte const* rows, std::size_t stride, std::size_t pixels,
                                  Storage storage, void* turned) {
  auto* out = static_cast<std::byte*>(turned);
  std::size_t const bytes = size_of(storage);
  std::size_t done = 0;
  switch (storage) {
    case Storage::u8:
      for (; done + 32 <= pixels; done += 32)
        turn_32_bytes(rows + done, stride, out + done * lanes);
      break;
    case Storage::u16:
      for (; done + 8 <= pixels; done += 8)
        turn_8_words(rows + done * 2, stride, out + done * lanes * 2);
      break;
    case Storage::f32:
      for (; done + 4 <= pixels; done += 4)
        for (std::size_t lane = 0; lane < lanes; lane += 4)
          turn_4_floats(rows + lane * stride + done * 4, stride, out + (done * lanes + lane) * 4);
      break;
  }
  portable_kernels().turn(rows + done * bytes, stride, pixels - done, storage,
                          out + done * lanes * bytes);
}

}  // namespace

LaneKernels avx2_kernels() { return {multiply, turn}; }

}  // namespace xrdct::kernels

#else

namespace xrdct::kernels {
LaneKernels avx2_kernels() { return portable_kernels(); }
}  // namespace xrdct::kernels

#endif
