// Chooses the loops of an instruction set: of those that have none of their own for it, the next
// narrower ones.
#include "kokkos/simd/kernels.hpp"

namespace xrdct::kernels {

Kernels kernels_of(codec::Simd simd) {
  switch (simd) {
    case codec::Simd::portable:
      break;
    case codec::Simd::avx2:
      return {avx2_kernels(), avx2_run_kernels(), avx2_bin_kernels(), avx2_count_kernels()};
    case codec::Simd::avx512:
      return {avx512_kernels(), avx2_run_kernels(), avx2_bin_kernels(), avx2_count_kernels()};
  }
  return {portable_kernels(), portable_run_kernels(), portable_bin_kernels(),
          portable_count_kernels()};
}

}  // namespace xrdct::kernels
