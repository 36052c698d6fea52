#include "io/codec/lz4_block.hpp"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstring>

#if XRDCT_HAVE_LZ4
#include <lz4.h>
#endif

namespace xrdct::codec {
namespace {

// Rules of the end of a block: a match starts at least 12 bytes before it and leaves the last 5 to literals.
constexpr std::size_t last_literals = 5;
constexpr std::size_t match_limit = 12;
constexpr std::size_t least_after_literals = 8;  // distance, token, last literals

struct Input {
  std::uint8_t const* at;
  std::uint8_t const* end;
  std::size_t left() const { return static_cast<std::size_t>(end - at); }
};

// Adds the bytes that continue a length of 15. \return false: the input ends, or more than `most`.
bool read_length(Input& in, std::size_t most, std::size_t& length) {
  std::uint8_t byte = 255;
  while (byte == 255) {
    if (in.at == in.end) return false;
    byte = *in.at++;
    length += byte;
    if (length > most) return false;
  }
  return true;
}

// An overlapping match repeats its first `distance` bytes.
void copy_match(std::uint8_t* to, std::size_t distance, std::size_t length) {
  while (length > distance) {
    std::memcpy(to, to - distance, distance);
    to += distance;
    length -= distance;
    distance *= 2;
  }
  std::memcpy(to, to - distance, length);
}

}  // namespace

DecodeStatus decode_lz4_block_own(std::span<std::byte const> compressed, std::span<std::byte> out) {
  auto const* const first = reinterpret_cast<std::uint8_t const*>(compressed.data());
  Input in{first, first + compressed.size()};
  auto* const begin = reinterpret_cast<std::uint8_t*>(out.data());
  auto* const end = begin + out.size();
  auto* to = begin;
  while (in.at != in.end) {
    std::size_t const token = *in.at++;
    std::size_t const room = static_cast<std::size_t>(end - to);
    std::size_t literals = token >> 4;
    if (literals == 15 && !read_length(in, room, literals)) return DecodeStatus::bad_stream;
    if (literals > room || literals > in.left()) return DecodeStatus::bad_stream;
    if (literals > 0) std::memcpy(to, in.at, literals);
    to += literals;
    in.at += literals;
    if (in.at == in.end) return to == end ? DecodeStatus::ok : DecodeStatus::bad_stream;

    if (static_cast<std::size_t>(end - to) < match_limit || in.left() < least_after_literals) return DecodeStatus::bad_stream;
    std::size_t const distance = in.at[0] | std::size_t{in.at[1]} << 8;
    in.at += 2;
    if (distance == 0 || distance > static_cast<std::size_t>(to - begin)) return DecodeStatus::bad_stream;
    std::size_t const most = static_cast<std::size_t>(end - to) - last_literals;
    std::size_t length = (token & 15) + 4;
    if (length == 19 && !read_length(in, most, length)) return DecodeStatus::bad_stream;
    if (length > most) return DecodeStatus::bad_stream;
    copy_match(to, distance, length);
    to += length;
  }
  return DecodeStatus::bad_stream;
}

#if XRDCT_HAVE_LZ4
DecodeStatus decode_lz4_block(std::span<std::byte const> compressed, std::span<std::byte> out) {
  if (compressed.size() > INT_MAX || out.size() > INT_MAX) return DecodeStatus::bad_header;
  int const decoded = LZ4_decompress_safe(reinterpret_cast<char const*>(compressed.data()), reinterpret_cast<char*>(out.data()),
                                          static_cast<int>(compressed.size()), static_cast<int>(out.size()));
  return decoded >= 0 && static_cast<std::size_t>(decoded) == out.size() ? DecodeStatus::ok : DecodeStatus::bad_stream;
}
#else
DecodeStatus decode_lz4_block(std::span<std::byte const> compressed, std::span<std::byte> out) { return decode_lz4_block_own(compressed, out); }
#endif

}  // namespace xrdct::codec
