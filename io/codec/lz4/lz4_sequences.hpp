#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "io/codec/lz4/lz4_block.hpp"

/// The LZ4 block format, written once for all instruction sets. Everything here is inlined into a
/// caller that has them.
namespace xrdct::codec::lz4 {

// Rules of the end of a block: a match starts at least 12 bytes before it and leaves the last 5 to
// literals; literals that are followed by a match leave at least its distance, a token and the last
// literals in the input.
constexpr std::size_t last_literals = 5;
constexpr std::size_t match_limit = 12;
constexpr std::size_t least_after_literals = 8;

struct Cursor {
  std::uint8_t const* in;
  std::uint8_t const* in_end;
  std::uint8_t* begin;
  std::uint8_t* to;
  std::uint8_t* end;
  std::size_t left() const { return static_cast<std::size_t>(in_end - in); }
  std::size_t room() const { return static_cast<std::size_t>(end - to); }
  std::size_t written() const { return static_cast<std::size_t>(to - begin); }
};

enum class Step { match, done, broken };

// Adds the bytes that continue a length. \return false: the input ends, or the length passes
// `most`.
inline bool read_length(Cursor& c, std::size_t most, std::size_t& length) {
  std::uint8_t byte = 255;
  while (byte == 255) {
    if (c.in == c.in_end) return false;
    byte = *c.in++;
    length += byte;
    if (length > most) return false;
  }
  return true;
}

// An overlapping match repeats its first `distance` bytes.
inline void copy_match(std::uint8_t* to, std::size_t distance, std::size_t length) {
  while (length > distance) {
    std::memcpy(to, to - distance, distance);
    to += distance;
    length -= distance;
    distance *= 2;
  }
  if (length > 0) std::memcpy(to, to - distance, length);
}

// Literals of any number.
template <class Copy>
[[gnu::always_inline]] inline Step take_literals(Cursor& c, std::size_t literals) {
  if (literals == 15 && !read_length(c, c.room(), literals)) return Step::broken;
  if (literals > c.room() || literals > c.left()) return Step::broken;
  Copy::any_literals(c.to, c.in, literals);
  c.to += literals;
  c.in += literals;
  if (c.in == c.in_end) return c.to == c.end ? Step::done : Step::broken;
  return c.room() < match_limit || c.left() < least_after_literals ? Step::broken : Step::match;
}

// Where a match is followed by nothing but the last literals and with them makes all planes from
// one on equal: writes what is left of that plane and returns its number, else `none`.
constexpr std::size_t none = ~std::size_t{0};
inline std::size_t equal_planes(Cursor const& c, std::size_t distance, std::size_t length,
                                std::size_t plane_bytes) {
  std::size_t const rest = c.room() - length;
  bool const ends =
      rest < 15 && rest <= plane_bytes && c.left() == 1 + rest && std::size_t{*c.in} >> 4 == rest;
  if (!ends || plane_bytes % distance != 0) return none;
  // Bytes repeat with `distance`, hence with `plane_bytes`, from where the match copies.
  std::size_t const first = (c.written() - distance + plane_bytes - 1) / plane_bytes;
  std::size_t const planes = (c.written() + c.room()) / plane_bytes;
  if (first + 1 >= planes) return none;
  std::uint8_t* const plane_end = c.begin + (first + 1) * plane_bytes;
  copy_match(c.to, distance, static_cast<std::size_t>(plane_end - c.to));
  return std::memcmp(c.in + 1, plane_end - rest, rest) == 0 ? first : none;
}

/*!
 * Decodes one block. \param plane_bytes 0: everything is written
 *
 * Copy follows the output. literals(to, from, n): less than 15, reads and writes 16 bytes.
 * any_literals: of any number, reads and writes no byte more. short_match(to, distance, length): of
 * at most 16 bytes, writes up to 24. long_match: of any length, writes up to 32 more. behind(begin,
 * to): bytes up to `to` were written by others or by long_match.
 */
template <class Copy>
[[gnu::always_inline]] inline DecodedPlanes decode(std::span<std::byte const> compressed,
                                                   std::span<std::byte> out,
                                                   std::size_t plane_bytes) {
  constexpr DecodedPlanes broken{DecodeStatus::bad_stream, 0};
  constexpr std::size_t at_once = 16;
  auto const* const in = reinterpret_cast<std::uint8_t const*>(compressed.data());
  auto* const begin = reinterpret_cast<std::uint8_t*>(out.data());
  Cursor c{in, in + compressed.size(), begin, begin, begin + out.size()};
  Copy copy;
  while (c.in != c.in_end) {
    std::size_t const token = *c.in++;
    std::size_t const literals = token >> 4;
    if (literals < 15 && c.left() >= at_once + least_after_literals &&
        c.room() >= at_once + match_limit) {
      copy.literals(c.to, c.in, literals);
      c.to += literals;
      c.in += literals;
    } else {
      Step const step = take_literals<Copy>(c, literals);
      if (step == Step::done)
        return {DecodeStatus::ok, plane_bytes == 0 ? 0 : out.size() / plane_bytes - 1};
      if (step == Step::broken) return broken;
      copy.behind(begin, c.to);
    }

    std::size_t const distance = c.in[0] | std::size_t{c.in[1]} << 8;
    c.in += 2;
    if (distance - 1 >= c.written()) return broken;  // 0, too
    std::size_t length = (token & 15) + 4;
    if (length <= at_once && c.room() >= at_once + 8) {
      copy.short_match(c.to, distance, length);
      c.to += length;
      continue;
    }
    std::size_t const most = c.room() - last_literals;
    if (length == 19 && !read_length(c, most, length)) return broken;
    if (length > most) return broken;
    if (plane_bytes != 0 && length >= 2 * plane_bytes) {
      if (std::size_t const plane = equal_planes(c, distance, length, plane_bytes); plane != none)
        return {DecodeStatus::ok, plane};
    }
    std::size_t const with_room = std::min(length, c.room() - std::min<std::size_t>(c.room(), 32));
    copy.long_match(c.to, distance, with_room);
    copy_match(c.to + with_room, distance, length - with_room);
    c.to += length;
    copy.behind(begin, c.to);
  }
  return broken;
}

}  // namespace xrdct::codec::lz4
