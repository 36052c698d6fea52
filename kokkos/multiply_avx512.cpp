#include "kokkos/multiply.hpp"

namespace xrdct::kernels {
LaneKernels avx512_kernels() { return avx2_kernels(); }
}  // namespace xrdct::kernels
