#include "kokkos/host_work.hpp"

#include "kokkos/device_memory.hpp"

namespace xrdct::kernels {
namespace {

using HostSpace = Kokkos::DefaultHostExecutionSpace;

// A functor and no lambda: device compilers then leave it on the host.
struct CallWorker {
  std::function<void(std::size_t)> const* work;
  void operator()(std::size_t worker) const { (*work)(worker); }
};

}  // namespace

bool kernels_run_on_host() { return host_memory; }

std::size_t host_workers() { return static_cast<std::size_t>(HostSpace().concurrency()); }

void run_on_host(std::string const& label, std::function<void(std::size_t)> const& work) {
  Kokkos::RangePolicy<HostSpace, Kokkos::IndexType<std::size_t>> const workers(0, host_workers());
  Kokkos::parallel_for(label, workers, CallWorker{&work});
  HostSpace().fence();
}

}  // namespace xrdct::kernels
