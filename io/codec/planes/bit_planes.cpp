// Decodes blocks to the narrowest pixels that hold them, by the bit planes that carry something.
#include "io/codec/planes/bit_planes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/words/errors.hpp"
#include "io/codec/lz4/lz4_block.hpp"
#include "io/codec/planes/bit_transpose.hpp"

namespace xrdct::codec {
namespace {

// What callers ask about equal planes: whether counts are below 32.
constexpr std::size_t small_planes = 5;

// Whether all planes from `first` to `last` are equal.
bool equal_planes(std::byte const* planes, std::size_t plane_bytes, std::size_t first,
                  std::size_t last) {
  if (first >= last) return true;
  if (planes[first * plane_bytes] != planes[last * plane_bytes])
    return false;  // at most for planes of noise, without a call
  auto const* const from = planes + first * plane_bytes;
  return std::memcmp(from, from + plane_bytes, (last - first) * plane_bytes) == 0;
}

std::uint64_t word_at(std::byte const* from, std::size_t bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, bytes);
  return word;
}

}  // namespace

std::uint64_t value_of(NarrowPixels const& narrow, std::byte const* pixels, std::size_t pixel_bytes,
                       std::size_t i) {
  std::uint64_t value = 0;
  std::memcpy(&value, pixels + i * narrow.pixel_bytes, narrow.pixel_bytes);
  if (narrow.upper.empty() || (narrow.upper[i / 64] >> (i % 64) & 1) == 0) return value;
  if (narrow.planes != nullptr) {
    for (std::size_t plane = 8 * narrow.pixel_bytes; plane < 8 * pixel_bytes; ++plane) {
      auto const eight = std::to_integer<std::uint64_t>(
          narrow.planes[std::min(plane, narrow.last_plane) * narrow.plane_bytes + i / 8]);
      value |= (eight >> (i % 8) & 1) << plane;
    }
    return value;
  }
  std::uint64_t const all =
      pixel_bytes == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * pixel_bytes)) - 1;
  return value | (all << (8 * narrow.pixel_bytes) & all);
}

NarrowDecoder::NarrowDecoder(std::size_t pixel_bytes, std::size_t block_pixels, Simd simd)
    : pixel_bytes_(pixel_bytes),
      block_pixels_(block_pixels),
      simd_(simd),
      planes_(block_pixels * pixel_bytes),
      upper_((block_pixels + 63) / 64) {
  XRDCT_ASSERT(pixel_bytes == 1 || pixel_bytes == 2 || pixel_bytes == 4 || pixel_bytes == 8);
}

DecodeStatus NarrowDecoder::decode(std::span<std::byte const> compressed, std::size_t pixels,
                                   std::span<std::byte> out, NarrowPixels& narrow,
                                   std::size_t most_upper) {
  XRDCT_ASSERT(pixels > 0 && pixels % 8 == 0 && pixels <= block_pixels_ &&
               out.size() >= pixels * pixel_bytes_);
  std::size_t const plane_bytes = pixels / 8;
  auto const [status, equal] = decode_lz4_planes(
      simd_, compressed, std::span(planes_).first(pixels * pixel_bytes_), plane_bytes);
  if (status != DecodeStatus::ok) return status;
  narrow = {pixel_bytes_, {}, 8 * pixel_bytes_};
  for (std::size_t low : {1, 2}) {
    if (low >= pixel_bytes_) continue;
    if (!equal_planes(planes_.data(), plane_bytes, 8 * low, equal)) {
      if (low != 1 || most_upper == 0 || !few_upper_bits(equal, plane_bytes, most_upper)) continue;
      narrow = {low,         std::span(upper_).first((plane_bytes + 7) / 8),
                8,           planes_.data(),
                plane_bytes, equal};
      break;
    }
    bool const small =
        equal > small_planes && equal_planes(planes_.data(), plane_bytes, small_planes, equal);
    narrow = {low, upper_bits(std::min(8 * low, equal), plane_bytes),
              small ? small_planes : std::min(8 * low, equal)};
    break;
  }
  bool const four_planes =
      simd_ == Simd::avx2 && narrow.pixel_bytes == 1 && equal <= 4 && plane_bytes % 32 == 0;
  // Planes that were not written are as the one before.
  for (std::size_t plane = equal + 1; plane < (four_planes ? 5 : 8 * narrow.pixel_bytes); ++plane) {
    std::memcpy(planes_.data() + plane * plane_bytes, planes_.data() + equal * plane_bytes,
                plane_bytes);
  }
  if (four_planes) {
    four_planes_to_bytes_avx2(planes_.data(), plane_bytes, out.data());
  } else {
    planes_to_pixels(simd_, planes_.data(), pixels, narrow.pixel_bytes, out.data());
  }
  return DecodeStatus::ok;
}

// Collects the pixels with any bit in the planes from 8 to the last one.
bool NarrowDecoder::few_upper_bits(std::size_t last_plane, std::size_t plane_bytes,
                                   std::size_t most) {
  std::size_t const whole = plane_bytes / 8, words = (plane_bytes + 7) / 8;
  upper_[words - 1] = 0;
  std::memcpy(upper_.data(), planes_.data() + 8 * plane_bytes, plane_bytes);
  for (std::size_t plane = 9; plane <= last_plane; ++plane) {
    std::byte const* const from = planes_.data() + plane * plane_bytes;
    for (std::size_t k = 0; k < whole; ++k) upper_[k] |= word_at(from + 8 * k, 8);
    if (whole < words) upper_[whole] |= word_at(from + 8 * whole, plane_bytes % 8);
  }
  std::size_t number = 0;
  for (std::size_t k = 0; k < words; ++k)
    if (upper_[k] != 0) number += static_cast<std::size_t>(std::popcount(upper_[k]));
  return number <= most;
}

std::span<std::uint64_t const> NarrowDecoder::upper_bits(std::size_t plane,
                                                         std::size_t plane_bytes) {
  std::span const upper = std::span(upper_).first((plane_bytes + 7) / 8);
  upper.back() = 0;
  std::memcpy(upper.data(), planes_.data() + plane * plane_bytes, plane_bytes);
  bool const any = std::ranges::any_of(upper, [](std::uint64_t word) { return word != 0; });
  return any ? upper : std::span<std::uint64_t>();
}

}  // namespace xrdct::codec
