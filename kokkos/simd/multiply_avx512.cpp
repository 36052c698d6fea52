// Adds tiles to sums with AVX-512.
#include "kokkos/simd/multiply.hpp"

#include "io/codec/words/avx512_intrinsics.hpp"

#if defined(__x86_64__) || defined(XRDCT_EMULATE_AVX512)

// The loops of multiply_portable.cpp on two vectors of eight frames: 32 registers hold the sums of
// two bins of all of them. Products and sums are fused where the product is exact: same bits.
namespace xrdct::kernels {
namespace {

constexpr std::size_t vectors = lanes / 8;

// Values of one pixel as doubles.
struct Row {
  __m512d of[vectors];
};

// Conversions and a comparison that SIMDe does not have in all versions. where_valid: 0 where the
// value is NaN.
#if defined(XRDCT_EMULATE_AVX512)
template <class Value>
Row row_of(Value const* row) {
  double numbers[lanes];
  for (std::size_t lane = 0; lane < lanes; ++lane) numbers[lane] = static_cast<double>(row[lane]);
  return {{_mm512_loadu_pd(numbers), _mm512_loadu_pd(numbers + 8)}};
}
__m512d eight_of(__m256 floats) {
  float rounded[8];
  double numbers[8];
  _mm256_storeu_ps(rounded, floats);
  for (std::size_t k = 0; k < 8; ++k) numbers[k] = rounded[k];
  return _mm512_loadu_pd(numbers);
}
__m512d where_valid(__m512d raw, __m512d number) {
  double values[8], numbers[8];
  _mm512_storeu_pd(values, raw);
  _mm512_storeu_pd(numbers, number);
  for (std::size_t k = 0; k < 8; ++k) numbers[k] = values[k] != values[k] ? 0.0 : numbers[k];
  return _mm512_loadu_pd(numbers);
}
#else
XRDCT_AVX512 inline __m512d where_valid(__m512d raw, __m512d number) {
  return _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(raw, raw, _CMP_ORD_Q), number);
}
XRDCT_AVX512 inline Row row_of_integers(__m512i numbers) {
  return {{_mm512_cvtepi32_pd(_mm512_castsi512_si256(numbers)),
           _mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(numbers, 1))}};
}
XRDCT_AVX512 inline Row row_of(std::uint8_t const* row) {
  return row_of_integers(
      _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<__m128i const*>(row))));
}
XRDCT_AVX512 inline Row row_of(std::uint16_t const* row) {
  return row_of_integers(
      _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<__m256i const*>(row))));
}
XRDCT_AVX512 inline __m512d eight_of(__m256 floats) { return _mm512_cvtps_pd(floats); }
XRDCT_AVX512 inline Row row_of(float const* row) {
  return {{eight_of(_mm256_loadu_ps(row)), eight_of(_mm256_loadu_ps(row + 8))}};
}
#endif

template <Storage storage>
XRDCT_AVX512 inline Row load(void const* values, std::size_t pixel) {
  if constexpr (storage == Storage::u8)
    return row_of(static_cast<std::uint8_t const*>(values) + pixel * lanes);
  else if constexpr (storage == Storage::u16)
    return row_of(static_cast<std::uint16_t const*>(values) + pixel * lanes);
  else
    return row_of(static_cast<float const*>(values) + pixel * lanes);
}

// How Σ c²·max(x, 1) is formed: not at all; by product and sum; fused, where the product is exact.
enum class Variance { none, rounded, exact };

// What an entry adds to S and V, but for the coefficient.
struct Pixel {
  Row signal, variance;
};

template <Storage storage, Variance kind>
XRDCT_AVX512 inline Pixel load_pixel(TilePixels const& pixels, std::size_t pixel) {
  Row const raw = load<storage>(pixels.values, pixel);
  Pixel result{raw, raw};
  for (std::size_t v = 0; v < vectors; ++v) {
    if constexpr (kind != Variance::none)
      result.variance.of[v] = _mm512_max_pd(raw.of[v], _mm512_set1_pd(1.0));
    if constexpr (storage == Storage::f32) {
      if (pixels.dark != nullptr) {
        __m256 const rounded =
            _mm256_loadu_ps(static_cast<float const*>(pixels.values) + pixel * lanes + v * 8);
        result.signal.of[v] = eight_of(_mm256_sub_ps(rounded, _mm256_set1_ps(pixels.dark[pixel])));
      }
      result.signal.of[v] = where_valid(raw.of[v], result.signal.of[v]);
      result.variance.of[v] = where_valid(raw.of[v], result.variance.of[v]);
    }
  }
  return result;
}

// Sums of one bin, kept in registers.
template <Variance kind>
struct Sums {
  __m512d signal[vectors];
  __m512d variance[vectors];

  XRDCT_AVX512 void clear() {
    for (std::size_t v = 0; v < vectors; ++v) signal[v] = variance[v] = _mm512_setzero_pd();
  }
  XRDCT_AVX512 void load(double const* of_bin) {
    for (std::size_t v = 0; v < vectors; ++v) {
      signal[v] = _mm512_loadu_pd(of_bin + v * 8);
      if constexpr (kind != Variance::none) variance[v] = _mm512_loadu_pd(of_bin + lanes + v * 8);
    }
  }
  XRDCT_AVX512 void store(double* of_bin) const {
    for (std::size_t v = 0; v < vectors; ++v) {
      _mm512_storeu_pd(of_bin + v * 8, signal[v]);
      if constexpr (kind != Variance::none) _mm512_storeu_pd(of_bin + lanes + v * 8, variance[v]);
    }
  }
  XRDCT_AVX512 void add_to(double* of_bin) const {
    for (std::size_t v = 0; v < vectors; ++v) {
      _mm512_storeu_pd(of_bin + v * 8, _mm512_add_pd(_mm512_loadu_pd(of_bin + v * 8), signal[v]));
      if constexpr (kind != Variance::none)
        _mm512_storeu_pd(of_bin + lanes + v * 8,
                         _mm512_add_pd(_mm512_loadu_pd(of_bin + lanes + v * 8), variance[v]));
    }
  }
  // The product with the signal is exact: fused or not, the bits are the same. That with the
  // variance is not, but for small counts.
  XRDCT_AVX512 void add(float coefficient, Pixel const& pixel) {
    double const number = coefficient;
    __m512d const c = _mm512_set1_pd(number), c2 = _mm512_set1_pd(number * number);
    for (std::size_t v = 0; v < vectors; ++v) {
      signal[v] = _mm512_fmadd_pd(c, pixel.signal.of[v], signal[v]);
      if constexpr (kind == Variance::rounded)
        variance[v] = _mm512_add_pd(variance[v], _mm512_mul_pd(c2, pixel.variance.of[v]));
      if constexpr (kind == Variance::exact)
        variance[v] = _mm512_fmadd_pd(c2, pixel.variance.of[v], variance[v]);
    }
  }
};

template <Storage storage, Variance kind>
XRDCT_AVX512 void add_singles(EntryRuns const& entries, bool all_one, TilePixels const& pixels,
                              double* all) {
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size();
       ++run) {
    double* const of_bin = all + std::size_t{run->bin} * 2 * lanes;
    Sums<kind> sums;
    sums.clear();
    if (!all_one) sums.load(of_bin);
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e)
      sums.add(entries.coefficient[e], load_pixel<storage, kind>(pixels, entries.pixel[e]));
    all_one ? sums.add_to(of_bin) : sums.store(of_bin);
  }
}

template <Storage storage, Variance kind>
XRDCT_AVX512 void add_pairs(EntryRuns const& entries, TilePixels const& pixels, double* all) {
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size();
       ++run) {
    double* const of_bin = all + std::size_t{run->bin} * 2 * lanes;
    Sums<kind> low, high;
    low.load(of_bin);
    high.load(of_bin + 2 * lanes);
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
      Pixel const pixel = load_pixel<storage, kind>(pixels, entries.pixel[e]);
      low.add(entries.coefficient[2 * e], pixel);
      high.add(entries.coefficient[2 * e + 1], pixel);
    }
    low.store(of_bin);
    high.store(of_bin + 2 * lanes);
  }
}

// What has no wider vectors to gain: turning, and singles that are counted in integers.
LaneKernels narrower_kernels() {
#if defined(XRDCT_EMULATE_AVX512)
  return portable_kernels();
#else
  return avx2_kernels();
#endif
}

template <Storage storage, Variance kind>
void multiply_runs(TileEntries const& entries, TilePixels const& pixels, double* sums) {
  if (entries.all_one && storage != Storage::f32)
    narrower_kernels().multiply({entries.singles, {}, true}, pixels, kind != Variance::none, sums);
  else
    add_singles<storage, kind>(entries.singles, entries.all_one, pixels, sums);
  add_pairs<storage, kind>(entries.pairs, pixels, sums);
}

template <Storage storage>
void multiply_tile(TileEntries const& entries, TilePixels const& pixels, bool with_variance,
                   double* sums) {
  if (!with_variance) return multiply_runs<storage, Variance::none>(entries, pixels, sums);
  // c², of 48 bits, times a count of 5 bits is exact in double.
  if (storage == Storage::u8 && pixels.small)
    return multiply_runs<storage, Variance::exact>(entries, pixels, sums);
  multiply_runs<storage, Variance::rounded>(entries, pixels, sums);
}

void multiply(TileEntries const& entries, TilePixels const& pixels, bool with_variance,
              double* sums) {
  switch (pixels.storage) {
    case Storage::u8:
      return multiply_tile<Storage::u8>(entries, pixels, with_variance, sums);
    case Storage::u16:
      return multiply_tile<Storage::u16>(entries, pixels, with_variance, sums);
    case Storage::f32:
      return multiply_tile<Storage::f32>(entries, pixels, with_variance, sums);
  }
}

}  // namespace

LaneKernels avx512_kernels() { return {multiply, narrower_kernels().turn}; }

}  // namespace xrdct::kernels

#else

namespace xrdct::kernels {
LaneKernels avx512_kernels() { return portable_kernels(); }
}  // namespace xrdct::kernels

#endif
