#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/job.hpp"
#include "config/poni.hpp"
#include "core/geometry.hpp"
#include "core/reduction_plan.hpp"
#include "core/scan_layout.hpp"
#include "io/frame_source.hpp"
#include "io/sinogram_file.hpp"
#include "pipeline/reduce_scan.hpp"

namespace xrdct::app {

/// A job with all that it names opened and checked; no frame has been read.
struct Inputs {
  config::Job job;
  config::PoniFile poni;
  std::unique_ptr<io::FrameSource> source;
  std::optional<core::Geometry> geometry;
  std::vector<std::uint8_t> mask;  //!< union of the masks of the job; empty: none
  std::vector<float> dark, flat;   //!< empty: none
  std::vector<double> monitor;     //!< [frame]; empty: none
  double monitor_reference = 1.0;
  core::PlaceMap places;
  core::BlockPlan blocks;
  std::vector<std::string> warnings;
};

/*!
 * Opens everything that a job names, and looks whether its output may be written.
 * \throws core::InputError, core::IoError with all problems at once; IoError when no input is wrong but files fail
 */
Inputs open_inputs(config::Job job);

/// Builds the matrices and corrections. \throws core::InputError
core::ReductionPlan build_plan(Inputs const& inputs);

/// The geometry of a calibration on frames of this shape; a mismatch with its detector is an InputError that says both shapes.
core::Geometry make_geometry(core::Calibration const& calibration, core::FrameShape frame, std::optional<core::OrientationConvention> convention);

pipeline::ScanDescription describe_scan(Inputs const& inputs, core::ReductionPlan const& plan);
io::OutputDescription describe_output(Inputs const& inputs, core::ReductionPlan const& plan, std::string_view backend);

}  // namespace xrdct::app
