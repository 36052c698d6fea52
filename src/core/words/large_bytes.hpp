#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace xrdct::core {

/// Memory that somebody wants bytes to lie in. Any thread, several at once.
class ByteMemory {
 public:
  virtual ~ByteMemory() = default;
  /// \throws std::bad_alloc
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void deallocate(void* begin, std::size_t bytes) noexcept = 0;
};

/// Allocates from a multiple of 2 MiB, so that the system can give huge pages, or where it is told
/// to, and leaves new bytes as they are: the thread that writes them first decides where they lie.
template <class T>
struct LargeAllocator {
  using value_type = T;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;
  static constexpr std::align_val_t alignment{std::size_t{2} << 20};

  ByteMemory* memory = nullptr;  //!< outlives all that lies there; nullptr: that of the system

  LargeAllocator() = default;
  explicit LargeAllocator(ByteMemory* in) noexcept : memory(in) {}
  template <class U>
  LargeAllocator(LargeAllocator<U> const& other) noexcept : memory(other.memory) {}
  T* allocate(std::size_t size) {
    if (memory != nullptr) return static_cast<T*>(memory->allocate(size * sizeof(T)));
    return static_cast<T*>(::operator new(size * sizeof(T), alignment));
  }
  void deallocate(T* values, std::size_t size) noexcept {
    if (memory != nullptr) return memory->deallocate(values, size * sizeof(T));
    ::operator delete(values, alignment);
  }
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
