// Methods `mean` and `sum`: what they prepare once per plan.
#include "kokkos/methods/added_sums.hpp"

namespace xrdct::kernels {

// Plain sums may be formed in any order.
AddedSums::Plan::Plan(MethodSetup const& setup, core::Reduction const& reduction)
    : adder(setup, reduction),
      matrix(reduction.matrix, setup.plan.corrections.mask, setup.tile_pixels,
             TileOrder::by_first_bin) {}

}  // namespace xrdct::kernels
