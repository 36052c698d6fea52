// Says which pixels of a type are clear from one byte.
#include "kokkos/teams/count_codes.hpp"

#include <cmath>

namespace xrdct::kernels {

CountCodes CountCodes::of(core::PixelType type, core::ValidValues const& valid) {
  // one byte is too little for a sign, and the bits of a float are no count
  if (!core::is_integer(type) || type == core::PixelType::i8) return {};
  double const all_ones = core::is_signed(type)
                              ? -1.0
                              : std::exp2(8.0 * static_cast<double>(core::size_of(type))) - 1.0;
  return {.counts = true, .all_ones = !valid.contains(all_ones)};
}

}  // namespace xrdct::kernels
