// Decodes the compression of CBF images straight into pixels.
#include "io/codec/byte_offset.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

namespace xrdct::codec {
namespace {

static_assert(std::endian::native == std::endian::little, "differences are little endian");

/// The bytes that are left; every read is checked.
class Reader {
 public:
  explicit Reader(std::span<std::byte const> bytes) : bytes_(bytes) {}

  template <class T>
  bool read(T& value) {
    if (!peek(value)) return false;
    skip(sizeof(T));
    return true;
  }
  template <class T>
  bool peek(T& value) const {
    if (bytes_.size() < sizeof(T)) return false;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    return true;
  }
  void skip(std::size_t count) { bytes_ = bytes_.subspan(count); }

 private:
  std::span<std::byte const> bytes_;
};

/// A narrow difference; its lowest value says that a wider one follows.
template <class T>
bool read_narrow(Reader& reader, std::int64_t& difference, bool& complete) {
  T value;
  if (!reader.read(value)) return false;
  difference = value;
  complete = value != std::numeric_limits<T>::min();
  return true;
}

bool read_difference(Reader& reader, std::int64_t& difference) {
  bool complete = false;
  if (!read_narrow<std::int8_t>(reader, difference, complete)) return false;
  if (complete) return true;
  if (!read_narrow<std::int16_t>(reader, difference, complete)) return false;
  if (complete) return true;
  if (!read_narrow<std::int32_t>(reader, difference, complete)) return false;
  return complete || reader.read(difference);
}

/// Whether one of eight bytes is 0x80: such a byte becomes 0, and taking 1 from each byte borrows
/// through a byte that is 0 alone.
bool has_wide(std::uint64_t eight) {
  constexpr std::uint64_t ones = 0x0101010101010101U, tops = 0x8080808080808080U;
  std::uint64_t const zeros = eight ^ tops;
  return ((zeros - ones) & ~zeros & tops) != 0;
}

template <class Pixel>
void store(std::byte* out, std::int64_t value) {
  auto const pixel = static_cast<Pixel>(value);
  std::memcpy(out, &pixel, sizeof pixel);
}

/// Eight differences of 8 bits, which most are. A sum of them stays far within 64 bits.
/// \returns whether every value is one of the type
template <class Pixel>
bool add_eight(std::uint64_t eight, std::int64_t& value, std::byte* out) {
  bool fits = true;
  for (std::size_t i = 0; i < 8; ++i) {
    value += static_cast<std::int8_t>(eight >> (8 * i));
    fits &= value == static_cast<Pixel>(value);
    store<Pixel>(out + i * sizeof(Pixel), value);
  }
  return fits;
}

template <class Pixel>
DecodeStatus decode(std::span<std::byte const> stored, std::span<std::byte> out) {
  Reader reader(stored);
  std::int64_t value = 0;
  std::size_t const count = out.size() / sizeof(Pixel);
  for (std::size_t i = 0; i < count;) {
    std::byte* const pixel = out.data() + i * sizeof(Pixel);
    std::uint64_t eight = 0;
    if (i + 8 <= count && reader.peek(eight) && !has_wide(eight)) {
      if (!add_eight<Pixel>(eight, value, pixel)) return DecodeStatus::beyond_type;
      reader.skip(8);
      i += 8;
      continue;
    }
    std::int64_t difference = 0;
    if (!read_difference(reader, difference)) return DecodeStatus::truncated;
    if (__builtin_add_overflow(value, difference, &value) || value != static_cast<Pixel>(value))
      return DecodeStatus::beyond_type;
    store<Pixel>(pixel, value);
    ++i;
  }
  return DecodeStatus::ok;
}

}  // namespace

DecodeStatus decode_byte_offset(std::span<std::byte const> stored, core::PixelType type,
                                std::span<std::byte> out) {
  switch (type) {
    case core::PixelType::u8:
      return decode<std::uint8_t>(stored, out);
    case core::PixelType::i8:
      return decode<std::int8_t>(stored, out);
    case core::PixelType::u16:
      return decode<std::uint16_t>(stored, out);
    case core::PixelType::i16:
      return decode<std::int16_t>(stored, out);
    case core::PixelType::u32:
      return decode<std::uint32_t>(stored, out);
    case core::PixelType::i32:
      return decode<std::int32_t>(stored, out);
    case core::PixelType::f32:
    case core::PixelType::f64:
      return DecodeStatus::unsupported;
  }
  return DecodeStatus::unsupported;
}

}  // namespace xrdct::codec
