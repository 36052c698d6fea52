#pragma once
#include <bit>
#include <cstddef>

#include "kokkos/simd/bin_kernels.hpp"

namespace xrdct::kernels {

inline LaneMask bit_of(std::size_t lane) { return static_cast<LaneMask>(1u << lane); }

/// Calls `visit` with the lanes of a mask, ascending.
template <class Visit>
void each_lane(LaneMask mask, Visit visit) {
  for (unsigned bits = mask; bits != 0; bits &= bits - 1)
    visit(static_cast<std::size_t>(std::countr_zero(bits)));
}

}  // namespace xrdct::kernels
