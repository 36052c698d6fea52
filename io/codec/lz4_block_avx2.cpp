#include "io/codec/lz4_sequences.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <array>

namespace xrdct::codec {
namespace {

using Shuffle = std::array<std::uint8_t, 16>;

// For a distance: which of its bytes the first 16 of a match are, and the least multiple of it that is 16 or more. Entry 16 serves all that are.
constexpr std::array<Shuffle, 17> shuffles = [] {
  std::array<Shuffle, 17> all{};
  for (std::size_t distance = 1; distance <= 16; ++distance) {
    for (std::size_t i = 0; i < 16; ++i) all[distance][i] = static_cast<std::uint8_t>(i % distance);
  }
  return all;
}();
constexpr std::array<std::uint8_t, 16> strides{0, 16, 16, 18, 16, 20, 18, 21, 16, 18, 20, 22, 24, 26, 28, 30};

struct Avx2Copy {
  [[gnu::target("avx2")]] static __m128i load(void const* from) { return _mm_loadu_si128(static_cast<__m128i const*>(from)); }
  [[gnu::target("avx2")]] static void store(void* to, __m128i value) { _mm_storeu_si128(static_cast<__m128i*>(to), value); }

  [[gnu::target("avx2")]] static void short_match(std::uint8_t* to, std::size_t distance, std::size_t length) {
    __m128i const shuffle = load(&shuffles[std::min<std::size_t>(distance, 16)]);
    store(to, _mm_shuffle_epi8(load(to - distance), shuffle));
    if (length > 16) store(to + 16, load(to + 16 - (distance < 16 ? strides[distance] : distance)));
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
