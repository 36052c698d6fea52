#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "core/words/aligned_vector.hpp"

namespace xrdct::core {
namespace {

TEST(AlignedVector, BeginsWithALineOfTheCacheWhateverItsSize) {
  for (std::size_t const size : {1, 7, 64, 1000, 8192, 600'000}) {
    AlignedVector<std::byte> const bytes(size);
    AlignedVector<double> const numbers(size, 2.0);
    EXPECT_EQ(0u, reinterpret_cast<std::uintptr_t>(bytes.data()) % 64) << size;
    EXPECT_EQ(0u, reinterpret_cast<std::uintptr_t>(numbers.data()) % 64) << size;
    EXPECT_EQ(std::byte{0}, bytes.back());
    EXPECT_EQ(2.0, numbers.back());
  }
}

}  // namespace
}  // namespace xrdct::core
