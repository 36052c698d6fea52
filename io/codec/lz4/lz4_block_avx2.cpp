// The same decoder of LZ4 blocks, compiled for AVX2.
#include "io/codec/lz4/lz4_sequences.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <array>

namespace xrdct::codec {
namespace {

using Shuffle = std::array<std::uint8_t, 16>;
constexpr std::uint8_t zero = 0x80;  // a shuffle's word for no byte

// For a distance: which bytes of the 16 before a match are its first 16; none where the distance is
// 16 or more.
constexpr std::array<Shuffle, 17> shuffles = [] {
  std::array<Shuffle, 17> all{};
  all[0].fill(zero);
  all[16].fill(zero);
  for (std::size_t distance = 1; distance < 16; ++distance) {
    for (std::size_t i = 0; i < 16; ++i)
      all[distance][i] = static_cast<std::uint8_t>(16 - distance + i % distance);
  }
  return all;
}();
// The largest multiple of a distance that is not more than 16.
constexpr std::array<std::uint8_t, 16> steps{0,  16, 16, 15, 16, 15, 12, 14,
                                             16, 9,  10, 11, 12, 13, 14, 15};
// From n on: moves the bytes of a register up by 16 − n; from 16 + n on: down by n.
constexpr std::array<std::uint8_t, 48> moves = [] {
  std::array<std::uint8_t, 48> all{};
  all.fill(zero);
  for (std::size_t i = 0; i < 16; ++i) all[16 + i] = static_cast<std::uint8_t>(i);
  return all;
}();
constexpr Shuffle zeros{};

/// Keeps the last 16 bytes in a register: a match that begins in them need not wait until they have
/// reached the cache.
struct Avx2Copy {
  __m128i last;

  [[gnu::target("avx2")]] Avx2Copy() : last(_mm_setzero_si128()) {}
  [[gnu::target("avx2")]] static __m128i load(void const* from) {
    return _mm_loadu_si128(static_cast<__m128i const*>(from));
  }
  [[gnu::target("avx2")]] static void store(void* to, __m128i value) {
    _mm_storeu_si128(static_cast<__m128i*>(to), value);
  }

  [[gnu::target("avx2")]] static __m256i load_32(void const* from) {
    return _mm256_loadu_si256(static_cast<__m256i const*>(from));
  }
  [[gnu::target("avx2")]] static void store_32(void* to, __m256i value) {
    _mm256_storeu_si256(static_cast<__m256i*>(to), value);
  }

  [[gnu::target("avx2")]] void append(__m128i next, std::size_t bytes) {
    last = _mm_or_si128(_mm_shuffle_epi8(last, load(&moves[16] + bytes)),
                        _mm_shuffle_epi8(next, load(&moves[0] + bytes)));
  }

  [[gnu::target("avx2")]] void literals(std::uint8_t* to, std::uint8_t const* from,
                                        std::size_t bytes) {
    __m128i const next = load(from);
    store(to, next);
    append(next, bytes);
  }

  // Not memcpy: from some kilobytes on, that of many a C library is one instruction that takes
  // several times as long on some processors where both places lie alike in their pages.
  [[gnu::target("avx2"), gnu::noinline]] static void any_literals(std::uint8_t* to,
                                                                  std::uint8_t const* from,
                                                                  std::size_t bytes) {
    if (bytes < 32) {
      if (bytes > 0) std::memcpy(to, from, bytes);
      return;
    }
    std::size_t done = 0;
    for (; done + 128 <= bytes; done += 128) {
      __m256i const parts[4] = {load_32(from + done), load_32(from + done + 32),
                                load_32(from + done + 64), load_32(from + done + 96)};
#pragma GCC unroll 4
      for (std::size_t i = 0; i < 4; ++i) store_32(to + done + 32 * i, parts[i]);
    }
    for (; done + 32 <= bytes; done += 32) store_32(to + done, load_32(from + done));
    store_32(to + bytes - 32, load_32(from + bytes - 32));
  }

  [[gnu::target("avx2")]] void short_match(std::uint8_t* to, std::size_t distance,
                                           std::size_t length) {
    // Without a jump: near and far ones alternate at random. Near ones take the rest, zero, from
    // `zeros`.
    auto const far = reinterpret_cast<std::uintptr_t>(to - distance),
               near = reinterpret_cast<std::uintptr_t>(zeros.data());
    std::uintptr_t const is_near = 0 - ((std::uintptr_t{distance} - 16) >> 63);
    auto const* const from = reinterpret_cast<std::uint8_t const*>(far ^ ((far ^ near) & is_near));
    __m128i const next = _mm_or_si128(
        load(from), _mm_shuffle_epi8(last, load(&shuffles[16 - ((16 - distance) & is_near)])));
    store(to, next);
    append(next, length);
  }

  [[gnu::target("avx2")]] void long_match(std::uint8_t* to, std::size_t distance,
                                          std::size_t length) {
    if (distance >= 32) {
      for (std::size_t done = 0; done < length; done += 32)
        store_32(to + done, load_32(to + done - distance));
    } else if (distance >= 16) {
      for (std::size_t done = 0; done < length; done += 16)
        store(to + done, load(to + done - distance));
    } else {
      __m128i const next = _mm_shuffle_epi8(last, load(&shuffles[distance]));
      for (std::size_t done = 0; done < length; done += steps[distance]) store(to + done, next);
    }
  }

  [[gnu::target("avx2")]] void behind(std::uint8_t const* begin, std::uint8_t const* to) {
    auto const written = static_cast<std::size_t>(to - begin);
    if (written >= 16) {
      last = load(to - 16);
    } else {
      std::array<std::uint8_t, 16> bytes{};
      std::copy(begin, to, bytes.end() - static_cast<std::ptrdiff_t>(written));
      last = load(bytes.data());
    }
  }
};

}  // namespace

[[gnu::target("avx2")]] DecodedPlanes decode_lz4_avx2(std::span<std::byte const> compressed,
                                                      std::span<std::byte> out,
                                                      std::size_t plane_bytes) {
  return lz4::decode<Avx2Copy>(compressed, out, plane_bytes);
}

}  // namespace xrdct::codec
#else
namespace xrdct::codec {
DecodedPlanes decode_lz4_avx2(std::span<std::byte const>, std::span<std::byte>, std::size_t) {
  return {DecodeStatus::unsupported, 0};
}
}  // namespace xrdct::codec
#endif
