#pragma once
#include <atomic>
#include <cstdlib>

#include "core/words/large_bytes.hpp"

namespace xrdct::test {

/// Memory of bytes that counts what is taken of it and given back.
class CountedMemory final : public core::ByteMemory {
 public:
  void* allocate(std::size_t bytes) override {
    taken += bytes;
    return std::malloc(bytes);
  }
  void deallocate(void* begin, std::size_t bytes) noexcept override {
    given_back += bytes;
    std::free(begin);
  }
  std::atomic<std::size_t> taken = 0, given_back = 0;
};

}  // namespace xrdct::test
