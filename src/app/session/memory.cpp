// Asks the operating system how much memory this process has.
#include "app/session/memory.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace xrdct::app {
namespace {

/// The number of kB behind a key such as "RssAnon:".
std::size_t kilobytes(std::string_view text, std::string_view key) {
  auto const at = text.find(key);
  return at == std::string_view::npos ? 0
                                      : std::strtoull(text.data() + at + key.size(), nullptr, 10);
}

}  // namespace

// Allocates nothing: the watching thread would get an arena of its own.
std::size_t own_memory() {
  int const status = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (status < 0) return 0;
  std::array<char, 4096> buffer{};
  auto const got = ::read(status, buffer.data(), buffer.size() - 1);
  ::close(status);
  if (got <= 0) return 0;
  std::string_view const text(buffer.data(), static_cast<std::size_t>(got));
  return 1024 * (kilobytes(text, "RssAnon:") + kilobytes(text, "RssShmem:"));
}

void keep_no_large_blocks() { mallopt(M_MMAP_THRESHOLD, 4 << 20); }

void return_free_memory() { malloc_trim(0); }

MemoryWatch::MemoryWatch()
    : peak_(own_memory()), watcher_([this] {
        std::unique_lock held(lock_);
        while (!stopping_.wait_for(held, std::chrono::milliseconds(10), [this] { return stop_; }))
          peak_ = std::max(peak_, own_memory());
      }) {}

MemoryWatch::~MemoryWatch() {
  {
    std::lock_guard const held(lock_);
    stop_ = true;
  }
  stopping_.notify_one();
  watcher_.join();
}

std::size_t MemoryWatch::peak() {
  std::lock_guard const held(lock_);
  return peak_ = std::max(peak_, own_memory());
}

}  // namespace xrdct::app
