#include <gtest/gtest.h>

#include "kokkos/runtime.hpp"

namespace {

// Kokkos starts once per process, with the number of threads that OMP_NUM_THREADS says.
class Kernels : public testing::Environment {
  void SetUp() override { xrdct::kernels::start(0); }
  void TearDown() override { xrdct::kernels::stop(); }
};

testing::Environment* const kernels = testing::AddGlobalTestEnvironment(new Kernels);

}  // namespace
