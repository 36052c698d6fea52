// Says how the numbers of a file are decoded, and makes doubles of decoded pixels.
#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/words/errors.hpp"
#include "io/codec/decode.hpp"
#include "io/images/image_formats.hpp"

namespace xrdct::io {
namespace {

using Kind = StoredNumber::Kind;

static_assert(std::endian::native == std::endian::little, "pixels are little endian in memory");

std::string shape_text(core::FrameShape shape) {
  return fmt::format("{} × {} pixels", shape.rows, shape.columns);
}

template <class T>
T number_at(std::byte const* bytes, bool big_endian) {
  std::byte turned[sizeof(T)];
  std::copy_n(bytes, sizeof(T), turned);
  if (big_endian) std::reverse(turned, turned + sizeof(T));
  T value;
  std::memcpy(&value, turned, sizeof(T));
  return value;
}

// 2^53: every integer up to it is a double. Beyond are only the values that mark what is no
// measurement.
template <class T>
double double_of(T value, std::filesystem::path const& file) {
  constexpr T exact = T{1} << 53;
  constexpr double sentinel = std::is_signed_v<T> ? -0x1p63 : 0x1p64;
  auto const number = static_cast<double>(value);
  if (std::abs(number) < 0x1p53) return number;
  if (value == exact || (std::is_signed_v<T> && value == static_cast<T>(-exact))) return number;
  bool const is_sentinel = std::is_signed_v<T> ? value == std::numeric_limits<T>::min()
                                               : value >= std::numeric_limits<T>::max() - 1;
  if (is_sentinel) return sentinel;
  throw core::InputError({.what = "read image " + file.string(),
                          .expected = "64-bit integers of at most 2^53",
                          .found = fmt::format("{}", value),
                          .attempt = "store it as 32-bit integers or floating point"});
}

template <class T>
core::LargeBytes doubles_of(std::span<std::byte const> integers, bool big_endian,
                            std::filesystem::path const& file) {
  static_assert(sizeof(T) == sizeof(double));
  core::LargeBytes doubles;
  doubles.resize(integers.size());
  for (std::size_t at = 0; at < integers.size(); at += sizeof(T)) {
    double const value = double_of(number_at<T>(integers.data() + at, big_endian), file);
    std::memcpy(doubles.data() + at, &value, sizeof value);
  }
  return doubles;
}

core::PixelType pixel_type(StoredNumber number, std::filesystem::path const& file) {
  using core::PixelType;
  bool const is_signed = number.kind == Kind::signed_integer;
  if (number.kind == Kind::floating) {
    if (number.bytes == 4) return PixelType::f32;
    if (number.bytes == 8) return PixelType::f64;
  } else {
    if (number.bytes == 1) return is_signed ? PixelType::i8 : PixelType::u8;
    if (number.bytes == 2) return is_signed ? PixelType::i16 : PixelType::u16;
    if (number.bytes == 4) return is_signed ? PixelType::i32 : PixelType::u32;
    if (number.bytes == 8) return PixelType::f64;
  }
  throw core::InputError({.what = "read image " + file.string(),
                          .expected = "integers of 8 to 64 bits or floating point of 32 or 64",
                          .found = fmt::format("{} bits", 8 * number.bytes),
                          .attempt = "convert it"});
}

template <class T>
void append_doubles(std::span<std::byte const> bytes, std::vector<double>& pixels) {
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(T))
    pixels.push_back(static_cast<double>(number_at<T>(bytes.data() + at, false)));
}

void append_doubles(core::PixelType type, std::span<std::byte const> bytes,
                    std::vector<double>& pixels) {
  switch (type) {
    case core::PixelType::u8:
      return append_doubles<std::uint8_t>(bytes, pixels);
    case core::PixelType::i8:
      return append_doubles<std::int8_t>(bytes, pixels);
    case core::PixelType::u16:
      return append_doubles<std::uint16_t>(bytes, pixels);
    case core::PixelType::i16:
      return append_doubles<std::int16_t>(bytes, pixels);
    case core::PixelType::u32:
      return append_doubles<std::uint32_t>(bytes, pixels);
    case core::PixelType::i32:
      return append_doubles<std::int32_t>(bytes, pixels);
    case core::PixelType::f32:
      return append_doubles<float>(bytes, pixels);
    case core::PixelType::f64:
      return append_doubles<double>(bytes, pixels);
  }
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

ImageList plain_images(core::FrameShape shape, StoredNumber number,
                       std::filesystem::path const& file) {
  if (!is_believable(shape))
    throw core::IoError({.what = "read image " + file.string(),
                         .expected = "an image",
                         .found = "a header that claims " + shape_text(shape),
                         .attempt = "write it again"});
  ImageList list{.shape = shape,
                 .number = number,
                 .encoding = {.type = pixel_type(number, file), .big_endian = number.big_endian},
                 .bytes = shape.pixels() * number.bytes};
  if (number.bytes == 8 && number.kind != Kind::floating) {
    list.encoding.big_endian = false;
    list.wide = number.kind == Kind::signed_integer ? WideInteger::i64 : WideInteger::u64;
    list.as_stored = false;
  }
  return list;
}

void expect_pixels(ImageList const& list, std::uint64_t first, std::uint64_t file_bytes,
                   std::filesystem::path const& file) {
  std::uint64_t const found = file_bytes - std::min(first, file_bytes);
  if (list.bytes <= found) return;
  throw core::IoError(
      {.what = "read image " + file.string(),
       .expected = fmt::format("{} of {} bytes", shape_text(list.shape), list.number.bytes),
       .found = fmt::format("{} bytes: the file is truncated", found),
       .attempt = "copy it again"});
}

void expect_alike(ImageList const& list, core::FrameShape shape, StoredNumber number,
                  std::filesystem::path const& file) {
  if (shape == list.shape && number == list.number) return;
  auto const text = [](core::FrameShape size, StoredNumber stored) {
    return fmt::format("{} of {} bytes", shape_text(size), stored.bytes);
  };
  throw core::InputError(
      {.what = fmt::format("read image {} of {}", list.first.size(), file.string()),
       .expected = text(list.shape, list.number) + " as of those before",
       .found = text(shape, number),
       .attempt = "write images of one kind into a file"});
}

core::LargeBytes doubles_of_integers(std::span<std::byte const> integers, StoredNumber number,
                                     std::filesystem::path const& file) {
  return number.kind == Kind::signed_integer
             ? doubles_of<std::int64_t>(integers, number.big_endian, file)
             : doubles_of<std::uint64_t>(integers, number.big_endian, file);
}

core::LargeBytes plain_pixels(ImageBytes const& bytes, ImageList const& list, std::size_t image) {
  core::LargeBytes stored;
  stored.resize(list.bytes);
  bytes.read(list.first[image], stored);
  return list.wide == WideInteger::none ? stored
                                        : doubles_of_integers(stored, list.number, bytes.file());
}

Image decoded(StoredImage const& image, std::string const& name) {
  codec::FrameDecoder decoder(image.shape, image.encoding);
  core::LargeBytes pixels;
  pixels.resize(decoder.frame_bytes());
  auto const status = decoder.decode({.bytes = image.stored()}, pixels);
  if (status != codec::DecodeStatus::ok) {
    throw core::IoError({.what = "decode " + name,
                         .expected = fmt::format("{} of {} in {} bytes", shape_text(image.shape),
                                                 core::name_of(image.encoding.type), image.bytes),
                         .found = fmt::format("\"{}\"", codec::name_of(status)),
                         .attempt = "copy the file again"});
  }
  Image result{image.shape, image.encoding.type, {}, image.wide};
  result.pixels.reserve(image.shape.pixels());
  append_doubles(image.encoding.type, pixels, result.pixels);
  return result;
}

}  // namespace xrdct::io
