// Loops over the pixels of one bin, with AVX2.
#include "kokkos/simd/bin_kernels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

// The loops of bin_kernels_portable.cpp on vectors of frames. Products and sums are separate
// instructions: no fused multiply-add, same bits.
namespace xrdct::kernels {
namespace {

constexpr std::size_t quads = lanes / 4;  // vectors of double
constexpr std::size_t ahead = 24;         // entries that are fetched in advance

[[gnu::target("avx2")]] void gather_u8(std::byte const* image, std::uint32_t const* place,
                                       std::size_t entries, float* raw) {
  for (std::size_t e = 0; e < entries; ++e) {
    if (e + ahead < entries)
      _mm_prefetch(image + std::size_t{place[e + ahead]} * lanes, _MM_HINT_T0);
    __m128i const values =
        _mm_loadu_si128(reinterpret_cast<__m128i const*>(image + std::size_t{place[e]} * lanes));
    _mm256_storeu_ps(raw + e * lanes, _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(values)));
    _mm256_storeu_ps(raw + e * lanes + 8,
                     _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_unpackhi_epi64(values, values))));
  }
}

[[gnu::target("avx2")]] void gather_u16(std::byte const* image, std::uint32_t const* place,
                                        std::size_t entries, float* raw) {
  for (std::size_t e = 0; e < entries; ++e) {
    if (e + ahead < entries)
      _mm_prefetch(image + std::size_t{place[e + ahead]} * lanes, _MM_HINT_T0);
    auto const* values = reinterpret_cast<__m128i const*>(image + std::size_t{place[e]} * lanes);
    _mm256_storeu_ps(raw + e * lanes,
                     _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128(values))));
    _mm256_storeu_ps(raw + e * lanes + 8,
                     _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128(values + 1))));
  }
}

[[gnu::target("avx2")]] void gather_f32(std::byte const* image, std::uint32_t const* place,
                                        std::size_t entries, float* raw) {
  for (std::size_t e = 0; e < entries; ++e) {
    if (e + ahead < entries)
      _mm_prefetch(image + std::size_t{place[e + ahead]} * lanes, _MM_HINT_T0);
    auto const* values = reinterpret_cast<float const*>(image + std::size_t{place[e]} * lanes);
    _mm256_storeu_ps(raw + e * lanes, _mm256_loadu_ps(values));
    _mm256_storeu_ps(raw + e * lanes + 8, _mm256_loadu_ps(values + 8));
  }
}

void gather(std::byte const* image, std::uint32_t const* place, std::size_t entries,
            Storage storage, float* raw) {
  switch (storage) {
    case Storage::u8:
      return gather_u8(image, place, entries, raw);
    case Storage::u16:
      return gather_u16(image, place, entries, raw);
    case Storage::f32:
      return gather_f32(image, place, entries, raw);
  }
}

[[gnu::target("avx2")]] inline __m256d signal_of(BinEntries const& bin, std::size_t entry,
                                                 std::size_t quad) {
  return _mm256_cvtps_pd(
      _mm_sub_ps(_mm_loadu_ps(bin.raw + entry * lanes + quad * 4), _mm_set1_ps(bin.dark[entry])));
}

[[gnu::target("avx2")]] void azimuthal_variance_of_all(BinEntries const& bin,
                                                       RunningNorms const& norms,
                                                       BinMoments& moments) {
  __m256d sums[quads], azimuthal[quads];
#pragma GCC unroll 4
  for (std::size_t q = 0; q < quads; ++q) sums[q] = azimuthal[q] = _mm256_setzero_pd();
  for (std::size_t e = 0; e < bin.entries; ++e) {
    __m256d const c = _mm256_set1_pd(bin.coefficient[e]),
                  weight = _mm256_mul_pd(c, _mm256_set1_pd(bin.norm[e]));
    __m256d const before = _mm256_set1_pd(norms.before[e]),
                  reciprocal = _mm256_set1_pd(norms.reciprocal[e]);
#pragma GCC unroll 4
    for (std::size_t q = 0; q < quads; ++q) {
      __m256d const part = _mm256_mul_pd(c, signal_of(bin, e, q));
      __m256d const apart =
          _mm256_sub_pd(_mm256_mul_pd(part, before), _mm256_mul_pd(weight, sums[q]));
      sums[q] = _mm256_add_pd(sums[q], part);
      azimuthal[q] =
          _mm256_add_pd(azimuthal[q], _mm256_mul_pd(_mm256_mul_pd(apart, apart), reciprocal));
    }
  }
#pragma GCC unroll 4
  for (std::size_t q = 0; q < quads; ++q)
    _mm256_storeu_pd(moments.azimuthal_variance.data() + q * 4, azimuthal[q]);
}

// All bits of a lane of a quad that is not excluded.
[[gnu::target("avx2")]] inline __m256d included(LaneMask excluded, std::size_t quad) {
  __m256i const bit = _mm256_setr_epi64x(1, 2, 4, 8);
  __m256i const set = _mm256_and_si256(_mm256_set1_epi64x(excluded >> (quad * 4)), bit);
  return _mm256_castsi256_pd(_mm256_cmpeq_epi64(set, _mm256_setzero_si256()));
}

[[gnu::target("avx2")]] inline double square_of(BinEntries const& bin, double weight) {
  float const rounded = static_cast<float>(weight);
  return bin.rounds_weights ? static_cast<double>(rounded * rounded) : weight * weight;
}

[[gnu::target("avx2")]] void sum_quad(BinEntries const& bin, LaneMask const* excluded,
                                      std::size_t quad, BinMoments& moments) {
  __m256d const zero = _mm256_setzero_pd(), one = _mm256_set1_pd(1.0);
  __m256d const counts_vary = _mm256_castsi256_pd(_mm256_set1_epi64x(bin.counts_vary ? -1 : 0));
  __m256d s = zero, v = zero, n = zero, n2 = zero, count = zero, azimuthal = zero;
  __m256i pixels = _mm256_setzero_si256();
  std::size_t const shift = quad * 4;
  for (std::size_t e = 0; e < bin.entries; ++e) {
    if ((excluded[e] >> shift & 15) == 15) continue;
    double const coefficient = bin.coefficient[e],
                 weight = coefficient * static_cast<double>(bin.norm[e]);
    __m256d const raw = _mm256_cvtps_pd(_mm_loadu_ps(bin.raw + e * lanes + shift));
    __m256d const used =
        _mm256_and_pd(included(excluded[e], quad), _mm256_cmp_pd(raw, raw, _CMP_ORD_Q));
    __m256d const c = _mm256_set1_pd(coefficient), w = _mm256_set1_pd(weight);
    __m256d const part = _mm256_mul_pd(c, signal_of(bin, e, quad));
    __m256d const apart = _mm256_sub_pd(_mm256_mul_pd(part, n), _mm256_mul_pd(w, s));
    __m256d const after = _mm256_add_pd(n, _mm256_and_pd(used, w));
    __m256d const reciprocal = _mm256_div_pd(one, _mm256_mul_pd(n, after));
    __m256d const not_first = _mm256_and_pd(used, _mm256_cmp_pd(n, zero, _CMP_NEQ_OQ));
    azimuthal = _mm256_add_pd(
        azimuthal,
        _mm256_and_pd(not_first, _mm256_mul_pd(_mm256_mul_pd(apart, apart), reciprocal)));
    n = after;
    s = _mm256_add_pd(s, _mm256_and_pd(used, part));
    __m256d const of_counts = _mm256_and_pd(_mm256_max_pd(raw, one), counts_vary);
    __m256d const variance = _mm256_mul_pd(
        _mm256_mul_pd(c, c), _mm256_add_pd(of_counts, _mm256_set1_pd(bin.variance[e])));
    v = _mm256_add_pd(v, _mm256_and_pd(used, variance));
    n2 = _mm256_add_pd(n2, _mm256_and_pd(used, _mm256_set1_pd(square_of(bin, weight))));
    count = _mm256_add_pd(count, _mm256_and_pd(used, c));
    pixels = _mm256_sub_epi64(pixels, _mm256_castpd_si256(used));
  }
  _mm256_storeu_pd(moments.signal.data() + shift, s);
  _mm256_storeu_pd(moments.variance.data() + shift, v);
  _mm256_storeu_pd(moments.normalization.data() + shift, n);
  _mm256_storeu_pd(moments.normalization2.data() + shift, n2);
  _mm256_storeu_pd(moments.count.data() + shift, count);
  _mm256_storeu_pd(moments.azimuthal_variance.data() + shift, azimuthal);
  alignas(32) std::int64_t numbers[4];
  _mm256_store_si256(reinterpret_cast<__m256i*>(numbers), pixels);
  for (std::size_t k = 0; k < 4; ++k)
    moments.pixels[shift + k] = static_cast<std::int32_t>(numbers[k]);
}

void sum_moments(BinEntries const& bin, LaneMask const* excluded, LaneMask wanted,
                 BinMoments& moments) {
  for (std::size_t q = 0; q < quads; ++q)
    if ((wanted >> (q * 4) & 15) != 0) sum_quad(bin, excluded, q, moments);
}

// Few entries are excluded: the others need no mask.
template <bool has_invalid>
[[gnu::target("avx2")]] void azimuthal_variance_of_quad(BinEntries const& bin,
                                                        LaneMask const* excluded, std::size_t quad,
                                                        BinMoments& moments) {
  __m256d const zero = _mm256_setzero_pd(), one = _mm256_set1_pd(1.0);
  __m256d s = zero, n = zero, azimuthal = zero;
  std::size_t const shift = quad * 4;
  for (std::size_t e = 0; e < bin.entries; ++e) {
    __m256d const c = _mm256_set1_pd(bin.coefficient[e]),
                  w = _mm256_mul_pd(c, _mm256_set1_pd(bin.norm[e]));
    __m256d const signal = signal_of(bin, e, quad);
    __m256d weight = w, part = _mm256_mul_pd(c, signal);
    __m256d apart = _mm256_sub_pd(_mm256_mul_pd(part, n), _mm256_mul_pd(w, s));
    bool const some_excluded = (excluded[e] >> shift & 15) != 0;
    if (has_invalid || some_excluded) {
      __m256d const used =
          _mm256_and_pd(included(excluded[e], quad), _mm256_cmp_pd(signal, signal, _CMP_ORD_Q));
      weight = _mm256_and_pd(weight, used);
      part = _mm256_and_pd(part, used);
      apart = _mm256_and_pd(apart, used);
    }
    __m256d const after = _mm256_add_pd(n, weight);
    __m256d const reciprocal = _mm256_and_pd(_mm256_div_pd(one, _mm256_mul_pd(n, after)),
                                             _mm256_cmp_pd(n, zero, _CMP_NEQ_OQ));
    azimuthal = _mm256_add_pd(azimuthal, _mm256_mul_pd(_mm256_mul_pd(apart, apart), reciprocal));
    n = after;
    s = _mm256_add_pd(s, part);
  }
  _mm256_storeu_pd(moments.signal.data() + shift, s);
  _mm256_storeu_pd(moments.normalization.data() + shift, n);
  _mm256_storeu_pd(moments.azimuthal_variance.data() + shift, azimuthal);
}

void azimuthal_variance_of_kept(BinEntries const& bin, LaneMask const* excluded, LaneMask wanted,
                                BinMoments& moments) {
  for (std::size_t q = 0; q < quads; ++q) {
    if ((wanted >> (q * 4) & 15) == 0) continue;
    bin.has_invalid ? azimuthal_variance_of_quad<true>(bin, excluded, q, moments)
                    : azimuthal_variance_of_quad<false>(bin, excluded, q, moments);
  }
}

[[gnu::target("avx2")]] std::size_t find(BinEntries const& bin, PerLane<float> const& lower,
                                         PerLane<float> const& upper, EntryLanes* found) {
  __m256 const low[2] = {_mm256_loadu_ps(lower.data()), _mm256_loadu_ps(lower.data() + 8)};
  __m256 const high[2] = {_mm256_loadu_ps(upper.data()), _mm256_loadu_ps(upper.data() + 8)};
  std::size_t number = 0;
  for (std::size_t e = 0; e < bin.entries; ++e) {
    __m256 const n = _mm256_set1_ps(bin.norm[e]), dark = _mm256_set1_ps(bin.dark[e]);
    __m256 outside[2];
#pragma GCC unroll 2
    for (std::size_t h = 0; h < 2; ++h) {
      __m256 const signal = _mm256_sub_ps(_mm256_loadu_ps(bin.raw + e * lanes + h * 8), dark);
      outside[h] = _mm256_or_ps(_mm256_cmp_ps(signal, _mm256_mul_ps(n, low[h]), _CMP_LT_OQ),
                                _mm256_cmp_ps(signal, _mm256_mul_ps(n, high[h]), _CMP_GT_OQ));
    }
    unsigned const mask = static_cast<unsigned>(_mm256_movemask_ps(outside[0])) |
                          static_cast<unsigned>(_mm256_movemask_ps(outside[1])) << 8;
    if (mask != 0) found[number++] = {static_cast<std::uint32_t>(e), static_cast<LaneMask>(mask)};
  }
  return number;
}

[[gnu::target("avx2")]] inline __m128 quotient_of(BinEntries const& bin, std::size_t entry,
                                                  std::size_t lane) {
  __m128 const signal =
      _mm_sub_ps(_mm_loadu_ps(bin.raw + entry * lanes + lane), _mm_set1_ps(bin.dark[entry]));
  return _mm_div_ps(signal, _mm_set1_ps(bin.norm[entry]));
}

[[gnu::target("avx2")]] void divide(BinEntries const& bin, std::size_t stride, float* quotient) {
  std::size_t e = 0;
  for (; e + 4 <= bin.entries; e += 4)
    for (std::size_t lane = 0; lane < lanes; lane += 4) {
      __m128 a = quotient_of(bin, e, lane), b = quotient_of(bin, e + 1, lane),
             c = quotient_of(bin, e + 2, lane), d = quotient_of(bin, e + 3, lane);
      _MM_TRANSPOSE4_PS(a, b, c, d);
      _mm_storeu_ps(quotient + lane * stride + e, a);
      _mm_storeu_ps(quotient + (lane + 1) * stride + e, b);
      _mm_storeu_ps(quotient + (lane + 2) * stride + e, c);
      _mm_storeu_ps(quotient + (lane + 3) * stride + e, d);
    }
  for (; e < bin.entries; ++e)
    for (std::size_t lane = 0; lane < lanes; ++lane)
      quotient[lane * stride + e] = (bin.raw[e * lanes + lane] - bin.dark[e]) / bin.norm[e];
}

}  // namespace

BinKernels avx2_bin_kernels() {
  return {gather, azimuthal_variance_of_all, azimuthal_variance_of_kept, sum_moments, find, divide};
}

}  // namespace xrdct::kernels

#else

namespace xrdct::kernels {
BinKernels avx2_bin_kernels() { return portable_bin_kernels(); }
}  // namespace xrdct::kernels

#endif
