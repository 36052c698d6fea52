#pragma once
#include <string>

#include "core/words/errors.hpp"
#include "kokkos/frame_reducer.hpp"
#include "kokkos/runtime.hpp"

namespace xrdct::app {

/// Starts the kernels for the life of this object; reducers have to be gone before.
/// `kernels::threads` tells how many threads there are: a Kokkos without OpenMP has one, whatever
/// is asked for.
class KernelSession {
 public:
  explicit KernelSession(int threads) { kernels::start(threads); }
  ~KernelSession() { kernels::stop(); }
  KernelSession(KernelSession const&) = delete;
  KernelSession& operator=(KernelSession const&) = delete;
};

/// \throws core::InputError
inline kernels::Engine engine_of(std::string const& name) {
  if (name == "fused") return kernels::Engine::fused;
  if (name == "spmm") return kernels::Engine::spmm;
  throw core::InputError("cannot use the engine " + name + ": expected fused or spmm");
}

}  // namespace xrdct::app
