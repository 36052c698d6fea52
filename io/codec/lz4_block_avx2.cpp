#include "io/codec/lz4_sequences.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <array>

namespace xrdct::codec {
namespace {

using Shuffle = std::array<std::uint8_t, 16>;

// For a distance below 16: which of its bytes stand at `first` … `first` + 15 of the match.
constexpr std::array<Shuffle, 16> shuffles_from(std::size_t first) {
  std::array<Shuffle, 16> all{};
  for (std::size_t distance = 1; distance < 16; ++distance) {
    for (std::size_t i = 0; i < 16; ++i) all[distance][i] = static_cast<std::uint8_t>((first + i) % distance);
  }
  return all;
}

alignas(16) constexpr std::array<Shuffle, 16> first_half = shuffles_from(0);
alignas(16) constexpr std::array<Shuffle, 16> second_half = shuffles_from(16);

struct Avx2Copy {
  [[gnu::target("avx2")]] static __m128i load(void const* from) { return _mm_loadu_si128(static_cast<__m128i const*>(from)); }
  [[gnu::target("avx2")]] static void store(void* to, __m128i value) { _mm_storeu_si128(static_cast<__m128i*>(to), value); }

  [[gnu::target("avx2")]] static void short_match(std::uint8_t* to, std::size_t distance, std::size_t length) {
    __m128i const from = load(to - distance);
    if (distance >= 16) {
      store(to, from);
      if (length > 16) store(to + 16, load(to + 16 - distance));
    } else {
      store(to, _mm_shuffle_epi8(from, load(&first_half[distance])));
      if (length > 16) store(to + 16, _mm_shuffle_epi8(from, load(&second_half[distance])));
    }
  }
};

}  // namespace

[[gnu::target("avx2")]] DecodedPlanes decode_lz4_avx2(std::span<std::byte const> compressed, std::span<std::byte> out, std::size_t plane_bytes) {
  return lz4::decode<Avx2Copy>(compressed, out, plane_bytes);
}

}  // namespace xrdct::codec
#else
namespace xrdct::codec {
DecodedPlanes decode_lz4_avx2(std::span<std::byte const>, std::span<std::byte>, std::size_t) { return {DecodeStatus::unsupported, 0}; }
}  // namespace xrdct::codec
#endif
