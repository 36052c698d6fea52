// Adds pixels as they are stored.
#include "io/frames/pixel_sum.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "core/words/errors.hpp"
#include "core/words/frames.hpp"

namespace xrdct::io {
namespace {

template <class T>
double sum_of(std::span<std::byte const> pixels, bool big_endian, core::ValidValues const& valid) {
  double sum = 0.0;
  for (std::size_t at = 0; at + sizeof(T) <= pixels.size(); at += sizeof(T)) {
    std::array<std::byte, sizeof(T)> bytes;
    std::copy_n(pixels.begin() + static_cast<std::ptrdiff_t>(at), sizeof(T), bytes.begin());
    if (big_endian) std::reverse(bytes.begin(), bytes.end());
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    if (valid.contains(static_cast<double>(value))) sum += static_cast<double>(value);
  }
  return sum;
}

}  // namespace

double sum_of_pixels(std::span<std::byte const> pixels, core::FrameEncoding const& encoding) {
  XRDCT_ASSERT(encoding.filter == core::Filter::none);
  auto const valid = core::ValidValues::of(encoding.type);
  auto const sum = [&]<class T>(T) { return sum_of<T>(pixels, encoding.big_endian, valid); };
  switch (encoding.type) {
    case core::PixelType::u8:
      return sum(std::uint8_t{});
    case core::PixelType::i8:
      return sum(std::int8_t{});
    case core::PixelType::u16:
      return sum(std::uint16_t{});
    case core::PixelType::i16:
      return sum(std::int16_t{});
    case core::PixelType::u32:
      return sum(std::uint32_t{});
    case core::PixelType::i32:
      return sum(std::int32_t{});
    case core::PixelType::f32:
      return sum(float{});
    case core::PixelType::f64:
      return sum(double{});
  }
  return 0.0;
}

}  // namespace xrdct::io
