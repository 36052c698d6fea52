// Memory of batches that a GPU can fetch from.
#include "kokkos/space/pinned_memory.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace xrdct::kernels {
namespace {

using Allocator = core::LargeAllocator<std::byte>;

TEST(PinnedMemory, KnowsWhatLiesInIt) {
  PinnedMemory memory;
  core::LargeBytes const ordinary(1000);
  EXPECT_FALSE(memory.holds(ordinary));
  core::LargeBytes bytes(1000, Allocator(&memory));
  std::span<std::byte const> const all(bytes);
  EXPECT_TRUE(memory.holds(all));
  EXPECT_TRUE(memory.holds(all.subspan(999)));
  EXPECT_TRUE(memory.holds(all.subspan(17, 0)));
  EXPECT_FALSE(memory.holds({all.data(), 1001})) << "beyond the end";
  EXPECT_FALSE(memory.holds({all.data() - 1, 2})) << "before the beginning";
  EXPECT_FALSE(memory.holds(ordinary));
  bytes = core::LargeBytes(Allocator(&memory));
  EXPECT_FALSE(memory.holds(all)) << "given back";
}

TEST(PinnedMemory, GivesToSeveralThreads) {
  PinnedMemory memory;
  std::vector<core::LargeBytes> bytes(4, core::LargeBytes(Allocator(&memory)));
  {
    std::vector<std::jthread> threads;
    for (auto& of : bytes)
      threads.emplace_back([&of] {
        for (std::size_t size = 1; size < 5000; size += 100) of.resize(size, std::byte{7});
      });
  }
  for (auto const& of : bytes) {
    EXPECT_TRUE(memory.holds(of));
    EXPECT_EQ(of.back(), std::byte{7});
  }
}

}  // namespace
}  // namespace xrdct::kernels
