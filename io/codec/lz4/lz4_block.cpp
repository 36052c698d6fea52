// Decodes LZ4 blocks, checked at every step, and leaves out what equal bit planes repeat.
#include "io/codec/lz4/lz4_block.hpp"

#include <array>

#include "io/codec/lz4/lz4_sequences.hpp"

namespace xrdct::codec {
namespace {

// Repeats the low d bytes of a word: 1 + 2^8d + 2^16d …, below 2^64.
constexpr std::array<std::uint64_t, 8> repeats{0,
                                               0x0101010101010101u,
                                               0x0001000100010001u,
                                               0x0001000001000001u,
                                               0x0000000100000001u,
                                               0x0000010000000001u,
                                               0x0001000000000001u,
                                               0x0100000000000001u};

struct PortableCopy {
  static void literals(std::uint8_t* to, std::uint8_t const* from, std::size_t) {
    std::memcpy(to, from, 16);
  }
  static void any_literals(std::uint8_t* to, std::uint8_t const* from, std::size_t bytes) {
    if (bytes > 0) std::memcpy(to, from, bytes);
  }
  static void short_match(std::uint8_t* to, std::size_t distance, std::size_t length) {
    long_match(to, distance, length);
  }
  static void behind(std::uint8_t const*, std::uint8_t const*) {}

  static void long_match(std::uint8_t* to, std::size_t distance, std::size_t length) {
    if (distance >= 16) {
      for (std::size_t done = 0; done < length; done += 16)
        std::memcpy(to + done, to + done - distance, 16);
    } else if (distance >= 8) {
      for (std::size_t done = 0; done < length; done += 8)
        std::memcpy(to + done, to + done - distance, 8);
    } else {
      std::uint64_t pattern;
      std::memcpy(&pattern, to - distance, 8);
      pattern = (pattern & ((std::uint64_t{1} << (8 * distance)) - 1)) * repeats[distance];
      std::size_t const step = 8 - 8 % distance;
      for (std::size_t done = 0; done < length; done += step) std::memcpy(to + done, &pattern, 8);
    }
  }
};

}  // namespace

DecodeStatus decode_lz4_block(Simd simd, std::span<std::byte const> compressed,
                              std::span<std::byte> out) {
  return simd == Simd::portable ? lz4::decode<PortableCopy>(compressed, out, 0).status
                                : decode_lz4_avx2(compressed, out, 0).status;
}

DecodedPlanes decode_lz4_planes(Simd simd, std::span<std::byte const> compressed,
                                std::span<std::byte> planes, std::size_t plane_bytes) {
  return simd == Simd::portable ? lz4::decode<PortableCopy>(compressed, planes, plane_bytes)
                                : decode_lz4_avx2(compressed, planes, plane_bytes);
}

}  // namespace xrdct::codec
