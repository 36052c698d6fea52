// Which object does the work of a reduction.
#include "kokkos/methods/method_list.hpp"

#include <utility>

namespace xrdct::kernels {
namespace {

FusedMethods::Plan plan_clipping(WholeBinsPlan bins) {
  if (ClippedCounts::Plan::applies_to(bins)) return ClippedCounts::Plan(std::move(bins));
  return ClippedValues::Plan(std::move(bins));
}

}  // namespace

FusedMethods::Plan plan_method(MethodSetup const& setup, core::Reduction const& reduction) {
  switch (reduction.method) {
    case core::Method::mean:
    case core::Method::sum:
      break;
    case core::Method::sigma_clip:
      return plan_clipping({setup, reduction});
    case core::Method::quantile_mean:
      return QuantileMean::Plan(setup, reduction);
    case core::Method::maximum:
      return LargestPixels::Plan(setup, reduction);
  }
  if (reduction.error_model == core::ErrorModel::azimuthal)
    return RunningVariance::Plan(setup, reduction);
  return AddedSums::Plan(setup, reduction);
}

}  // namespace xrdct::kernels
