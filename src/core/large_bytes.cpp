#include "core/large_bytes.hpp"

#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace xrdct::core {

void* allocate_large(std::size_t bytes) {
  constexpr std::size_t page = std::size_t{2} << 20;
  std::size_t const rounded = (bytes + page - 1) / page * page;
  void* const memory = std::aligned_alloc(page, rounded);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  (void)madvise(memory, rounded, MADV_HUGEPAGE);  // a wish: small pages do as well
#endif
  return memory;
}

void free_large(void* memory) noexcept { std::free(memory); }

}  // namespace xrdct::core
