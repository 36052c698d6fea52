// Reads parts of an image file, which is opened once.
#include "io/images/image_bytes.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t longest_header = std::size_t{1} << 22;

[[noreturn]] void throw_unreadable(std::filesystem::path const& file, int reason) {
  throw core::IoError({.what = "read " + file.string(),
                       .expected = "a readable file",
                       .found = fmt::format("\"{}\"", std::strerror(reason)),
                       .attempt = "check path and permissions"});
}

}  // namespace

ImageBytes::ImageBytes(std::filesystem::path const& file)
    : file_(file), descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) throw_unreadable(file, errno);
  if (!S_ISREG(status.st_mode)) throw_unreadable(file, S_ISDIR(status.st_mode) ? EISDIR : ENODEV);
  size_ = static_cast<std::uint64_t>(status.st_size);
}

ImageBytes::ImageBytes(std::filesystem::path const& file, core::LargeBytes content)
    : file_(file), size_(content.size()), content_(std::move(content)) {}

ImageBytes::~ImageBytes() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ImageBytes::ImageBytes(ImageBytes&& other) noexcept
    : file_(std::move(other.file_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      content_(std::move(other.content_)),
      window_(std::move(other.window_)),
      window_at_(other.window_at_) {}

void ImageBytes::read(std::uint64_t at, std::span<std::byte> out) const {
  if (at > size_ || out.size() > size_ - at) {
    throw core::IoError({.what = "read " + file_.string(),
                         .expected = fmt::format("{} bytes at {}", out.size(), at),
                         .found = fmt::format("a file of {}: it is truncated", size_),
                         .attempt = "copy it again"});
  }
  if (descriptor_ < 0) {
    std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(at), out.size(), out.begin());
    return;
  }
  for (std::size_t done = 0; done < out.size();) {
    auto const got =
        ::pread(descriptor_, out.data() + done, out.size() - done, static_cast<off_t>(at + done));
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      throw_unreadable(file_, got == 0 ? EIO : errno);
    }
  }
}

std::string_view ImageBytes::window(std::uint64_t at, std::size_t bytes) {
  if (at >= size_) return {};
  auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, size_ - at));
  if (descriptor_ < 0) return {reinterpret_cast<char const*>(content_.data()) + at, count};
  bool const known = at >= window_at_ && at + count <= window_at_ + window_.size();
  if (!known) {
    window_.resize(count);
    window_at_ = at;
    read(at, std::as_writable_bytes(std::span(window_)));
  }
  return std::string_view(window_).substr(static_cast<std::size_t>(at - window_at_), count);
}

void ImageBytes::read_header(std::uint64_t at, std::size_t first, ReadHeader const& read) {
  for (std::size_t bytes = first;; bytes *= 8) {
    auto const text = window(at, std::min(bytes, longest_header));
    try {
      return read(text);
    } catch (std::runtime_error const&) {
      if (bytes >= longest_header || at + text.size() >= size_) throw;
    }
  }
}

}  // namespace xrdct::io
