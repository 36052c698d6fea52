#include "io/ranks/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace xrdct::io {
namespace {

using std::chrono::milliseconds;

TEST(Watchdog, BarksOnceWhereANumberStays) {
  std::atomic<int> barks = 0;
  Watchdog const watchdog(
      0.1, [] { return std::uint64_t{7}; }, [&] { ++barks; });
  for (int i = 0; i < 1000 && barks == 0; ++i) std::this_thread::sleep_for(milliseconds(10));
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_EQ(barks, 1);
}

TEST(Watchdog, IsSilentWhileTheNumberGrows) {
  std::atomic<int> barks = 0;
  std::atomic<std::uint64_t> steps = 0;
  {
    Watchdog const watchdog(
        0.1, [&] { return ++steps; }, [&] { ++barks; });
    std::this_thread::sleep_for(milliseconds(400));
  }
  EXPECT_EQ(barks, 0);
  EXPECT_GT(steps, 2u);
}

}  // namespace
}  // namespace xrdct::io
