#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "io/codec/lz4_block.hpp"

/// The LZ4 block format, written once for all instruction sets. Everything here is inlined into a caller that has them.
namespace xrdct::codec::lz4 {

// Rules of the end of a block: a match starts at least 12 bytes before it and leaves the last 5 to literals; literals that are followed by a match
// leave at least its distance, a token and the last literals in the input.
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

// Adds the bytes that continue a length. \return false: the input ends, or the length passes `most`.
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
  std::memcpy(to, to - distance, length);
}

[[gnu::always_inline]] inline Step take_literals(Cursor& c, std::size_t token) {
  constexpr std::size_t at_once = 16;
  std::size_t literals = token >> 4;
  if (literals < 15 && c.left() >= at_once + least_after_literals && c.room() >= at_once + match_limit) {
    std::memcpy(c.to, c.in, at_once);
    c.to += literals;
    c.in += literals;
    return Step::match;
  }
  if (literals == 15 && !read_length(c, c.room(), literals)) return Step::broken;
  if (literals > c.room() || literals > c.left()) return Step::broken;
  if (literals > 0) std::memcpy(c.to, c.in, literals);
  c.to += literals;
  c.in += literals;
  if (c.in == c.in_end) return c.to == c.end ? Step::done : Step::broken;
  return c.room() < match_limit || c.left() < least_after_literals ? Step::broken : Step::match;
}

// Whether a match is followed by nothing but the last literals, and with them makes all planes from 8 or from 16 on equal. If so, writes up to the
// end of that plane and returns its number, else 0.
inline std::size_t equal_planes(Cursor const& c, std::size_t distance, std::size_t length, std::size_t plane_bytes) {
  std::size_t const rest = c.room() - length;
  bool const ends = rest < 15 && c.left() == 1 + rest && std::size_t{*c.in} >> 4 == rest;
  if (!ends || plane_bytes % distance != 0) return 0;
  // Bytes repeat with `distance`, hence with `plane_bytes`, from where the match copies.
  std::size_t const first = (c.written() - distance + plane_bytes - 1) / plane_bytes;
  std::size_t const planes = (c.written() + c.room()) / plane_bytes;
  std::size_t const low = first <= 8 ? 8 : 16;
  if (first > low || low >= planes) return 0;
  std::uint8_t* const plane_end = c.begin + (low + 1) * plane_bytes;
  copy_match(c.to, distance, static_cast<std::size_t>(plane_end - c.to));
  return std::memcmp(c.in + 1, plane_end - rest, rest) == 0 ? low : 0;
}

/*!
 * Decodes one block. \param plane_bytes 0: everything is written
 * Copy::short_match(to, distance, length): a match of at most 32 bytes, may write 32.
 */
template <class Copy>
[[gnu::always_inline]] inline DecodedPlanes decode(std::span<std::byte const> compressed, std::span<std::byte> out, std::size_t plane_bytes) {
  constexpr DecodedPlanes broken{DecodeStatus::bad_stream, 0};
  auto const* const in = reinterpret_cast<std::uint8_t const*>(compressed.data());
  auto* const begin = reinterpret_cast<std::uint8_t*>(out.data());
  Cursor c{in, in + compressed.size(), begin, begin, begin + out.size()};
  while (c.in != c.in_end) {
    std::size_t const token = *c.in++;
    Step const step = take_literals(c, token);
    if (step != Step::match) return step == Step::done ? DecodedPlanes{DecodeStatus::ok, 0} : broken;

    std::size_t const distance = c.in[0] | std::size_t{c.in[1]} << 8;
    c.in += 2;
    if (distance == 0 || distance > c.written()) return broken;
    std::size_t const most = c.room() - last_literals;
    std::size_t length = (token & 15) + 4;
    if (length == 19 && !read_length(c, most, length)) return broken;
    if (length > most) return broken;
    if (length <= 32 && c.room() >= 32) {
      Copy::short_match(c.to, distance, length);
    } else {
      if (plane_bytes != 0 && length >= 2 * plane_bytes) {
        if (std::size_t const low = equal_planes(c, distance, length, plane_bytes); low != 0) return {DecodeStatus::ok, low};
      }
      copy_match(c.to, distance, length);
    }
    c.to += length;
  }
  return broken;
}

}  // namespace xrdct::codec::lz4
