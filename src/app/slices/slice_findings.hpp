#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/slices/slice_inputs.hpp"
#include "core/centre/rotation_centre.hpp"
#include "core/conditioning/air.hpp"
#include "core/conditioning/half_acquisition.hpp"
#include "core/conditioning/intensity_drift.hpp"
#include "core/conditioning/missing_samples.hpp"
#include "core/conditioning/zingers.hpp"
#include "core/tomography/angle_weights.hpp"

namespace xrdct::app {

/// What the sum over channels of one height says of it, to be applied to each channel.
struct HeightFindings {
  HeightGeometry geometry;
  core::SummedSinogram sum;  //!< as measured, with zingers missing where they are looked for
  core::Air air;
  core::IntensityDrift drift;
  std::vector<core::Zinger> zingers;
  core::RotationCentre centre;
  std::size_t measured = 0;  //!< samples with a good frame
  bool empty() const noexcept { return measured == 0; }
};

/// How the projections of a height are filtered and weighted, once the centre is known.
struct HeightWork {
  core::SliceGeometry geometry;
  core::AngleWeights angles;
  core::Imputation imputation;
  std::vector<double> redundancy;  //!< [translation] of a half acquisition; empty: it is none
};

/// Reads the sum over channels of a height and looks at it. Reads the whole height: main thread.
HeightFindings look_at_height(SliceInputs const& inputs, std::size_t height);

/// The centre of rotation that all heights share: that of the job, or the median of what they say;
/// the middle of the line where none says anything.
double common_centre(SliceInputs const& inputs, std::vector<double> const& centres);

HeightWork prepare_height(SliceInputs const& inputs, HeightFindings const& found, double centre);

/// What people are to know of a height: centres by all methods, what was refused and why, samples
/// that were left out. One line each.
std::string lines_of(SliceInputs const& inputs, HeightFindings const& found, std::size_t height);

}  // namespace xrdct::app
