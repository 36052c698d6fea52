#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace xrdct::core {

/// Allocates from a multiple of 2 MiB, so that the system can give huge pages, and leaves new bytes
/// as they are: the thread that writes them first decides where they lie.
template <class T>
struct LargeAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{std::size_t{2} << 20};

  LargeAllocator() = default;
  template <class U>
  LargeAllocator(LargeAllocator<U> const&) noexcept {}
  T* allocate(std::size_t size) {
    return static_cast<T*>(::operator new(size * sizeof(T), alignment));
  }
  void deallocate(T* values, std::size_t) noexcept { ::operator delete(values, alignment); }
  template <class U>
  void construct(U*) noexcept {}
  template <class U, class Value>
  void construct(U* place, Value const& value) noexcept {
    *place = value;
  }
  bool operator==(LargeAllocator const&) const = default;
};

/// Bytes of many frames. `resize` does not clear them.
using LargeBytes = std::vector<std::byte, LargeAllocator<std::byte>>;

}  // namespace xrdct::core
