#pragma once
#include <optional>
#include <utility>
#include <variant>

#include "kokkos/methods/added_sums.hpp"
#include "kokkos/methods/clipped_counts.hpp"
#include "kokkos/methods/clipped_values.hpp"
#include "kokkos/methods/largest_pixels.hpp"
#include "kokkos/methods/quantile_mean.hpp"
#include "kokkos/methods/running_variance.hpp"

namespace xrdct::kernels {

/*!
 * Methods of the fused engine: one object reduces one reduction in one thread.
 *
 * Each has a `Plan`, prepared once and shared by all threads:
 *
 *     GroupNeeds needs()            memory that the methods of a thread share
 *     bool takes_placeholders()     tiles may come with bright counts beside them
 *     size_t memory_bytes()
 *
 * and, for each group of frames, in this order:
 *
 *     add_tile(tile, pixels)                each tile, ascending
 *     write(first, last, group, sums)       sets S and V of some bins, 0 where they come later;
 *                                           the caller then sets N, N2, C and pixels, adds what no
 *                                           frame changes to V, and takes invalid pixels off
 *     finish(group, sums, tally)            replaces what is not the sum over all valid pixels, and
 *                                           is ready for the next group
 *     size_t memory_bytes()
 *
 * All of them are called once per tile, block of bins or group: nothing in the loops over pixels
 * asks for the method.
 */
template <class... Methods>
struct MethodList {
  using Method = std::variant<Methods...>;
  using Plan = std::variant<typename Methods::Plan...>;

  /// \param plan has to outlive the method
  static Method make(Plan const& plan) {
    std::optional<Method> method;
    (make_if<Methods>(plan, method), ...);
    return std::move(*method);
  }

 private:
  template <class One>
  static void make_if(Plan const& plan, std::optional<Method>& method) {
    if (auto const* own = std::get_if<typename One::Plan>(&plan))
      method.emplace(std::in_place_type<One>, *own);
  }
};

using FusedMethods = MethodList<AddedSums, RunningVariance, LargestPixels, ClippedCounts,
                                ClippedValues, QuantileMean>;

/// Chooses the method of a reduction, and prepares it. \param setup has to outlive the plan
FusedMethods::Plan plan_method(MethodSetup const& setup, core::Reduction const& reduction);

}  // namespace xrdct::kernels
