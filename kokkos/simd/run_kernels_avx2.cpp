// Largest pixels and running variances of a tile, with AVX2.
#include "kokkos/simd/run_kernels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <limits>

// The loops of run_kernels_portable.cpp on vectors of frames. Products and sums are separate
// instructions: no fused multiply-add, same bits.
namespace xrdct::kernels {
namespace {

constexpr std::size_t quads = lanes / 4;  // vectors of double

// For integers: the smallest one above a limit, of 16 frames; 0 where the limit is −∞.
struct AboveLimit {
  __m256i low, high;  // 8 frames each

  [[gnu::target("avx2"), gnu::always_inline]] explicit AboveLimit(float const* limits)
      : low(_mm256_add_epi32(_mm256_cvttps_epi32(_mm256_loadu_ps(limits)), _mm256_set1_epi32(1))),
        high(_mm256_add_epi32(_mm256_cvttps_epi32(_mm256_loadu_ps(limits + 8)),
                              _mm256_set1_epi32(1))) {}
};

[[gnu::target("avx2")]] inline unsigned lanes_above_u8(std::uint16_t const* pixel,
                                                       std::size_t entries, void const* values,
                                                       float const* limits) {
  __m128i largest = _mm_setzero_si128();
  for (std::size_t e = 0; e < entries; ++e)
    largest =
        _mm_max_epu8(largest, _mm_loadu_si128(static_cast<__m128i const*>(values) + pixel[e]));
  AboveLimit const above(limits);
  __m256i const words = _mm256_permute4x64_epi64(_mm256_packs_epi32(above.low, above.high), 0xd8);
  __m128i const bytes =
      _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(largest, bytes), largest)));
}

[[gnu::target("avx2")]] inline unsigned lanes_above_u16(std::uint16_t const* pixel,
                                                        std::size_t entries, void const* values,
                                                        float const* limits) {
  __m256i largest = _mm256_setzero_si256();
  for (std::size_t e = 0; e < entries; ++e)
    largest = _mm256_max_epu16(largest,
                               _mm256_loadu_si256(static_cast<__m256i const*>(values) + pixel[e]));
  AboveLimit const above(limits);
  __m256i const words = _mm256_permute4x64_epi64(_mm256_packus_epi32(above.low, above.high), 0xd8);
  __m256i const reached = _mm256_cmpeq_epi16(_mm256_max_epu16(largest, words), largest);
  return static_cast<unsigned>(_mm_movemask_epi8(
      _mm_packs_epi16(_mm256_castsi256_si128(reached), _mm256_extracti128_si256(reached, 1))));
}

// A maximum with NaN is its second operand.
[[gnu::target("avx2")]] inline unsigned lanes_above_f32(std::uint16_t const* pixel,
                                                        std::size_t entries,
                                                        TilePixels const& pixels,
                                                        float const* limits) {
  __m256 largest[2];
  largest[0] = largest[1] = _mm256_set1_ps(-std::numeric_limits<float>::infinity());
  for (std::size_t e = 0; e < entries; ++e) {
    auto const* const values = static_cast<float const*>(pixels.values) + pixel[e] * lanes;
    __m256 const dark = _mm256_set1_ps(pixels.dark == nullptr ? 0.0f : pixels.dark[pixel[e]]);
    largest[0] = _mm256_max_ps(_mm256_sub_ps(_mm256_loadu_ps(values), dark), largest[0]);
    largest[1] = _mm256_max_ps(_mm256_sub_ps(_mm256_loadu_ps(values + 8), dark), largest[1]);
  }
  auto const low = static_cast<unsigned>(
      _mm256_movemask_ps(_mm256_cmp_ps(largest[0], _mm256_loadu_ps(limits), _CMP_GT_OQ)));
  auto const high = static_cast<unsigned>(
      _mm256_movemask_ps(_mm256_cmp_ps(largest[1], _mm256_loadu_ps(limits + 8), _CMP_GT_OQ)));
  return low | high << 8;
}

template <Storage storage>
[[gnu::target("avx2")]] std::size_t find_runs(EntryRuns const& entries, TilePixels const& pixels,
                                              float const* limits, RunLanes* found) {
  std::size_t number = 0;
  for (std::size_t r = 0; r < entries.runs.size(); ++r) {
    BinRun const* const run = entries.runs.data() + r;
    std::uint16_t const* const pixel = entries.pixel + run->first_entry;
    std::size_t const length = run[1].first_entry - run->first_entry;
    float const* const of_bin = limits + run->bin * lanes;
    unsigned above = 0;
    if constexpr (storage == Storage::u8)
      above = lanes_above_u8(pixel, length, pixels.values, of_bin);
    if constexpr (storage == Storage::u16)
      above = lanes_above_u16(pixel, length, pixels.values, of_bin);
    if constexpr (storage == Storage::f32) above = lanes_above_f32(pixel, length, pixels, of_bin);
    found[number] = {static_cast<std::uint32_t>(r), static_cast<LaneMask>(above)};
    number += above != 0 ? 1 : 0;
  }
  return number;
}

std::size_t find_above(EntryRuns const& entries, TilePixels const& pixels, float const* limits,
                       RunLanes* found) {
  switch (pixels.storage) {
    case Storage::u8:
      return find_runs<Storage::u8>(entries, pixels, limits, found);
    case Storage::u16:
      return find_runs<Storage::u16>(entries, pixels, limits, found);
    case Storage::f32:
      break;
  }
  return find_runs<Storage::f32>(entries, pixels, limits, found);
}

template <Storage storage>
[[gnu::target("avx2")]] inline __m256d signal_of(TilePixels const& pixels, std::size_t pixel,
                                                 std::size_t quad) {
  std::size_t const k = pixel * lanes + quad * 4;
  if constexpr (storage == Storage::u8) {
    std::int32_t four;
    std::memcpy(&four, static_cast<std::uint8_t const*>(pixels.values) + k, sizeof(four));
    return _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four)));
  } else if constexpr (storage == Storage::u16) {
    auto const* four =
        reinterpret_cast<__m128i const*>(static_cast<std::uint16_t const*>(pixels.values) + k);
    return _mm256_cvtepi32_pd(_mm_cvtepu16_epi32(_mm_loadl_epi64(four)));
  } else {
    __m128 const raw = _mm_loadu_ps(static_cast<float const*>(pixels.values) + k);
    return _mm256_cvtps_pd(
        pixels.dark == nullptr ? raw : _mm_sub_ps(raw, _mm_set1_ps(pixels.dark[pixel])));
  }
}

// What belongs to an entry in all frames.
struct EntryWeight {
  double c, weight;

  EntryWeight(EntryRuns const& entries, std::size_t e, float const* norm)
      : c(entries.coefficient[e]), weight(c * static_cast<double>(norm[entries.pixel[e]])) {}
};

// Of a bin in which no frame had an invalid pixel: one division for all.
template <Storage storage>
[[gnu::target("avx2")]] void add_run(EntryRuns const& entries, BinRun const* run,
                                     TilePixels const& pixels, float const* norm, double& n,
                                     double* of_bin) {
  __m256d s[quads], v[quads];
#pragma GCC unroll 4
  for (std::size_t q = 0; q < quads; ++q) {
    s[q] = _mm256_loadu_pd(of_bin + q * 4);
    v[q] = _mm256_loadu_pd(of_bin + lanes + q * 4);
  }
  for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
    EntryWeight const entry(entries, e, norm);
    double const after = n + entry.weight, of_both = n == 0.0 ? 0.0 : 1.0 / (n * after);
    __m256d const c = _mm256_set1_pd(entry.c), w = _mm256_set1_pd(entry.weight);
    __m256d const before = _mm256_set1_pd(n), reciprocal = _mm256_set1_pd(of_both);
#pragma GCC unroll 4
    for (std::size_t q = 0; q < quads; ++q) {
      __m256d const part = _mm256_mul_pd(c, signal_of<storage>(pixels, entries.pixel[e], q));
      __m256d const apart = _mm256_sub_pd(_mm256_mul_pd(part, before), _mm256_mul_pd(w, s[q]));
      s[q] = _mm256_add_pd(s[q], part);
      v[q] = _mm256_add_pd(v[q], _mm256_mul_pd(_mm256_mul_pd(apart, apart), reciprocal));
    }
    n = after;
  }
#pragma GCC unroll 4
  for (std::size_t q = 0; q < quads; ++q) {
    _mm256_storeu_pd(of_bin + q * 4, s[q]);
    _mm256_storeu_pd(of_bin + lanes + q * 4, v[q]);
  }
}

template <Storage storage>
[[gnu::target("avx2")]] void add_run_by_lane(EntryRuns const& entries, BinRun const* run,
                                             TilePixels const& pixels, float const* norm,
                                             double* of_lane, double* of_bin) {
  __m256d const zero = _mm256_setzero_pd(), one = _mm256_set1_pd(1.0);
  for (std::size_t q = 0; q < quads; ++q) {
    __m256d s = _mm256_loadu_pd(of_bin + q * 4), v = _mm256_loadu_pd(of_bin + lanes + q * 4),
            n = _mm256_loadu_pd(of_lane + q * 4);
    for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
      EntryWeight const entry(entries, e, norm);
      __m256d const signal = signal_of<storage>(pixels, entries.pixel[e], q),
                    w = _mm256_set1_pd(entry.weight);
      __m256d const valid = _mm256_cmp_pd(signal, signal, _CMP_ORD_Q);
      __m256d const part = _mm256_mul_pd(_mm256_set1_pd(entry.c), signal);
      __m256d const apart = _mm256_sub_pd(_mm256_mul_pd(part, n), _mm256_mul_pd(w, s));
      __m256d const after = _mm256_add_pd(n, _mm256_and_pd(w, valid));
      __m256d const reciprocal = _mm256_div_pd(one, _mm256_mul_pd(n, after));
      __m256d const not_first = _mm256_and_pd(valid, _mm256_cmp_pd(n, zero, _CMP_NEQ_OQ));
      v = _mm256_add_pd(
          v, _mm256_and_pd(not_first, _mm256_mul_pd(_mm256_mul_pd(apart, apart), reciprocal)));
      s = _mm256_add_pd(s, _mm256_and_pd(part, valid));
      n = after;
    }
    _mm256_storeu_pd(of_bin + q * 4, s);
    _mm256_storeu_pd(of_bin + lanes + q * 4, v);
    _mm256_storeu_pd(of_lane + q * 4, n);
  }
}

[[gnu::target("avx2")]] bool has_invalid(EntryRuns const& entries, BinRun const* run,
                                         TilePixels const& pixels) {
  __m256 invalid = _mm256_setzero_ps();
  for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e) {
    auto const* const values = static_cast<float const*>(pixels.values) + entries.pixel[e] * lanes;
    invalid = _mm256_or_ps(
        invalid, _mm256_cmp_ps(_mm256_loadu_ps(values), _mm256_loadu_ps(values + 8), _CMP_UNORD_Q));
  }
  return _mm256_movemask_ps(invalid) != 0;
}

template <Storage storage>
void add_tile(EntryRuns const& entries, TilePixels const& pixels, float const* norm,
              NormsSoFar const& norms, double* sums) {
  for (BinRun const* run = entries.runs.data(); run != entries.runs.data() + entries.runs.size();
       ++run) {
    std::size_t const bin = run->bin;
    double* const of_bin = sums + bin * 2 * lanes;
    if (pixels.has_invalid && norms.differs[bin] == 0 && has_invalid(entries, run, pixels)) {
      norms.differs[bin] = 1;
      std::fill_n(norms.of_lane + bin * lanes, lanes, norms.shared[bin]);
    }
    norms.differs[bin] != 0
        ? add_run_by_lane<storage>(entries, run, pixels, norm, norms.of_lane + bin * lanes, of_bin)
        : add_run<storage>(entries, run, pixels, norm, norms.shared[bin], of_bin);
  }
}

void add_running_variance(EntryRuns const& entries, TilePixels const& pixels, float const* norm,
                          NormsSoFar const& norms, double* sums) {
  switch (pixels.storage) {
    case Storage::u8:
      return add_tile<Storage::u8>(entries, pixels, norm, norms, sums);
    case Storage::u16:
      return add_tile<Storage::u16>(entries, pixels, norm, norms, sums);
    case Storage::f32:
      return add_tile<Storage::f32>(entries, pixels, norm, norms, sums);
  }
}

}  // namespace

RunKernels avx2_run_kernels() { return {find_above, add_running_variance}; }

}  // namespace xrdct::kernels

#else

namespace xrdct::kernels {
RunKernels avx2_run_kernels() { return portable_run_kernels(); }
}  // namespace xrdct::kernels

#endif
