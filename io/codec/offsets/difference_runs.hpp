#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "io/codec/words/simd.hpp"

namespace xrdct::codec {

/// What was decoded of a byte-offset stream in one go.
struct DifferenceRun {
  std::size_t bytes = 0, pixels = 0;  //!< taken from the stream, written
  std::int32_t value = 0;             //!< of the last pixel
};

/*!
 * Decodes the usual part of a byte-offset stream, which begins at a difference, to pixels of 32
 * bits: differences of 8 and 16 bits, many at once.
 *
 * Stops, perhaps at once, before what is rare: a difference of 32 bits or more, the last
 * `bytes_beyond` bytes, a value far from 0 or, of unsigned pixels, below 0. The caller decodes one
 * difference then.
 * \param value of the pixel before
 * \param out as many pixels as are wanted, `4·pixels` bytes
 */
DifferenceRun decode_run(Simd simd, std::span<std::byte const> stored, std::int32_t value,
                         bool is_signed, std::span<std::byte> out);

/// The parts of `decode_run`.
DifferenceRun decode_run_avx2(std::span<std::byte const> stored, std::int32_t value, bool is_signed,
                              std::span<std::byte> out);
DifferenceRun decode_run_avx512(std::span<std::byte const> stored, std::int32_t value,
                                bool is_signed, std::span<std::byte> out);

/// Differences that begin in a window of the stream, up to 64 bytes: a bit for each byte.
struct WindowBits {
  std::uint64_t wide;    //!< 0x80, which says that 16 bits follow
  std::uint64_t starts;  //!< first bytes of differences
};

/// \param marks bytes that are 0x80; one behind another may be part of its 16 bits
constexpr WindowBits window_bits(std::uint64_t marks) {
  std::uint64_t wide = marks;
  if ((marks & (marks << 1 | marks << 2)) != 0) {
    wide = 0;
    for (std::uint64_t rest = marks; rest != 0;) {
      std::uint64_t const lowest = rest & (~rest + 1);
      wide |= lowest;
      rest &= ~(lowest | lowest << 1 | lowest << 2);
    }
  }
  return {wide, ~(wide << 1 | wide << 2)};
}

/// The place of the set bit that has `count` set bits below it.
constexpr std::size_t place_of_bit(std::uint64_t bits, std::size_t count) {
  for (; count > 0; --count) bits &= bits - 1;
  std::size_t place = 0;
  for (; (bits >> place & 1) == 0; ++place) {
  }
  return place;
}

/// Asks for the stream some windows further on. Streams of many frames are decoded in turn, a few
/// kB of each, and a processor by itself sees neither where they go on nor across pages: this is
/// about what is wanted of a stream the next time. It may lie behind the end.
inline void fetch_ahead(std::byte const* at) {
  constexpr std::uintptr_t ahead = 3072;
  __builtin_prefetch(reinterpret_cast<void const*>(reinterpret_cast<std::uintptr_t>(at) + ahead));
}

/// Values between which sums of a window cannot leave 32 bits.
constexpr std::int32_t farthest_value = 1 << 30;

}  // namespace xrdct::codec
