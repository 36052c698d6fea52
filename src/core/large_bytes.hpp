#pragma once
#include <cstddef>
#include <vector>

namespace xrdct::core {

/// Memory of whole huge pages (2 MiB), where the system gives such on request; not cleared. \throws std::bad_alloc
void* allocate_large(std::size_t bytes);
void free_large(void* memory) noexcept;

/// For a vector that is filled once and gone through again and again: with pages of 4 KiB, writing and reading it takes half as long again. New
/// elements are left as they are, so that memory lies near the thread that writes it first.
template <class T>
struct LargeAllocator {
  using value_type = T;

  LargeAllocator() = default;
  template <class U>
  LargeAllocator(LargeAllocator<U> const&) noexcept {}
  T* allocate(std::size_t size) { return static_cast<T*>(allocate_large(size * sizeof(T))); }
  void deallocate(T* values, std::size_t) noexcept { free_large(values); }
  template <class U>
  void construct(U*) noexcept {}
  template <class U, class Value>
  void construct(U* place, Value const& value) noexcept {
    *place = value;
  }
  bool operator==(LargeAllocator const&) const = default;
};

using LargeBytes = std::vector<std::byte, LargeAllocator<std::byte>>;

}  // namespace xrdct::core
