#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "app/slices/slice_findings.hpp"
#include "app/slices/slice_inputs.hpp"
#include "core/tomography/slice_plan.hpp"
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "kokkos/tomography/iterative_slices.hpp"

namespace xrdct::app {

/// One unit of slices. The spans point into the solver, until its next unit.
struct SolvedUnit {
  std::span<float const> values;          //!< [row][column][bin]
  std::span<float const> errors;          //!< standard deviations; empty: none
  std::vector<core::SliceStatus> status;  //!< [bin]
  std::vector<double> iterations;         //!< [bin]; empty with fbp
  std::vector<double> misfit;   //!< [bin] √(Σ W·(b − A·x)²/Σ W·b²); empty with fbp
  std::vector<double> imputed;  //!< [bin] samples that were filled, or had weight 0
};

/*!
 * Turns units of sinograms into units of slices: reads, conditions every channel as its height
 * says, fills what is missing, reconstructs. The result is a function of the unit alone. Main
 * thread; kernels use all threads.
 *
 * Memory for B bins: sinograms and their variances as read and as projected, slices and their
 * errors: `memory_bytes`.
 */
class SliceSolver {
 public:
  explicit SliceSolver(SliceInputs const& inputs) : inputs_(inputs) {}
  /// To be called before units of another height. Both outlive the units.
  void begin_height(HeightFindings const& found, HeightWork const& work);
  SolvedUnit solve(core::SliceUnit const& unit);
  /// With what writes a unit: a tile that is packed, and buffers of libraries.
  static std::size_t memory_bytes(SliceInputs const& inputs);

 private:
  using Floats = kernels::LargeFloats;

  void read(core::SliceUnit const& unit, std::string const& field, Floats& values);
  void square(Floats& values) const;
  void fill_gaps(std::size_t bins, SolvedUnit& solved);
  void condition(bool has_errors);
  void filter(SolvedUnit& solved, bool has_errors, std::size_t bins);
  void iterate(SolvedUnit& solved, core::SliceUnit const& unit, bool has_errors);
  std::span<float const> without_spare_lanes(Floats& values, std::size_t bins) const;

  SliceInputs const& inputs_;
  HeightFindings const* found_ = nullptr;
  HeightWork const* work_ = nullptr;
  std::optional<kernels::FilteredBackProjection> filter_;
  std::optional<kernels::IterativeSlices> iterative_;
  std::size_t lanes_ = 0;  //!< bins and spare lanes
  Floats raw_, sinogram_, variance_, slice_, errors_;
};

}  // namespace xrdct::app
