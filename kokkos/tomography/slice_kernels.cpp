// Chooses the loops of an instruction set.
#include "kokkos/tomography/slice_kernels.hpp"

namespace xrdct::kernels {

SliceKernels slice_kernels(codec::Simd simd, std::size_t vectors) {
  switch (simd) {
    case codec::Simd::portable:
      break;
    case codec::Simd::avx2:
      return avx2_slice_kernels(vectors);
    case codec::Simd::avx512:
      return avx512_slice_kernels(vectors);
  }
  return portable_slice_kernels(vectors);
}

}  // namespace xrdct::kernels
