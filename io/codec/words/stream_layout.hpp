#pragma once
#include <cstddef>
#include <cstdint>

namespace xrdct::codec {

inline std::uint32_t read_u32_be(std::byte const* at) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(at[i]);
  return value;
}

inline std::uint64_t read_u64_be(std::byte const* at) {
  return std::uint64_t{read_u32_be(at)} << 32 | read_u32_be(at + 4);
}

inline void write_u32_be(std::uint32_t value, std::byte* at) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

inline void write_u64_be(std::uint64_t value, std::byte* at) {
  write_u32_be(static_cast<std::uint32_t>(value >> 32), at);
  write_u32_be(static_cast<std::uint32_t>(value), at + 4);
}

/// Pixels of a block of the bitshuffle filter where its header or options name none: 8192 bytes,
/// rounded down to 8 pixels.
constexpr std::size_t default_block_pixels_of(std::size_t pixel_bytes) {
  return 8192 / pixel_bytes / 8 * 8;
}

}  // namespace xrdct::codec
