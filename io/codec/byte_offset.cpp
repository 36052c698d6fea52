#include "io/codec/byte_offset.hpp"

#include <bit>
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
    if (bytes_.size() < sizeof(T)) return false;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_ = bytes_.subspan(sizeof(T));
    return true;
  }

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

}  // namespace

DecodeStatus decode_byte_offset(std::span<std::byte const> stored, std::span<std::int64_t> pixels) {
  Reader reader(stored);
  std::int64_t value = 0;
  for (auto& pixel : pixels) {
    std::int64_t difference = 0;
    if (!read_difference(reader, difference)) return DecodeStatus::truncated;
    if (__builtin_add_overflow(value, difference, &value)) return DecodeStatus::bad_stream;
    pixel = value;
  }
  return DecodeStatus::ok;
}

}  // namespace xrdct::codec
