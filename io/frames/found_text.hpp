#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/words/errors.hpp"

/// What one rank has found of a scan, written as text for the others. Internal to io/.
namespace xrdct::io {

/// Writes members one after another: small numbers in few bytes.
class FoundWriter {
 public:
  void number(std::int64_t value) {
    auto bits = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
    for (; bits >= 128; bits >>= 7) text_ += static_cast<char>((bits & 127) | 128);
    text_ += static_cast<char>(bits);
  }
  void bytes(void const* from, std::size_t size) {
    number(static_cast<std::int64_t>(size));
    text_.append(static_cast<char const*>(from), size);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Reads them in the same order.
class FoundReader {
 public:
  explicit FoundReader(std::string_view text) : rest_(text) {}

  std::int64_t number() {
    std::uint64_t bits = 0;
    for (int shift = 0;; shift += 7) {
      auto const byte = static_cast<unsigned char>(next(1).front());
      bits |= static_cast<std::uint64_t>(byte & 127) << shift;
      if (byte < 128)
        return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
    }
  }
  std::string_view bytes() { return next(static_cast<std::size_t>(number())); }

 private:
  std::string_view next(std::size_t size) {
    XRDCT_ASSERT(size <= rest_.size());
    auto const bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  std::string_view rest_;
};

// One function for both ways: `exchange(archive, member)` writes it or fills it.

template <class T>
concept Plain = std::integral<T> || std::is_enum_v<T>;

template <Plain T>
void exchange(FoundWriter& to, T const& value) {
  to.number(static_cast<std::int64_t>(value));
}
template <Plain T>
void exchange(FoundReader& from, T& value) {
  value = static_cast<T>(from.number());
}

inline void exchange(FoundWriter& to, std::string const& text) {
  to.bytes(text.data(), text.size());
}
inline void exchange(FoundReader& from, std::string& text) { text = from.bytes(); }

inline void exchange(FoundWriter& to, std::filesystem::path const& path) {
  exchange(to, path.native());
}
inline void exchange(FoundReader& from, std::filesystem::path& path) {
  path = std::string(from.bytes());
}

template <class T>
void exchange(FoundWriter& to, std::vector<T> const& values) {
  to.number(static_cast<std::int64_t>(values.size()));
  for (auto const& value : values) exchange(to, value);
}
template <class T>
void exchange(FoundReader& from, std::vector<T>& values) {
  values.resize(static_cast<std::size_t>(from.number()));
  for (auto& value : values) exchange(from, value);
}

}  // namespace xrdct::io
