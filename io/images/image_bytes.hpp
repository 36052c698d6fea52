#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/words/large_bytes.hpp"

namespace xrdct::io {

/// What the reading of a header makes of the bytes that are there.
using ReadHeader = std::function<void(std::string_view text)>;

/*!
 * The bytes of an image file, anywhere in it: by pread, with the file open as long as this is, or
 * in memory. Any number of threads may call `read`.
 */
class ImageBytes {
 public:
  /// \throws core::IoError cannot be opened
  explicit ImageBytes(std::filesystem::path const& file);
  /// \param content of the file, expanded
  ImageBytes(std::filesystem::path const& file, core::LargeBytes content);
  ~ImageBytes();
  ImageBytes(ImageBytes&& other) noexcept;
  ImageBytes& operator=(ImageBytes&&) = delete;

  std::filesystem::path const& file() const { return file_; }
  std::uint64_t size() const { return size_; }
  bool is_in_memory() const { return descriptor_ < 0; }

  /// Some bytes. \throws core::IoError fewer are there, or unreadable
  void read(std::uint64_t at, std::span<std::byte> out) const;
  /// As many as there are, at most `bytes`; valid until the next call.
  std::string_view window(std::uint64_t at, std::size_t bytes);
  /// Calls `read` with the bytes from `at` on: with `first` of them, and with more and more, up to
  /// all and at most 4 MiB, as long as it throws.
  void read_header(std::uint64_t at, std::size_t first, ReadHeader const& read);

 private:
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  core::LargeBytes content_;  // where it is in memory
  std::string window_;        // of the file, from byte `window_at_` on
  std::uint64_t window_at_ = 0;
};

}  // namespace xrdct::io
