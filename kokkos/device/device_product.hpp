#pragma once
#include <cstddef>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/patterns.hpp"
#include "kokkos/teams/coded_frames.hpp"
#include "kokkos/teams/device_rows.hpp"
#include "kokkos/teams/kept_sums.hpp"

namespace xrdct::kernels {

/*!
 * The five sums of a plain reduction, `core::PatternSums`, of some frames in the memory of the
 * execution space.
 *
 * A team goes through the row of a bin once for four frames: each member takes every n-th entry,
 * then the members' sums are added up in a fixed order; no atomics. The sums of a frame do not
 * depend on the others. On a host one member takes the entries in the order of
 * `core::reference_reduce`. Memory: 12 B per entry; 96 B per bin for each frame at once, there and
 * on the host.
 */
class DeviceProduct {
 public:
  /// \param width most frames at once
  /// \param threads of a team; 0: what suits
  /// \throws core::InputError when there are 2³¹ entries or more
  DeviceProduct(core::ReductionPlan const& plan, core::Reduction const& reduction,
                std::size_t width, int threads);

  /// Begins to form the sums.
  /// \param set of results, 0 or 1: those of the other one stay
  void multiply(CodedFrames const& frames, std::size_t columns,
                DeviceCorrections const& corrections, std::size_t set);
  /// Writes those of a column; after a fence.
  void write(std::size_t set, std::size_t column, std::size_t frame, core::PatternSums& sums) const;
  EngineMemory memory() const noexcept;

 private:
  core::ErrorModel error_model_;
  int bins_;
  DeviceRows rows_;
  int threads_;             // of a team
  Results<KeptSums> sums_;  // [column][bin]
};

}  // namespace xrdct::kernels
