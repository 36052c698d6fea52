#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/words/errors.hpp"

/// What one rank tells others, as bytes: values one after another, read in the same order by the
/// same program on machines of one kind.
namespace xrdct::io {

template <class T>
concept WholeNumber = std::integral<T> || std::is_enum_v<T>;
template <class T>
concept PlainValue = std::is_trivially_copyable_v<T>;
template <class T>
concept PlainList = requires(T const& list) {
  { *list.data() } -> std::convertible_to<typename T::value_type>;
  requires PlainValue<typename T::value_type>;
};

class MessageWriter {
 public:
  /// Small whole numbers take few bytes; all else is copied.
  template <PlainValue T>
  void item(T const& value) {
    if constexpr (WholeNumber<T>)
      number(static_cast<std::int64_t>(value));
    else
      copy(&value, sizeof value);
  }
  template <PlainList T>
  void list(T const& values) {
    item(values.size());
    copy(values.data(), values.size() * sizeof(typename T::value_type));
  }
  std::string take() { return std::move(bytes_); }

 private:
  void number(std::int64_t value) {
    auto bits = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
    for (; bits >= 128; bits >>= 7) bytes_ += static_cast<char>((bits & 127) | 128);
    bytes_ += static_cast<char>(bits);
  }
  void copy(void const* from, std::size_t size) {
    if (size > 0) bytes_.append(static_cast<char const*>(from), size);
  }
  std::string bytes_;
};

class MessageReader {
 public:
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

  template <PlainValue T>
  void item(T& value) {
    if constexpr (WholeNumber<T>)
      value = static_cast<T>(number());
    else
      copy(&value, sizeof value);
  }
  template <PlainList T>
  void list(T& values) {
    values.resize(static_cast<std::size_t>(number()));
    copy(values.data(), values.size() * sizeof(typename T::value_type));
  }
  std::int64_t number() {
    std::uint64_t bits = 0;
    for (int shift = 0;; shift += 7) {
      auto const byte = static_cast<unsigned char>(next(1).front());
      bits |= static_cast<std::uint64_t>(byte & 127) << shift;
      if (byte < 128)
        return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
    }
  }

 private:
  void copy(void* to, std::size_t size) {
    auto const bytes = next(size);
    if (size > 0) std::memcpy(to, bytes.data(), size);
  }
  std::string_view next(std::size_t size) {
    XRDCT_ASSERT(size <= rest_.size());
    auto const bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::string_view rest_;
};

}  // namespace xrdct::io
