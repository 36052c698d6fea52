// Loops over the counts of a tile for clipping, with AVX2.
#include "kokkos/simd/count_kernels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <limits>

// The loops of count_kernels_portable.cpp: sums of small counts in integers of 16 and 32 bits, the
// rest on vectors of four frames.
namespace xrdct::kernels {
namespace {

constexpr std::size_t quads = lanes / 4;
constexpr std::int16_t most_of_chunk = 2047;  // of counts that are added up in 16 bits
constexpr std::size_t ahead = 8;              // runs that are fetched in advance

// 16 counts; 65535 where they are larger or NaN.
template <Storage storage>
[[gnu::target("avx2")]] inline __m256i load_counts(void const* values, std::size_t pixel) {
  if constexpr (storage == Storage::u8) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(static_cast<__m128i const*>(values) + pixel));
  } else if constexpr (storage == Storage::u16) {
    return _mm256_loadu_si256(static_cast<__m256i const*>(values) + pixel);
  } else {
    auto const* eight = static_cast<float const*>(values) + pixel * lanes;
    __m256 const most = _mm256_set1_ps(static_cast<float>(most_counts));
    // NaN: most
    __m256i const low = _mm256_cvttps_epi32(_mm256_min_ps(_mm256_loadu_ps(eight), most));
    __m256i const high = _mm256_cvttps_epi32(_mm256_min_ps(_mm256_loadu_ps(eight + 8), most));
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(low, high), 0xd8);
  }
}

[[gnu::target("avx2")]] inline void add_words(__m256i words, double* sums) {
  for (std::size_t half = 0; half < 2; ++half) {
    __m256i const eight = _mm256_cvtepi16_epi32(half == 0 ? _mm256_castsi256_si128(words)
                                                          : _mm256_extracti128_si256(words, 1));
    double* const to = sums + half * 8;
    _mm256_storeu_pd(
        to, _mm256_add_pd(_mm256_loadu_pd(to), _mm256_cvtepi32_pd(_mm256_castsi256_si128(eight))));
    _mm256_storeu_pd(to + 4, _mm256_add_pd(_mm256_loadu_pd(to + 4),
                                           _mm256_cvtepi32_pd(_mm256_extracti128_si256(eight, 1))));
  }
}

[[gnu::target("avx2")]] inline void add_four(__m128i four, double* sums) {
  _mm256_storeu_pd(sums, _mm256_add_pd(_mm256_loadu_pd(sums), _mm256_cvtepi32_pd(four)));
}

// Lanes 0–3 and 8–11, and the others.
[[gnu::target("avx2")]] inline void add_sixteen(__m256i const* parts, double* sums) {
  add_four(_mm256_castsi256_si128(parts[0]), sums);
  add_four(_mm256_castsi256_si128(parts[1]), sums + 4);
  add_four(_mm256_extracti128_si256(parts[0], 1), sums + 8);
  add_four(_mm256_extracti128_si256(parts[1], 1), sums + 12);
}

// Entries whose counts add up in 15 bits, their squares and Σ q·s in 31.
constexpr std::size_t chunk_of(Storage storage) { return storage == Storage::u8 ? 128 : 16; }

// Of some entries: words [lane]; squares and Σ q·s of the lanes 0–3 and 8–11, and of the others.
struct ChunkSums {
  __m256i signal, zeros, squares[2], placed[2], smallest, largest;
};

template <Storage storage, bool has_places, bool with_variance>
[[gnu::target("avx2")]] inline ChunkSums sum_chunk(void const* values, std::uint16_t const* pixel,
                                                   std::int16_t const* places,
                                                   std::size_t entries) {
  __m256i const zero = _mm256_setzero_si256();
  ChunkSums sums{zero, zero, {zero, zero}, {zero, zero}, _mm256_set1_epi16(-1), zero};
  for (std::size_t e = 0; e < entries; e += 2) {
    bool const pair = e + 1 < entries;
    __m256i const a = load_counts<storage>(values, pixel[e]),
                  b = pair ? load_counts<storage>(values, pixel[e + 1]) : a;
    __m256i const second = pair ? b : zero;
    sums.smallest = _mm256_min_epu16(sums.smallest, _mm256_min_epu16(a, b));
    sums.largest = _mm256_max_epu16(sums.largest, _mm256_max_epu16(a, b));
    sums.signal = _mm256_add_epi16(sums.signal, _mm256_add_epi16(a, second));
    if constexpr (with_variance)
      sums.zeros = _mm256_sub_epi16(sums.zeros, _mm256_cmpeq_epi16(a, zero));
    if (with_variance && pair)
      sums.zeros = _mm256_sub_epi16(sums.zeros, _mm256_cmpeq_epi16(b, zero));
    __m256i const low = _mm256_unpacklo_epi16(a, second), high = _mm256_unpackhi_epi16(a, second);
    sums.squares[0] = _mm256_add_epi32(sums.squares[0], _mm256_madd_epi16(low, low));
    sums.squares[1] = _mm256_add_epi32(sums.squares[1], _mm256_madd_epi16(high, high));
    if constexpr (!has_places) continue;
    std::uint32_t const first = static_cast<std::uint16_t>(places[e]),
                        next = pair ? static_cast<std::uint16_t>(places[e + 1]) : 0u;
    __m256i const of_both = _mm256_set1_epi32(static_cast<int>(first | next << 16));
    sums.placed[0] = _mm256_add_epi32(sums.placed[0], _mm256_madd_epi16(low, of_both));
    sums.placed[1] = _mm256_add_epi32(sums.placed[1], _mm256_madd_epi16(high, of_both));
  }
  return sums;
}

[[gnu::target("avx2")]] inline bool any_above(__m256i counts, __m256i most) {
  __m256i const above = _mm256_subs_epu16(counts, most);
  return _mm256_testz_si256(above, above) == 0;
}

template <Storage storage, bool has_places, bool with_variance>
[[gnu::target("avx2")]] void add_tile(EntryRuns const& entries, TilePixels const& pixels,
                                      CountSums const& to) {
  __m256i const most = _mm256_set1_epi16(most_of_chunk);
  std::size_t const runs = entries.runs.size();
  for (std::size_t r = 0; r < runs; ++r) {
    if (r + ahead < runs) __builtin_prefetch(to.extremes + to.place[r + ahead], 1);
    BinRun const* const run = entries.runs.data() + r;
    double *signal = to.sums + std::size_t{run->bin} * 2 * lanes,
           *squares = to.squares + std::size_t{run->bin} * lanes;
    __m256i smallest = _mm256_set1_epi16(-1), largest = _mm256_setzero_si256();
    for (std::uint32_t first = run->first_entry, end = run[1].first_entry; first < end;) {
      auto const last =
          static_cast<std::uint32_t>(std::min<std::size_t>(first + chunk_of(storage), end));
      ChunkSums const sums = sum_chunk<storage, has_places, with_variance>(
          pixels.values, entries.pixel + first, has_places ? to.places + first : nullptr,
          last - first);
      smallest = _mm256_min_epu16(smallest, sums.smallest);
      largest = _mm256_max_epu16(largest, sums.largest);
      if (storage != Storage::u8 && any_above(sums.largest, most)) {
        BinRun const part[] = {{run->bin, first}, {0, last}};
        std::uint32_t const place = 0;
        RunExtremes unused;
        portable_count_kernels().add(
            {std::span(part, 1), entries.pixel, entries.coefficient}, pixels,
            {to.sums, to.squares, to.placed, to.places, &place, &unused, with_variance});
      } else {
        add_words(sums.signal, signal);
        if constexpr (with_variance)
          add_words(_mm256_add_epi16(sums.signal, sums.zeros), signal + lanes);
        add_sixteen(sums.squares, squares);
        if constexpr (has_places)
          add_sixteen(sums.placed, to.placed + std::size_t{run->bin} * lanes);
      }
      first = last;
    }
    RunExtremes& extremes = to.extremes[to.place[r]];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(extremes.smallest.data()), smallest);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(extremes.largest.data()), largest);
  }
}

template <Storage storage>
void add_counts(EntryRuns const& entries, TilePixels const& pixels, CountSums const& sums) {
  bool const has_places = sums.places != nullptr;
  if (has_places && sums.with_variance) return add_tile<storage, true, true>(entries, pixels, sums);
  if (has_places) return add_tile<storage, true, false>(entries, pixels, sums);
  if (sums.with_variance) return add_tile<storage, false, true>(entries, pixels, sums);
  add_tile<storage, false, false>(entries, pixels, sums);
}

void add(EntryRuns const& entries, TilePixels const& pixels, CountSums const& sums) {
  switch (pixels.storage) {
    case Storage::u8:
      return add_counts<Storage::u8>(entries, pixels, sums);
    case Storage::u16:
      return add_counts<Storage::u16>(entries, pixels, sums);
    case Storage::f32:
      return add_counts<Storage::f32>(entries, pixels, sums);
  }
}

[[gnu::target("avx2")]] inline __m256i load(PerLane<std::uint16_t> const& words) {
  return _mm256_loadu_si256(reinterpret_cast<__m256i const*>(words.data()));
}

[[gnu::target("avx2")]] std::size_t find(RunExtremes const* extremes, std::size_t number,
                                         PerLane<std::uint16_t> const& lower,
                                         PerLane<std::uint16_t> const& upper, EntryLanes* found) {
  __m256i const low = load(lower), high = load(upper), zero = _mm256_setzero_si256();
  std::size_t runs = 0;
  for (std::size_t run = 0; run < number; ++run) {
    __m256i const below = _mm256_subs_epu16(low, load(extremes[run].smallest)),
                  above = _mm256_subs_epu16(load(extremes[run].largest), high);
    __m256i const outside = _mm256_or_si256(below, above);
    if (_mm256_testz_si256(outside, outside) != 0) continue;
    __m256i const inside = _mm256_cmpeq_epi16(outside, zero);
    __m128i const bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(inside), _mm256_extracti128_si256(inside, 1));
    found[runs++] = {static_cast<std::uint32_t>(run),
                     static_cast<LaneMask>(~_mm_movemask_epi8(bytes))};
  }
  return runs;
}

// Words of all ones in the lanes of a mask.
[[gnu::target("avx2")]] inline __m256i words_of(LaneMask mask) {
  __m256i const bits = _mm256_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096,
                                         8192, 16384, -32768);
  return _mm256_cmpeq_epi16(
      _mm256_and_si256(_mm256_set1_epi16(static_cast<std::int16_t>(mask)), bits), bits);
}

[[gnu::target("avx2")]] inline __m128i bytes_of(LaneMask mask) {
  __m256i const words = words_of(mask);
  return _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

[[gnu::target("avx2")]] inline void store(__m256i words, PerLane<std::uint16_t>& to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to.data()), words);
}

[[gnu::target("avx2")]] inline __m128i bytes_up_to(std::int16_t most,
                                                   PerLane<std::uint16_t> const& words) {
  __m256i const capped = _mm256_min_epu16(load(words), _mm256_set1_epi16(most));
  return _mm_packus_epi16(_mm256_castsi256_si128(capped), _mm256_extracti128_si256(capped, 1));
}

// Bytes throughout. With upper limits that do not exceed 254, 255 is always outside.
template <bool some_excluded>
[[gnu::target("avx2")]] std::size_t find_outside_bytes(
    RunEntries const& run, TilePixels const& pixels, PerLane<std::uint16_t> const& lower,
    PerLane<std::uint16_t> const& upper, LaneMask of, RunExtremes& others, EntryLanes* found) {
  __m128i const zero = _mm_setzero_si128();
  __m128i const low = bytes_up_to(255, lower), high = bytes_up_to(254, upper);
  __m128i smallest = _mm_set1_epi8(-1), largest = zero;
  std::size_t entries = 0;
  for (std::size_t e = 0; e < run.pixel.size(); ++e) {
    __m128i const counts =
        _mm_loadu_si128(static_cast<__m128i const*>(pixels.values) + run.pixel[e]);
    __m128i inside =
        _mm_cmpeq_epi8(_mm_or_si128(_mm_subs_epu8(low, counts), _mm_subs_epu8(counts, high)), zero);
    unsigned outside = ~static_cast<unsigned>(_mm_movemask_epi8(inside)) & of;
    if constexpr (some_excluded) {
      outside &= ~unsigned{run.excluded[e]};
      inside = _mm_andnot_si128(bytes_of(run.excluded[e]), inside);
    }
    smallest = _mm_min_epu8(smallest, _mm_or_si128(counts, _mm_cmpeq_epi8(inside, zero)));
    largest = _mm_max_epu8(largest, _mm_and_si128(counts, inside));
    found[entries] = {static_cast<std::uint32_t>(e), static_cast<LaneMask>(outside)};
    entries += outside != 0 ? 1 : 0;
  }
  __m256i const words = _mm256_cvtepu8_epi16(smallest);
  store(_mm256_or_si256(words, _mm256_cmpeq_epi16(words, _mm256_set1_epi16(255))), others.smallest);
  store(_mm256_cvtepu8_epi16(largest), others.largest);
  return entries;
}

template <Storage storage>
[[gnu::target("avx2")]] std::size_t find_outside_words(
    RunEntries const& run, TilePixels const& pixels, PerLane<std::uint16_t> const& lower,
    PerLane<std::uint16_t> const& upper, LaneMask of, RunExtremes& others, EntryLanes* found) {
  __m256i const low = load(lower), high = load(upper), zero = _mm256_setzero_si256();
  __m256i smallest = _mm256_set1_epi16(-1), largest = zero;
  std::size_t entries = 0;
  for (std::size_t e = 0; e < run.pixel.size(); ++e) {
    LaneMask const excluded = run.excluded == nullptr ? LaneMask{0} : run.excluded[e];
    __m256i const counts = load_counts<storage>(pixels.values, run.pixel[e]);
    __m256i const inside = _mm256_cmpeq_epi16(
        _mm256_or_si256(_mm256_subs_epu16(low, counts), _mm256_subs_epu16(counts, high)), zero);
    __m256i const others_here = _mm256_andnot_si256(words_of(excluded), inside);
    __m128i const bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(inside), _mm256_extracti128_si256(inside, 1));
    unsigned const outside =
        ~static_cast<unsigned>(_mm_movemask_epi8(bytes)) & of & ~unsigned{excluded};
    smallest =
        _mm256_min_epu16(smallest, _mm256_or_si256(counts, _mm256_cmpeq_epi16(others_here, zero)));
    largest = _mm256_max_epu16(largest, _mm256_and_si256(counts, others_here));
    found[entries] = {static_cast<std::uint32_t>(e), static_cast<LaneMask>(outside)};
    entries += outside != 0 ? 1 : 0;
  }
  store(smallest, others.smallest);
  store(largest, others.largest);
  return entries;
}

std::size_t find_outside(RunEntries const& run, TilePixels const& pixels,
                         PerLane<std::uint16_t> const& lower, PerLane<std::uint16_t> const& upper,
                         LaneMask of, RunExtremes& others, EntryLanes* found) {
  switch (pixels.storage) {
    case Storage::u8:
      return run.excluded == nullptr
                 ? find_outside_bytes<false>(run, pixels, lower, upper, of, others, found)
                 : find_outside_bytes<true>(run, pixels, lower, upper, of, others, found);
    case Storage::u16:
      return find_outside_words<Storage::u16>(run, pixels, lower, upper, of, others, found);
    case Storage::f32:
      return find_outside_words<Storage::f32>(run, pixels, lower, upper, of, others, found);
  }
  return 0;
}

template <Storage storage>
[[gnu::target("avx2")]] inline __m256d load_four(void const* values, std::size_t index) {
  if constexpr (storage == Storage::u8) {
    return _mm256_cvtepi32_pd(
        _mm_cvtepu8_epi32(_mm_loadu_si32(static_cast<std::uint8_t const*>(values) + index)));
  } else if constexpr (storage == Storage::u16) {
    return _mm256_cvtepi32_pd(
        _mm_cvtepu16_epi32(_mm_loadu_si64(static_cast<std::uint16_t const*>(values) + index)));
  } else {
    return _mm256_cvtps_pd(_mm_loadu_ps(static_cast<float const*>(values) + index));
  }
}

struct Running {
  __m256d mean[quads], normalization[quads], variance[quads];
};

template <Storage storage, bool some_excluded>
[[gnu::target("avx2,fma")]] inline void add_variance_of_entry(void const* values, std::size_t pixel,
                                                              float norm, LaneMask excluded,
                                                              Running& sums) {
  __m256d const one = _mm256_set1_pd(1.0),
                least = _mm256_set1_pd(std::numeric_limits<double>::min()),
                w = _mm256_set1_pd(norm);
#pragma GCC unroll 4
  for (std::size_t q = 0; q < quads; ++q) {
    __m256d apart = _mm256_fnmadd_pd(w, sums.mean[q],
                                     load_four<storage>(values, pixel * lanes + q * 4)),
            weight = w;
    if constexpr (some_excluded) {
      __m256i const bits =
          _mm256_and_si256(_mm256_set1_epi64x(excluded >> (q * 4)), _mm256_setr_epi64x(1, 2, 4, 8));
      __m256d const used = _mm256_castsi256_pd(_mm256_cmpeq_epi64(bits, _mm256_setzero_si256()));
      weight = _mm256_and_pd(weight, used);
      apart = _mm256_and_pd(apart, used);
    }
    __m256d const after = _mm256_add_pd(sums.normalization[q], weight);
    // Before the first entry that counts N is 0, and so is what it divides.
    __m256d const step = _mm256_mul_pd(
        apart, _mm256_div_pd(one, some_excluded ? _mm256_max_pd(after, least) : after));
    sums.variance[q] =
        _mm256_fmadd_pd(_mm256_mul_pd(step, sums.normalization[q]), apart, sums.variance[q]);
    sums.mean[q] = _mm256_add_pd(sums.mean[q], step);
    sums.normalization[q] = after;
  }
}

template <Storage storage>
[[gnu::target("avx2,fma")]] void add_variance_of_tile(EntryRuns const& entries,
                                                      TilePixels const& pixels, float const* norm,
                                                      ExcludedLanes const& excluded,
                                                      MeanAndVariance const& to) {
  for (std::size_t r = 0; r < entries.runs.size(); ++r) {
    BinRun const* const run = entries.runs.data() + r;
    if (r + ahead / 2 < entries.runs.size())
      for (std::size_t e = run[ahead / 2].first_entry; e < run[ahead / 2 + 1].first_entry; ++e) {
        __builtin_prefetch(static_cast<std::byte const*>(pixels.values) +
                           std::size_t{entries.pixel[e]} * lanes * size_of(storage));
        __builtin_prefetch(norm + entries.pixel[e]);
      }
    double *mean = to.sums + std::size_t{run->bin} * 2 * lanes, *variance = mean + lanes;
    double* normalization = to.normalization + std::size_t{run->bin} * lanes;
    Running sums;
#pragma GCC unroll 4
    for (std::size_t q = 0; q < quads; ++q) {
      sums.mean[q] = _mm256_loadu_pd(mean + q * 4);
      sums.normalization[q] = _mm256_loadu_pd(normalization + q * 4);
      sums.variance[q] = _mm256_loadu_pd(variance + q * 4);
    }
    if (excluded.first[r] == 0) {
      for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e)
        add_variance_of_entry<storage, false>(pixels.values, entries.pixel[e],
                                              norm[entries.pixel[e]], 0, sums);
    } else {
      LaneMask const* mask = excluded.lanes + excluded.first[r];
      for (std::size_t e = run->first_entry; e < run[1].first_entry; ++e)
        add_variance_of_entry<storage, true>(pixels.values, entries.pixel[e],
                                             norm[entries.pixel[e]], mask[e - run->first_entry],
                                             sums);
    }
#pragma GCC unroll 4
    for (std::size_t q = 0; q < quads; ++q) {
      _mm256_storeu_pd(mean + q * 4, sums.mean[q]);
      _mm256_storeu_pd(normalization + q * 4, sums.normalization[q]);
      _mm256_storeu_pd(variance + q * 4, sums.variance[q]);
    }
  }
}

void add_azimuthal_variance(EntryRuns const& entries, TilePixels const& pixels, float const* norm,
                            ExcludedLanes const& excluded, MeanAndVariance const& sums) {
  switch (pixels.storage) {
    case Storage::u8:
      return add_variance_of_tile<Storage::u8>(entries, pixels, norm, excluded, sums);
    case Storage::u16:
      return add_variance_of_tile<Storage::u16>(entries, pixels, norm, excluded, sums);
    case Storage::f32:
      return add_variance_of_tile<Storage::f32>(entries, pixels, norm, excluded, sums);
  }
}

}  // namespace

CountKernels avx2_count_kernels() { return {add, find, find_outside, add_azimuthal_variance}; }

}  // namespace xrdct::kernels

#else

namespace xrdct::kernels {
CountKernels avx2_count_kernels() { return portable_count_kernels(); }
}  // namespace xrdct::kernels

#endif
