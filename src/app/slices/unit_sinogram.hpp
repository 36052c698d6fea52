#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "core/tomography/slice_plan.hpp"
#include "kokkos/tomography/slice_projector.hpp"

namespace xrdct::app {

/// The samples of the bins of one unit, projections in the order of their angles. All arrays are
/// [projection][translation][lane]; the lanes beyond the bins hold 0.
struct UnitSinogram {
  std::size_t projections = 0, translations = 0;
  std::size_t bins = 0, lanes = 0;
  kernels::LargeFloats value;
  kernels::LargeFloats variance;  //!< empty: not known

  std::size_t samples() const noexcept { return projections * translations; }
  bool has_errors() const noexcept { return !variance.empty(); }
  std::span<float> values() noexcept { return value; }
  std::span<float> variances() noexcept { return variance; }
};

/// What became of the bins of one unit.
struct SolvedBins {
  std::vector<core::SliceStatus> status;  //!< [bin]
  std::vector<double> iterations;         //!< [bin]; empty with fbp
  std::vector<double> misfit;   //!< [bin] √(Σ W·(b − A·x)²/Σ W·b²); empty with fbp
  std::vector<double> imputed;  //!< [bin] samples that were filled, or had weight 0
};

}  // namespace xrdct::app
