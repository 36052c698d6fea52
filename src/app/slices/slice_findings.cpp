// What the sum over channels says is prepared to be done to each channel.
#include "app/slices/slice_findings.hpp"

#include "core/conditioning/robust_statistics.hpp"

namespace xrdct::app {

double common_centre(SliceInputs const& inputs, std::vector<double> const& centres) {
  if (inputs.job.grid.centre) return *inputs.job.grid.centre;
  return centres.empty() ? (static_cast<double>(inputs.translations) - 1.0) / 2.0
                         : core::median(centres);
}

core::SliceGeometry geometry_with(SliceInputs const& inputs, HeightGeometry const& geometry,
                                  double centre) {
  core::SliceGeometry with{.angles = geometry.angles,
                           .translations = inputs.translations,
                           .step = inputs.step,
                           .centres = {},
                           .side = inputs.side};
  for (double const shift : geometry.shift) with.centres.push_back(centre - shift);
  return with;
}

HeightWork prepare_height(SliceInputs const& inputs, HeightFindings const& found, double centre) {
  HeightWork work;
  work.geometry = geometry_with(inputs, found.geometry, centre);
  work.imputation = core::impute(found.sum, work.geometry.centres);
  if (found.half_acquisition) {
    work.redundancy = core::redundancy_weights(inputs.translations, centre);
    work.angles = core::full_turn_weights(found.geometry.angles);
    for (std::size_t p = 0; p < inputs.projections; ++p)
      if (work.imputation.empty_projection[p]) work.angles.weight[p] = 0.0;
  } else {
    work.angles = core::measured_angle_weights(found.sum);
  }
  return work;
}

}  // namespace xrdct::app
