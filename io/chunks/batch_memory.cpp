// Memory of batches of stored frames.
#include "io/chunks/batch_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

namespace xrdct::io {

void make_room(core::LargeBytes& bytes, std::size_t size, std::size_t kept) {
  if (bytes.size() >= size) return;
  core::LargeBytes larger(bytes.get_allocator());
  if (kept == 0) bytes = core::LargeBytes(bytes.get_allocator());
  larger.reserve(size + size / 16);
  (void)madvise(larger.data(), larger.capacity(), MADV_HUGEPAGE);
  larger.resize(larger.capacity());
  std::copy_n(bytes.begin(), kept, larger.begin());
  bytes = std::move(larger);
}

}  // namespace xrdct::io
