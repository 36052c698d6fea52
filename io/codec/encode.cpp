// Encodes frames as bitshuffle-LZ4 and byte offset, for simulated scans and tests.
#include "io/codec/encode.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "core/words/errors.hpp"
#include "io/codec/planes/bit_transpose.hpp"
#include "io/codec/words/stream_layout.hpp"

#if XRDCT_HAVE_LZ4
#include <lz4.h>
#endif

namespace xrdct::codec {

#if XRDCT_HAVE_LZ4
std::vector<std::byte> encode_bitshuffle_lz4(std::span<std::byte const> pixels,
                                             std::size_t pixel_bytes) {
  XRDCT_ASSERT((pixel_bytes == 1 || pixel_bytes == 2 || pixel_bytes == 4 || pixel_bytes == 8) &&
               pixels.size() % pixel_bytes == 0);
  constexpr std::size_t header_bytes = 12;
  std::size_t const block_bytes = default_block_pixels_of(pixel_bytes) * pixel_bytes;
  std::size_t const block_bound =
      4 + static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(block_bytes)));
  std::size_t const tail_bytes = pixels.size() / pixel_bytes % 8 * pixel_bytes;
  std::size_t const end = pixels.size() - tail_bytes;

  std::vector<std::byte> planes(block_bytes);
  std::vector<std::byte> out(header_bytes + (end + block_bytes - 1) / block_bytes * block_bound +
                             tail_bytes);
  write_u64_be(pixels.size(), out.data());
  write_u32_be(static_cast<std::uint32_t>(block_bytes), out.data() + 8);
  std::size_t position = header_bytes;
  for (std::size_t first = 0; first < end;) {
    std::size_t const bytes = std::min(block_bytes, end - first);
    pixels_to_planes(pixels.data() + first, bytes / pixel_bytes, pixel_bytes, planes.data());
    int const stored =
        LZ4_compress_default(reinterpret_cast<char const*>(planes.data()),
                             reinterpret_cast<char*>(out.data() + position + 4),
                             static_cast<int>(bytes), static_cast<int>(block_bound - 4));
    XRDCT_ASSERT(stored > 0);
    write_u32_be(static_cast<std::uint32_t>(stored), out.data() + position);
    position += 4 + static_cast<std::size_t>(stored);
    first += bytes;
  }
  std::copy_n(pixels.begin() + end, tail_bytes, out.begin() + position);
  out.resize(position + tail_bytes);
  return out;
}
#else
std::vector<std::byte> encode_bitshuffle_lz4(std::span<std::byte const>, std::size_t) {
  throw core::InputError({.what = "encode bitshuffle-LZ4",
                          .expected = "a build with liblz4",
                          .found = "one without",
                          .attempt = "configure with -DXRDCT_WITH_LZ4=ON"});
}
#endif

namespace {

static_assert(std::endian::native == std::endian::little, "differences are little endian");

template <class T>
std::byte* put(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

// The lowest value of a width says that a wider difference follows.
template <class T>
bool fits(std::int64_t difference) {
  return difference > std::numeric_limits<T>::min() && difference <= std::numeric_limits<T>::max();
}

std::byte* put_wide(std::byte* to, std::int64_t difference) {
  to = put(to, std::numeric_limits<std::int8_t>::min());
  if (fits<std::int16_t>(difference)) return put(to, static_cast<std::int16_t>(difference));
  to = put(to, std::numeric_limits<std::int16_t>::min());
  if (fits<std::int32_t>(difference)) return put(to, static_cast<std::int32_t>(difference));
  to = put(to, std::numeric_limits<std::int32_t>::min());
  return put(to, difference);
}

}  // namespace

std::vector<std::byte> encode_byte_offset(std::span<std::int32_t const> pixels) {
  constexpr std::size_t widest = 1 + 2 + 4 + 8;
  std::vector<std::byte> out(pixels.size() * widest);
  std::byte* to = out.data();
  std::int64_t before = 0;
  for (std::int32_t const pixel : pixels) {
    std::int64_t const difference = pixel - before;
    before = pixel;
    to = fits<std::int8_t>(difference) ? put(to, static_cast<std::int8_t>(difference))
                                       : put_wide(to, difference);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

}  // namespace xrdct::codec
