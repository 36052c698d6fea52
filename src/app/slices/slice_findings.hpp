#pragma once
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "app/slices/slice_inputs.hpp"
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
  /// Which samples there are, zingers left out; the sums themselves are not kept.
  core::SummedSinogram sum;
  core::Air air;
  core::IntensityDrift drift;
  std::size_t zingers = 0;  //!< samples that were left out
  /// Centres of rotation by all methods, in the order of `core::CentreMethod`; NaN: none
  std::array<double, 4> centres = no_centres;
  std::optional<double> centre;  //!< that of the method which is used
  bool half_acquisition = false;
  std::size_t measured = 0;  //!< samples with a good frame
  bool empty() const noexcept { return measured == 0; }

  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  static constexpr std::array<double, 4> no_centres{nan, nan, nan, nan};
};

/// How the projections of a height are filtered and weighted, once the centre is known.
struct HeightWork {
  core::SliceGeometry geometry;
  core::AngleWeights angles;
  core::Imputation imputation;
  std::vector<double> redundancy;  //!< [translation] of a half acquisition; empty: it is none
};

/// The centre of rotation that all heights share: that of the job, or the median of what they say;
/// the middle of the line where none says anything.
double common_centre(SliceInputs const& inputs, std::vector<double> const& centres);

/// Where its projections lie, once the centre is known.
core::SliceGeometry geometry_with(SliceInputs const& inputs, HeightGeometry const& geometry,
                                  double centre);

HeightWork prepare_height(SliceInputs const& inputs, HeightFindings const& found, double centre);

}  // namespace xrdct::app
