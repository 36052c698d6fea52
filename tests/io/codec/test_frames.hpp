#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "io/codec/words/choose_simd.hpp"

namespace xrdct::codec::test {

/// SplitMix64: a counter-based source of numbers that are the same everywhere.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }

 private:
  std::uint64_t state_;
};

/// What a frame may hold.
enum class Content {
  zeros,
  ones,
  counts,
  counts_and_gaps,
  all_gaps,
  two_sentinels,
  wide_counts,
  one_bright,
  one_beside_gap,
  noise
};
constexpr Content all_contents[] = {
    Content::zeros,          Content::ones,          Content::counts,      Content::counts_and_gaps,
    Content::all_gaps,       Content::two_sentinels, Content::wide_counts, Content::one_bright,
    Content::one_beside_gap, Content::noise};

/// Gaps of ever smaller width, so that no period but that of the planes is in them.
constexpr bool in_gap(std::size_t i) { return i * i / 640 % 5 == 1; }

inline std::uint64_t value_of(Content content, std::size_t i, Numbers& numbers) {
  std::uint64_t const random = numbers.next();
  std::uint64_t const count = (random & 3) == 0 ? random >> 8 & 7 : 0;
  bool const gap = in_gap(i);
  switch (content) {
    case Content::zeros:
      return 0;
    case Content::ones:
      return 1;
    case Content::counts:
      return count;
    case Content::counts_and_gaps:
      return gap ? ~std::uint64_t{0} : count;
    case Content::all_gaps:
      return ~std::uint64_t{0};
    case Content::two_sentinels:
      return gap ? ~std::uint64_t{0} - (random & 1) : count;
    case Content::wide_counts:
      return gap ? ~std::uint64_t{0} - (random & 1) : random >> 8 & 0x3fff;
    case Content::one_bright:
      return i == 77 ? 0x00012345u : gap ? ~std::uint64_t{0} : count;
    case Content::one_beside_gap:
      return i == 77 ? ~std::uint64_t{0} << 12 : gap ? ~std::uint64_t{0} : count;
    case Content::noise:
      return random;
  }
  return 0;
}

/// Little-endian pixels, the low bytes of the values.
inline std::vector<std::byte> frame_of(Content content, std::size_t pixels, std::size_t pixel_bytes,
                                       std::uint64_t seed = 1) {
  Numbers numbers(seed);
  std::vector<std::byte> bytes(pixels * pixel_bytes);
  for (std::size_t i = 0; i < pixels; ++i) {
    std::uint64_t const value = value_of(content, i, numbers);
    std::memcpy(bytes.data() + i * pixel_bytes, &value, pixel_bytes);
  }
  return bytes;
}

/// The instruction sets that this processor can run.
inline std::vector<Simd> instruction_sets() {
  std::vector<Simd> sets;
  for (auto const set : {Simd::portable, Simd::avx2, Simd::avx512}) {
    if (set <= best_simd_of_processor()) sets.push_back(set);
  }
  return sets;
}

/// Numbers of pixels with every kind of end: frames from 9 × 9 to 256 × 256, whole and partial
/// blocks, raw rests of 1 to 7.
constexpr std::size_t odd_sizes[] = {1,    7,    8,    9,    15,   16,   81,   100,
                                     255,  256,  257,  511,  1023, 2047, 2048, 2049,
                                     2056, 4097, 6151, 8192, 8193, 65536};

}  // namespace xrdct::codec::test
