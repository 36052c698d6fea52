// Decodes the compression of CBF images straight into pixels.
#include "io/codec/offsets/byte_offset.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

#include "io/codec/offsets/difference_runs.hpp"

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
  std::span<std::byte const> left() const { return bytes_; }

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

/// Sums of unsigned pixels are modulo 2^n: CBFlib forms differences in signed integers of n bits.
template <class Pixel>
std::int64_t reduced(std::int64_t sum) {
  if constexpr (std::is_unsigned_v<Pixel>) return static_cast<Pixel>(sum);
  return sum;
}

/// \returns whether the difference is one of two pixels and, with a sign, the value one of the type
template <class Pixel>
bool add(std::int64_t difference, std::int64_t& value) {
  constexpr std::int64_t most = std::numeric_limits<Pixel>::max();
  if (std::is_unsigned_v<Pixel> && (difference < -most || difference > most)) return false;
  if (__builtin_add_overflow(value, difference, &value)) return false;
  value = reduced<Pixel>(value);
  return value == static_cast<Pixel>(value);
}

/// Eight differences of 8 bits, which most are. A sum of them stays far within 64 bits.
/// \returns whether every value is one of the type
template <class Pixel>
bool add_eight(std::uint64_t eight, std::int64_t& value, std::byte* out) {
  bool fits = true;
  for (std::size_t i = 0; i < 8; ++i) {
    value = reduced<Pixel>(value + static_cast<std::int8_t>(eight >> (8 * i)));
    fits &= value == static_cast<Pixel>(value);
    store<Pixel>(out + i * sizeof(Pixel), value);
  }
  return fits;
}

template <class Pixel>
constexpr bool has_runs = sizeof(Pixel) == 4;

/// Many pixels at once where nothing is rare. \returns how many
template <class Pixel>
std::size_t decode_many(Simd simd, Reader& reader, std::int64_t& value, std::span<std::byte> out) {
  if (value <= -farthest_value || value >= farthest_value) return 0;
  auto const run = decode_run(simd, reader.left(), static_cast<std::int32_t>(value),
                              std::is_signed_v<Pixel>, out);
  reader.skip(run.bytes);
  value = run.value;
  return run.pixels;
}

template <class Pixel>
DecodeStatus decode(Simd simd, Reader& reader, std::int64_t& value, std::span<std::byte> out) {
  std::size_t const count = out.size() / sizeof(Pixel);
  for (std::size_t i = 0; i < count;) {
    if constexpr (has_runs<Pixel>)
      i += decode_many<Pixel>(simd, reader, value, out.subspan(i * sizeof(Pixel)));
    if (i == count) break;
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
    if (!add<Pixel>(difference, value)) return DecodeStatus::beyond_type;
    store<Pixel>(pixel, value);
    ++i;
  }
  return DecodeStatus::ok;
}

}  // namespace

DifferenceRun decode_run(Simd simd, std::span<std::byte const> stored, std::int32_t value,
                         bool is_signed, std::span<std::byte> out) {
#if defined(__x86_64__)
  if (simd == Simd::avx512) return decode_run_avx512(stored, value, is_signed, out);
  if (simd == Simd::avx2) return decode_run_avx2(stored, value, is_signed, out);
#endif
  return {0, 0, value};
}

ByteOffsetDecoder::ByteOffsetDecoder(core::PixelType type, Simd simd) : type_(type), simd_(simd) {}

void ByteOffsetDecoder::open(std::span<std::byte const> stored) {
  stored_ = stored;
  value_ = 0;
}

DecodeStatus ByteOffsetDecoder::decode(std::span<std::byte> out) {
  Reader reader(stored_);
  auto const as = [&]<class Pixel>(Pixel) {
    auto const status = codec::decode<Pixel>(simd_, reader, value_, out);
    stored_ = reader.left();
    return status;
  };
  switch (type_) {
    case core::PixelType::u8:
      return as(std::uint8_t{});
    case core::PixelType::i8:
      return as(std::int8_t{});
    case core::PixelType::u16:
      return as(std::uint16_t{});
    case core::PixelType::i16:
      return as(std::int16_t{});
    case core::PixelType::u32:
      return as(std::uint32_t{});
    case core::PixelType::i32:
      return as(std::int32_t{});
    case core::PixelType::f32:
    case core::PixelType::f64:
      return DecodeStatus::unsupported;
  }
  return DecodeStatus::unsupported;
}

}  // namespace xrdct::codec
