#include "kokkos/space/host_work.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <stdexcept>
#include <string>

namespace xrdct::kernels::test {
namespace {

TEST(HostWork, CallsEachWorkerOnce) {
  std::atomic<std::size_t> calls = 0, workers = 0;
  run_on_host("xrdct::test", [&](std::size_t worker) {
    ++calls;
    workers += worker + 1;
  });
  EXPECT_EQ(calls, host_workers());
  EXPECT_EQ(workers, host_workers() * (host_workers() + 1) / 2);
}

TEST(HostWork, ThrowsWhatTheFirstWorkerThrewWhenAllAreDone) {
  std::atomic<std::size_t> calls = 0;
  try {
    run_on_host("xrdct::test", [&](std::size_t worker) {
      ++calls;
      throw std::runtime_error(std::to_string(worker));
    });
    FAIL() << "expected an error";
  } catch (std::runtime_error const& error) {
    EXPECT_STREQ(error.what(), "0");
  }
  EXPECT_EQ(calls, host_workers());
}

TEST(HostWork, ThrowsWhatTheLastWorkerThrew) {
  auto const fail = [](std::size_t worker) {
    if (worker + 1 == host_workers()) throw std::bad_alloc();
  };
  EXPECT_THROW(run_on_host("xrdct::test", fail), std::bad_alloc);
}

}  // namespace
}  // namespace xrdct::kernels::test
