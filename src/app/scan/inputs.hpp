#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/axes/frame_places.hpp"
#include "app/axes/line_order.hpp"
#include "app/scan/scan_source.hpp"
#include "config/calibration/poni.hpp"
#include "config/job/job.hpp"
#include "core/geometry/geometry.hpp"
#include "core/matrix/plan_building.hpp"
#include "core/matrix/reduction_plan.hpp"
#include "core/scan/place_map.hpp"
#include "core/scan/scan_layout.hpp"
#include "io/frames/frame_source.hpp"
#include "io/output/sinogram_file.hpp"
#include "io/values/open_values.hpp"
#include "pipeline/reduce_scan.hpp"

namespace xrdct::app {

/// Images of the detector as the job names them, [pixel]; empty: none.
struct DetectorImages {
  std::vector<std::uint8_t> mask;                                      //!< union of the masks
  std::vector<float> dark, flat, variance, dark_variance, absorption;  //!< NaN: not usable, masked
  core::CorrectionImages views() const {
    return {.mask = mask,
            .flat = flat,
            .dark = dark,
            .absorption = absorption,
            .variance = variance,
            .dark_variance = dark_variance};
  }
};

/// A job with all that it names opened and checked; no frame has been read.
struct Inputs {
  config::Job job;
  config::PoniFile poni;
  std::unique_ptr<io::FrameSource> source;
  std::optional<core::Geometry> geometry;
  DetectorImages images;
  std::unique_ptr<io::ScanValues> monitor;  //!< [frame]; nullptr: none
  double monitor_reference = 1.0;
  std::optional<MotorPlaces> motors;  //!< where the job names positions
  core::PlaceMap places;
  core::BlockPlan blocks;
  bool finished = false;  //!< the output is there, and is what this job would make again
  std::vector<std::string> warnings;
};

/// Whether the output is looked at and tried, by files that are made beside it for a moment. One
/// rank does it for all.
enum class OutputTrial { done, left_out };

/*!
 * Opens everything that a job names, and looks whether its output may be written. What is wrong
 * with its text is reported with what is found then.
 * \param found the frames, where another rank has found them
 * \throws core::InputError, core::IoError with all problems at once; IoError when no input is wrong
 * but files fail
 */
Inputs open_inputs(config::JobReading reading, OutputTrial trial = OutputTrial::done,
                   FoundSource const& found = {});

/// The matrix and the settings of one reduction.
/// \throws core::InputError no pixel reaches its bins, too
core::Reduction build_reduction(core::Geometry const& geometry, std::span<std::uint8_t const> mask,
                                config::ReductionJob const& reduction);

/// Builds the matrices and corrections. \throws core::InputError
core::ReductionPlan build_plan(Inputs const& inputs);

/// Why pixels are masked in the plan of these inputs.
core::MaskedPixels masked_pixels(Inputs const& inputs, core::ReductionPlan const& plan);

/// The geometry of a calibration on frames of this shape; a mismatch with its detector is an
/// InputError that says both shapes.
core::Geometry make_geometry(core::Calibration const& calibration, core::FrameShape frame,
                             std::optional<core::OrientationConvention> convention,
                             core::SampleOrientation const& sample = {});

/// Of a job without positions.
DeclaredLines declared_lines(Inputs const& inputs);

/// The monitor and the positions are those of `inputs`, which have to outlive the description.
pipeline::ScanDescription describe_scan(Inputs const& inputs, core::ReductionPlan const& plan);
io::OutputDescription describe_output(Inputs const& inputs, core::ReductionPlan const& plan,
                                      std::string_view backend);

}  // namespace xrdct::app
