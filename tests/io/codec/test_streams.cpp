#include "test_streams.hpp"

#include <algorithm>
#include <limits>

#include "io/codec/encode.hpp"
#include "io/codec/planes/bit_transpose.hpp"

#if XRDCT_HAVE_LZ4
#include <lz4.h>
#endif
#if XRDCT_HAVE_ZSTD
#include <zstd.h>
#endif
#if XRDCT_HAVE_ZLIB
#include <zlib.h>
#endif

namespace xrdct::codec::test {
namespace {

using Bytes = std::vector<std::byte>;

void append(Bytes& to, std::span<std::byte const> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_u32(Bytes& to, std::size_t value) {
  to.resize(to.size() + 4);
  write_u32_be(static_cast<std::uint32_t>(value), to.data() + to.size() - 4);
}

Bytes header(std::size_t bytes, std::size_t block_bytes) {
  Bytes stream(8);
  write_u64_be(bytes, stream.data());
  append_u32(stream, block_bytes);
  return stream;
}

template <class Compress>
Bytes bitshuffle_stream(std::span<std::byte const> pixels, std::size_t pixel_bytes,
                        std::size_t block_pixels, Compress compress) {
  Bytes stream = header(pixels.size(), block_pixels * pixel_bytes);
  std::size_t const end = pixels.size() / (8 * pixel_bytes) * 8 * pixel_bytes;
  for (std::size_t first = 0; first < end;) {
    std::size_t const bytes = std::min(block_pixels * pixel_bytes, end - first);
    Bytes planes(bytes);
    pixels_to_planes(pixels.data() + first, bytes / pixel_bytes, pixel_bytes, planes.data());
    Bytes const block = compress(planes);
    append_u32(stream, block.size());
    append(stream, block);
    first += bytes;
  }
  append(stream, pixels.subspan(end));
  return stream;
}

template <class T>
void append_number(Bytes& bytes, T value) {
  append(bytes, std::as_bytes(std::span(&value, 1)));
}

// A difference in CBF's compression, or the lowest value where it does not fit.
template <class T>
bool append_narrow(Bytes& bytes, std::int64_t difference) {
  constexpr auto lowest = std::numeric_limits<T>::min();
  bool const fits = difference > lowest && difference <= std::numeric_limits<T>::max();
  append_number(bytes, fits ? static_cast<T>(difference) : lowest);
  return fits;
}

}  // namespace

Bytes lz4_literals(std::span<std::byte const> bytes) {
  Bytes block;
  std::size_t left = bytes.size();
  block.push_back(static_cast<std::byte>(std::min<std::size_t>(left, 15) << 4));
  if (left >= 15) {
    for (left -= 15; left >= 255; left -= 255) block.push_back(std::byte{255});
    block.push_back(static_cast<std::byte>(left));
  }
  append(block, bytes);
  return block;
}

Bytes bitshuffle_lz4_by_hand(std::span<std::byte const> pixels, std::size_t pixel_bytes,
                             std::size_t block_pixels) {
  return bitshuffle_stream(pixels, pixel_bytes, block_pixels,
                           [](Bytes const& planes) { return lz4_literals(planes); });
}

Bytes lz4_by_hand(std::span<std::byte const> bytes, std::size_t block_bytes) {
  Bytes stream = header(bytes.size(), block_bytes);
  for (std::size_t first = 0; first < bytes.size(); first += block_bytes) {
    auto const block = bytes.subspan(first, std::min(block_bytes, bytes.size() - first));
    Bytes const stored =
        first / block_bytes % 2 == 0 ? Bytes(block.begin(), block.end()) : lz4_literals(block);
    append_u32(stream, stored.size());
    append(stream, stored);
  }
  return stream;
}

Bytes byte_offset_by_hand(std::span<std::int64_t const> values) {
  Bytes bytes;
  std::int64_t last = 0;
  for (auto const value : values) {
    std::int64_t const difference = value - last;
    last = value;
    if (append_narrow<std::int8_t>(bytes, difference)) continue;
    if (append_narrow<std::int16_t>(bytes, difference)) continue;
    if (!append_narrow<std::int32_t>(bytes, difference)) append_number(bytes, difference);
  }
  return bytes;
}

std::vector<std::pair<core::Filter, Bytes>> streams_of(std::span<std::byte const> pixels,
                                                       std::size_t pixel_bytes) {
  std::vector<std::pair<core::Filter, Bytes>> streams;
  streams.emplace_back(core::Filter::bitshuffle_lz4,
                       bitshuffle_lz4_by_hand(pixels, pixel_bytes, 48));
  streams.emplace_back(core::Filter::lz4, lz4_by_hand(pixels, 100));
#if XRDCT_HAVE_LZ4
  auto const lz4 = [](Bytes const& in) {
    Bytes out(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(in.size()))));
    out.resize(static_cast<std::size_t>(LZ4_compress_default(
        reinterpret_cast<char const*>(in.data()), reinterpret_cast<char*>(out.data()),
        static_cast<int>(in.size()), static_cast<int>(out.size()))));
    return out;
  };
  streams.emplace_back(core::Filter::bitshuffle_lz4,
                       bitshuffle_stream(pixels, pixel_bytes, 400, lz4));
  streams.emplace_back(core::Filter::bitshuffle_lz4, encode_bitshuffle_lz4(pixels, pixel_bytes));
#endif
#if XRDCT_HAVE_ZSTD
  auto const zstd = [](std::span<std::byte const> in) {
    Bytes out(ZSTD_compressBound(in.size()));
    out.resize(ZSTD_compress(out.data(), out.size(), in.data(), in.size(), 3));
    return out;
  };
  streams.emplace_back(core::Filter::bitshuffle_zstd,
                       bitshuffle_stream(pixels, pixel_bytes, 400, zstd));
  streams.emplace_back(core::Filter::zstd, zstd(pixels));
#endif
#if XRDCT_HAVE_ZLIB
  uLongf size = compressBound(pixels.size());
  Bytes deflated(size);
  compress(reinterpret_cast<Bytef*>(deflated.data()), &size,
           reinterpret_cast<Bytef const*>(pixels.data()), pixels.size());
  deflated.resize(size);
  streams.emplace_back(core::Filter::deflate, deflated);
#endif
  return streams;
}

Bytes mutated(Bytes bytes, Numbers& numbers) {
  for (std::size_t changes = 1 + numbers.below(4); changes > 0 && !bytes.empty(); --changes) {
    std::size_t const at = numbers.below(bytes.size());
    auto const place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (numbers.below(5)) {
      case 0:
        bytes[at] ^= std::byte{1} << numbers.below(8);
        break;
      case 1:
        bytes[at] = static_cast<std::byte>(numbers.below(256));
        break;
      case 2:
        bytes[at] = numbers.below(2) == 0 ? std::byte{0} : std::byte{255};
        break;
      case 3:
        bytes.erase(place, place + static_cast<std::ptrdiff_t>(
                                       std::min(1 + numbers.below(8), bytes.size() - at)));
        break;
      case 4:
        bytes.insert(place, 1 + numbers.below(4), static_cast<std::byte>(numbers.below(256)));
        break;
    }
  }
  bytes.shrink_to_fit();
  return bytes;
}

}  // namespace xrdct::codec::test
