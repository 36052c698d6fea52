// What kernels run on.
#include "kokkos/runtime.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>

#include "core/words/errors.hpp"

namespace xrdct::kernels {
namespace {

TEST(Runtime, RefusesThreadsThatItHasNoRoomFor) {
  EXPECT_THROW(start(most_threads() + 1), core::InputError);
  EXPECT_THROW(start(-1), core::InputError);
  EXPECT_LE(threads(), most_threads());
  EXPECT_LE(most_threads(), 512);
}

TEST(Runtime, CountsTheProcessorsOfTheProcess) {
  auto const numbers = processors();
  EXPECT_FALSE(numbers.empty());
  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  cpu_set_t mask;
  CPU_ZERO(&mask);
  ASSERT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  EXPECT_GE(static_cast<int>(numbers.size()), CPU_COUNT(&mask));
}

}  // namespace
}  // namespace xrdct::kernels
