// Reads files piece by piece, and asks and sets their sizes.
#include "io/files/file_bytes.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t largest_call = std::size_t{64} << 20;

[[noreturn]] void fail(std::string const& action, std::filesystem::path const& file,
                       std::string const& expected, std::string const& found) {
  throw core::IoError({.what = action + " " + file.string(),
                       .expected = expected,
                       .found = found,
                       .attempt = "check the state of the file system, then run again"});
}

std::string system_text() { return fmt::format("\"{}\"", std::strerror(errno)); }

}  // namespace

void read_at(FileDescriptor const& descriptor, std::filesystem::path const& file,
             std::span<std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    ssize_t const got = pread(descriptor.get(), bytes.data(), std::min(bytes.size(), largest_call),
                              static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", file, "its bytes", system_text());
    if (got == 0)
      fail("read", file, fmt::format("{} more bytes at {}", bytes.size(), offset), "its end");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

std::uint64_t size_of_file(FileDescriptor const& descriptor, std::filesystem::path const& file) {
  struct stat status;
  if (fstat(descriptor.get(), &status) != 0)
    fail("get the size of", file, "a number", system_text());
  return static_cast<std::uint64_t>(status.st_size);
}

void resize(FileDescriptor const& descriptor, std::filesystem::path const& file,
            std::uint64_t bytes) {
  int result = -1;
  do {
    result = ftruncate(descriptor.get(), static_cast<off_t>(bytes));
  } while (result != 0 && errno == EINTR);
  if (result != 0) fail("resize", file, fmt::format("a size of {} bytes", bytes), system_text());
}

void forget_cached(FileDescriptor const& descriptor) noexcept {
  // Advice: where it is not taken, bytes come from memory, and are still compared.
  posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_DONTNEED);
}

}  // namespace xrdct::io
