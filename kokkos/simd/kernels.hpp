#pragma once
#include "io/codec/words/simd.hpp"
#include "kokkos/simd/bin_kernels.hpp"
#include "kokkos/simd/count_kernels.hpp"
#include "kokkos/simd/multiply.hpp"
#include "kokkos/simd/run_kernels.hpp"

namespace xrdct::kernels {

/// All loops of one instruction set.
struct Kernels {
  LaneKernels lane;
  RunKernels run;
  BinKernels bin;
  CountKernels count;
};

/// Those that a processor with this instruction set is to use.
Kernels kernels_of(codec::Simd simd);

}  // namespace xrdct::kernels
