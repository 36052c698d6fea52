#pragma once
#include <cstddef>
#include <new>
#include <vector>

namespace xrdct::core {

/// Allocates from a multiple of 64 bytes.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(AlignedAllocator<U> const&) noexcept {}
  T* allocate(std::size_t size) {
    return static_cast<T*>(::operator new(size * sizeof(T), alignment));
  }
  void deallocate(T* values, std::size_t) noexcept { ::operator delete(values, alignment); }
  bool operator==(AlignedAllocator const&) const = default;
};

/*!
 * A vector that begins with a line of the cache, for what is read and written by registers of 32 or
 * 64 bytes.
 *
 * Memory of a plain vector begins at a multiple of 16: by chance, and always where it is large,
 * every second such access then touches two lines.
 */
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace xrdct::core
