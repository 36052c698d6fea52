// Asks the card how much of its memory is free: Kokkos has no way to.
#include "kokkos/space/card_memory.hpp"

#include <Kokkos_Core.hpp>

namespace xrdct::kernels {

std::optional<std::size_t> free_card_memory() {
#if defined(KOKKOS_ENABLE_CUDA)
  std::size_t free = 0, all = 0;
  if (cudaMemGetInfo(&free, &all) == cudaSuccess) return free;
#elif defined(KOKKOS_ENABLE_HIP)
  std::size_t free = 0, all = 0;
  if (hipMemGetInfo(&free, &all) == hipSuccess) return free;
#endif
  return {};
}

}  // namespace xrdct::kernels
