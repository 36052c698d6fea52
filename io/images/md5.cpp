// MD5 sums, for the checksums of CBF and of pictures.
#include "io/images/md5.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

namespace xrdct::io {
namespace {

using State = std::array<std::uint32_t, 4>;

constexpr std::size_t block_bytes = 64;

// floor(2^32·|sin(i + 1)|)
std::array<std::uint32_t, 64> const& sine_table() {
  static auto const table = [] {
    std::array<std::uint32_t, 64> values{};
    for (std::size_t i = 0; i < 64; ++i)
      values[i] = static_cast<std::uint32_t>(
          std::floor(4294967296.0 * std::abs(std::sin(static_cast<double>(i + 1)))));
    return values;
  }();
  return table;
}

void add_block(State& state, std::byte const* block) {
  static constexpr int shifts[4][4] = {
      {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  auto const& sines = sine_table();
  std::array<std::uint32_t, 16> word{};
  for (std::size_t i = 0; i < block_bytes; ++i)
    word[i / 4] |= std::to_integer<std::uint32_t>(block[i]) << (8 * (i % 4));
  auto [a, b, c, d] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    std::size_t const round = i / 16;
    std::uint32_t const mixed = round == 0   ? (b & c) | (~b & d)
                                : round == 1 ? (d & b) | (~d & c)
                                : round == 2 ? b ^ c ^ d
                                             : c ^ (b | ~d);
    std::size_t const index = round == 0   ? i
                              : round == 1 ? (5 * i + 1) % 16
                              : round == 2 ? (3 * i + 5) % 16
                                           : 7 * i % 16;
    std::uint32_t const sum = a + mixed + sines[i] + word[index];
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, shifts[round][i % 4]);
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

}  // namespace

std::array<std::uint8_t, 16> md5(std::span<std::byte const> bytes) {
  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  std::size_t const whole = bytes.size() / block_bytes * block_bytes;
  for (std::size_t at = 0; at < whole; at += block_bytes) add_block(state, bytes.data() + at);
  // The rest, one bit, zeros, and the number of bits in the last 8 bytes.
  std::array<std::byte, 2 * block_bytes> last{};
  std::size_t const rest = bytes.size() - whole;
  std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end(), last.begin());
  last[rest] = std::byte{0x80};
  std::size_t const length = rest + 9 <= block_bytes ? block_bytes : 2 * block_bytes;
  std::uint64_t const bits = 8 * static_cast<std::uint64_t>(bytes.size());
  for (std::size_t i = 0; i < 8; ++i)
    last[length - 8 + i] = static_cast<std::byte>(bits >> (8 * i));
  for (std::size_t at = 0; at < length; at += block_bytes) add_block(state, last.data() + at);
  std::array<std::uint8_t, 16> digest{};
  for (std::size_t i = 0; i < 16; ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (8 * (i % 4)));
  return digest;
}

std::string base64(std::span<std::uint8_t const> bytes) {
  static constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t const present = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < present ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= present ? letters[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace xrdct::io
