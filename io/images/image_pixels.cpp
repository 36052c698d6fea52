#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <type_traits>

#include "core/words/errors.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

using Kind = StoredNumber::Kind;

static_assert(std::endian::native == std::endian::little, "pixels are little endian in memory");

template <class T>
T number_at(std::byte const* bytes, bool big_endian) {
  std::byte turned[sizeof(T)];
  std::copy_n(bytes, sizeof(T), turned);
  if (big_endian) std::reverse(turned, turned + sizeof(T));
  T value;
  std::memcpy(&value, turned, sizeof(T));
  return value;
}

template <class T>
core::PixelType fill(std::vector<double>& pixels, std::span<std::byte const> bytes, bool big_endian,
                     core::PixelType type) {
  for (std::size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = static_cast<double>(number_at<T>(bytes.data() + i * sizeof(T), big_endian));
  return type;
}

// 2^53: every integer up to it is a double. Beyond are only the values that mark what is no
// measurement.
template <class T>
core::PixelType fill_wide(std::vector<double>& pixels, std::span<std::byte const> bytes,
                          bool big_endian, std::filesystem::path const& file) {
  constexpr T exact = T{1} << 53;
  constexpr double sentinel = std::is_signed_v<T> ? -0x1p63 : 0x1p64;
  fill<T>(pixels, bytes, big_endian, core::PixelType::f64);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (std::abs(pixels[i]) < 0x1p53) continue;
    T const value = number_at<T>(bytes.data() + i * sizeof(T), big_endian);
    if (value == exact || (std::is_signed_v<T> && value == static_cast<T>(-exact))) continue;
    bool const is_sentinel = std::is_signed_v<T> ? value == std::numeric_limits<T>::min()
                                                 : value >= std::numeric_limits<T>::max() - 1;
    if (!is_sentinel) {
      throw core::InputError("cannot read image " + file.string() +
                             ": expected 64-bit integers of at most 2^53, found " +
                             std::to_string(value) +
                             "; store it as 32-bit integers or floating point");
    }
    pixels[i] = sentinel;
  }
  return core::PixelType::f64;
}

core::PixelType fill_by_type(StoredNumber number, std::vector<double>& pixels,
                             std::span<std::byte const> bytes, std::filesystem::path const& file) {
  using core::PixelType;
  bool const big = number.big_endian;
  bool const is_signed = number.kind == Kind::signed_integer;
  if (number.kind == Kind::floating) {
    if (number.bytes == 4) return fill<float>(pixels, bytes, big, PixelType::f32);
    if (number.bytes == 8) return fill<double>(pixels, bytes, big, PixelType::f64);
  } else if (number.bytes == 1) {
    return is_signed ? fill<std::int8_t>(pixels, bytes, big, PixelType::i8)
                     : fill<std::uint8_t>(pixels, bytes, big, PixelType::u8);
  } else if (number.bytes == 2) {
    return is_signed ? fill<std::int16_t>(pixels, bytes, big, PixelType::i16)
                     : fill<std::uint16_t>(pixels, bytes, big, PixelType::u16);
  } else if (number.bytes == 4) {
    return is_signed ? fill<std::int32_t>(pixels, bytes, big, PixelType::i32)
                     : fill<std::uint32_t>(pixels, bytes, big, PixelType::u32);
  } else if (number.bytes == 8) {
    return is_signed ? fill_wide<std::int64_t>(pixels, bytes, big, file)
                     : fill_wide<std::uint64_t>(pixels, bytes, big, file);
  }
  throw core::InputError(
      "cannot read image " + file.string() +
      ": expected integers of 8 to 64 bits or floating point of 32 or 64, found " +
      std::to_string(8 * number.bytes) + " bits; convert it");
}

}  // namespace

core::ValidValues valid_by_type(core::PixelType type, WideInteger wide) {
  auto valid = core::ValidValues::of(type);
  if (wide == WideInteger::i64) valid.lowest = 0.0;
  if (wide == WideInteger::u64) valid.highest = 0x1p53;
  return valid;
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string out;
  for (char const c : text.substr(0, longest)) out += c >= ' ' && c <= '~' ? c : '?';
  return '"' + out + (text.size() > longest ? "…" : "") + '"';
}

Image image_of(core::FrameShape shape, StoredNumber number, std::span<std::byte const> bytes,
               std::filesystem::path const& file) {
  std::string const text =
      std::to_string(shape.rows) + " × " + std::to_string(shape.columns) + " pixels";
  if (!is_believable(shape))
    throw core::IoError("cannot read image " + file.string() +
                        ": expected an image, found a header that claims " + text +
                        "; write it again");
  if (bytes.size() / number.bytes < shape.pixels()) {
    throw core::IoError("cannot read image " + file.string() + ": expected " + text + " of " +
                        std::to_string(number.bytes) + " bytes, found " +
                        std::to_string(bytes.size()) +
                        " bytes: the file is truncated; copy it again");
  }
  Image image{shape, core::PixelType::f64, std::vector<double>(shape.pixels())};
  image.type = fill_by_type(number, image.pixels, bytes, file);
  if (number.bytes == 8 && number.kind == Kind::signed_integer) image.wide = WideInteger::i64;
  if (number.bytes == 8 && number.kind == Kind::unsigned_integer) image.wide = WideInteger::u64;
  return image;
}

std::vector<std::byte> file_content(std::filesystem::path const& file) {
  std::error_code failure;
  auto const size = std::filesystem::file_size(file, failure);
  std::ifstream stream(file, std::ios::binary);
  std::vector<std::byte> content(failure || !stream ? 0 : size);
  if (failure || !stream ||
      !stream.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(size))) {
    throw core::IoError("cannot read " + file.string() + ": expected a readable file, found \"" +
                        (failure ? failure.message() : std::strerror(errno == 0 ? EIO : errno)) +
                        "\"; check path and permissions");
  }
  return content;
}

}  // namespace xrdct::io
