// Runs work on all threads of the host.
#include "kokkos/space/host_work.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <utility>

#include "kokkos/space/device_memory.hpp"

namespace xrdct::kernels {
namespace {

using HostSpace = Kokkos::DefaultHostExecutionSpace;

// What the first of the workers that failed threw.
struct Failure {
  std::mutex mutex;
  std::size_t worker = 0;
  std::exception_ptr thrown;

  void keep(std::size_t of_worker, std::exception_ptr exception) {
    std::lock_guard const lock(mutex);
    if (thrown && worker < of_worker) return;
    worker = of_worker;
    thrown = std::move(exception);
  }
};

// A functor and no lambda: device compilers then leave it on the host. Nothing is thrown out of it:
// that would end the program on a thread of OpenMP.
struct CallWorker {
  std::function<void(std::size_t)> const* work;
  Failure* failure;
  void operator()(std::size_t worker) const {
    try {
      (*work)(worker);
    } catch (...) {
      failure->keep(worker, std::current_exception());
    }
  }
};

}  // namespace

bool kernels_run_on_host() { return host_memory; }

std::size_t host_workers() { return static_cast<std::size_t>(HostSpace().concurrency()); }

void run_on_host(std::string const& label, std::function<void(std::size_t)> const& work) {
  Kokkos::RangePolicy<HostSpace, Kokkos::IndexType<std::size_t>> const workers(0, host_workers());
  Failure failure;
  Kokkos::parallel_for(label, workers, CallWorker{&work, &failure});
  HostSpace().fence();
  if (failure.thrown) std::rethrow_exception(failure.thrown);
}

void share_on_host(std::string const& label, std::size_t count,
                   std::function<void(std::size_t)> const& work) {
  std::atomic<std::size_t> next = 0;
  run_on_host(label, [&](std::size_t) {
    for (std::size_t item; (item = next.fetch_add(1)) < count;) work(item);
  });
}

}  // namespace xrdct::kernels
