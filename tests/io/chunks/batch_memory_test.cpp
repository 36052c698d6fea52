// Memory of batches grows where it lies.
#include "io/chunks/batch_memory.hpp"

#include <gtest/gtest.h>

#include "tests/support/counted_memory.hpp"

namespace xrdct::io {
namespace {

TEST(BatchMemory, GrowsInTheMemoryOfItsOwner) {
  test::CountedMemory memory;
  {
    core::LargeBytes bytes{core::LargeAllocator<std::byte>(&memory)};
    make_room(bytes, 100);
    EXPECT_GE(bytes.size(), 100u);
    bytes[2] = std::byte{9};
    make_room(bytes, 1000, 3);
    EXPECT_GE(bytes.size(), 1000u);
    EXPECT_EQ(bytes[2], std::byte{9}) << "kept";
    make_room(bytes, 100000);
    EXPECT_EQ(bytes.get_allocator().memory, &memory);
    EXPECT_GE(memory.taken, 101100u);
  }
  EXPECT_EQ(memory.given_back, memory.taken);
}

}  // namespace
}  // namespace xrdct::io
