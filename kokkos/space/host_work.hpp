#pragma once
#include <cstddef>
#include <functional>
#include <string>

namespace xrdct::kernels {

/// Whether the default execution space works in the memory of the host; otherwise it is a GPU.
bool kernels_run_on_host();

/// Number of workers that the host's execution space runs at once.
std::size_t host_workers();

/*!
 * Calls `work(worker)` once for each worker in [0, host_workers()), on the threads of Kokkos'
 * default host space, and waits.
 *
 * Workers have memory of their own and share out items by a counter, so that a slow item holds up
 * nobody. `work` must not create or copy a View.
 * \param label as profiling tools show it
 * \throws what `work` threw, once all workers are done; of several that of the first worker
 */
void run_on_host(std::string const& label, std::function<void(std::size_t worker)> const& work);

/// Calls `work(item)` once for each item in [0, count): the workers share them out among each
/// other. As `run_on_host`.
void share_on_host(std::string const& label, std::size_t count,
                   std::function<void(std::size_t item)> const& work);

}  // namespace xrdct::kernels
