#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/slices/slices_job.hpp"
#include "core/tomography/slice_geometry.hpp"
#include "core/tomography/slice_plan.hpp"
#include "io/nexus/slices_description.hpp"
#include "io/stored/sinogram_units.hpp"

namespace xrdct::app {

/// One reduction that becomes slices.
struct ReductionToSlice {
  std::string name;
  core::PatternShape pattern;    //!< of the sinograms
  std::size_t first_column = 0;  //!< of the channels that become slices …
  std::size_t columns = 0;       //!< … and how many of each row of the pattern
  bool errors = false;           //!< the sinograms have them, and they are wanted
  bool additive = true;          //!< the value of a bin is a sum along the ray
};

/// How the projections of one height lie: in the order of their angles.
struct HeightGeometry {
  std::vector<double> angles;      //!< [rad] of the engine: x towards y
  std::vector<std::size_t> place;  //!< [projection] index along the rotation axis of the file
  /// [projection] what the measured translations are off the axis of the file, in steps
  std::vector<double> shift;
};

/// A job of a reconstruction with its sinogram file opened and looked at.
struct SliceInputs {
  config::SlicesJob job;
  std::unique_ptr<io::SinogramUnits> sinograms;
  bool slow_rotates = true;
  std::size_t projections = 0, translations = 0, heights = 0, side = 0;
  double step = 1.0;         //!< d > 0
  double signed_step = 1.0;  //!< d, below 0 where positions fall with the index
  std::string unit;          //!< of d; empty: steps
  std::vector<ReductionToSlice> reductions;
  /// Of the reduction whose sum over channels tells the centre, air, intensities and zingers of
  /// all: the first sigma-clipped mean, which no large grain moves; else the first.
  std::size_t looked_at = 0;
  core::SlicePlan plan;
  std::vector<std::string> warnings;

  io::StoredAxis turns, moves;  //!< the axis that rotates, and the other one

  /// Measured angles and translations where the file has them, else those of the axes.
  HeightGeometry geometry_of(std::size_t height) const;

 private:
  /// [projection][translation] of a motor; empty: not measured
  std::vector<double> measured(std::string const& motor, std::size_t height) const;
};

/// Opens the sinograms of a job, and looks whether they can become slices.
/// \throws core::InputError no rotation axis, one projection, unequal steps, unknown or maximum
/// reductions, no channel in the range …; core::IoError
SliceInputs open_slice_inputs(config::SlicesJob job);

/// Columns of a row that are reconstructed together: 64, 32 where iterations need more memory.
std::size_t bins_per_unit(config::Reconstruction const& reconstruction);

}  // namespace xrdct::app
