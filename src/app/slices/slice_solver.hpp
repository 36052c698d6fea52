#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/slices/slice_findings.hpp"
#include "app/slices/slice_inputs.hpp"
#include "app/slices/unit_sinogram.hpp"
#include "core/tomography/slice_plan.hpp"
#include "kokkos/tomography/slice_engines.hpp"

namespace xrdct::app {

/// One unit of slices. The spans point into the solver, until its next unit.
struct SolvedUnit {
  std::span<float const> values;  //!< [row][column][bin]
  std::span<float const> errors;  //!< standard deviations; empty: none
  SolvedBins bins;
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
  /// Of a card, while a unit is solved; 0 where kernels work in the memory of the host.
  static std::size_t card_bytes(SliceInputs const& inputs);

 private:
  using Floats = kernels::LargeFloats;

  bool iterative() const;
  void read(core::SliceUnit const& unit);
  void read(core::SliceUnit const& unit, std::string const& field, Floats& values);
  void square(Floats& values) const;
  void condition();
  SolvedBins filter();
  SolvedBins iterate(core::SliceUnit const& unit);
  SolvedBins solve_nothing(std::size_t bins);
  void clear_empty(std::vector<core::SliceStatus> const& status, bool with_errors);
  void take_roots();
  std::span<float const> without_spare_lanes(Floats& values, std::size_t bins) const;

  SliceInputs const& inputs_;
  HeightFindings const* found_ = nullptr;
  HeightWork const* work_ = nullptr;
  std::unique_ptr<kernels::FilterEngine> filter_;        //!< of the height, with fbp
  std::unique_ptr<kernels::IterationEngine> iterative_;  //!< of the height, else
  UnitSinogram sinogram_;
  Floats raw_, slice_, errors_;
};

}  // namespace xrdct::app
