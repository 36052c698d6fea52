#pragma once
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"

namespace xrdct::app {

/// Starts the kernels for the life of this object; reducers have to be gone before.
/// `kernels::threads` tells how many threads there are: a Kokkos without OpenMP has one, whatever
/// is asked for.
class KernelSession {
 public:
  explicit KernelSession(int threads, int rank_on_node = 0) {
    kernels::start(threads, rank_on_node);
  }
  ~KernelSession() { kernels::stop(); }
  KernelSession(KernelSession const&) = delete;
  KernelSession& operator=(KernelSession const&) = delete;
};

}  // namespace xrdct::app
