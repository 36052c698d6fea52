// Bytes that lie where their owner wants them.
#include "core/words/large_bytes.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

#include "tests/support/counted_memory.hpp"

namespace xrdct::core {
namespace {

TEST(LargeBytes, OfNobodyBeginAtHugePages) {
  LargeBytes const bytes(10);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % (2u << 20), 0u);
}

TEST(LargeBytes, StayInTheirMemory) {
  test::CountedMemory memory;
  {
    LargeBytes bytes{LargeAllocator<std::byte>(&memory)};
    bytes.resize(100);
    bytes[99] = std::byte{3};
    bytes.resize(1000);
    EXPECT_EQ(bytes[99], std::byte{3});
    EXPECT_GE(memory.taken, 1100u);
    LargeBytes moved = std::move(bytes), assigned;
    assigned = std::move(moved);
    EXPECT_EQ(assigned.get_allocator().memory, &memory);
    EXPECT_EQ(assigned[99], std::byte{3});
    assigned = LargeBytes();
    EXPECT_EQ(assigned.get_allocator().memory, nullptr)
        << "who takes other bytes takes their memory";
  }
  EXPECT_EQ(memory.given_back, memory.taken);
}

}  // namespace
}  // namespace xrdct::core
