// The plan that the benchmarks reduce by: an Eiger 4M, 1000 bins, one mean.
#include "eiger_plan.hpp"

#include <vector>

#include "core/matrix/plan_building.hpp"
#include "eiger_frame.hpp"

namespace xrdct::benchmarks {

core::Geometry eiger_geometry(core::FrameShape shape) {
  core::Calibration calibration;
  calibration.distance_m = 0.2;
  calibration.poni1_m = 75e-6 * static_cast<double>(shape.rows) / 2.0;
  calibration.poni2_m = 75e-6 * static_cast<double>(shape.columns) / 2.0;
  calibration.wavelength_m = 1e-10;
  calibration.detector.pixel1_m = calibration.detector.pixel2_m = 75e-6;
  return core::Geometry(calibration, core::make_detector(calibration.detector, shape));
}

core::ReductionPlan eiger_plan(core::Geometry const& geometry, EigerFrames const& frames) {
  core::FrameShape const shape = geometry.shape();
  std::vector<std::uint8_t> mask(shape.pixels());
  for (std::size_t p = 0; frames.masked && p < shape.pixels(); ++p)
    mask[p] = in_gap(p / shape.columns, p % shape.columns);
  std::vector<float> const dark_counts(frames.dark ? shape.pixels() : 0, 0.25f);
  core::ReductionPlan plan;
  plan.shape = shape;
  plan.encoding = {frames.pixel_bytes == 2 ? core::PixelType::u16 : core::PixelType::u32,
                   core::Filter::bitshuffle_lz4};
  plan.corrections =
      core::build_corrections(geometry, {}, false, {.mask = mask, .dark = dark_counts});
  plan.valid = core::ValidValues::of(plan.encoding.type);
  return plan;
}

}  // namespace xrdct::benchmarks
