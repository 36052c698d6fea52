// Describes a scan to those who reduce it, and the output that they will make.
#include <string>
#include <string_view>

#include "app/axes/scan_axes.hpp"
#include "app/calibration/calibration_images.hpp"
#include "app/scan/inputs.hpp"
#include "app/session/version.hpp"
#include "core/words/units.hpp"
#include "io/nexus/making.hpp"

namespace xrdct::app {
namespace {

io::ReductionDescription describe_reduction(config::ReductionJob const& reduction,
                                            core::BinMatrix const& matrix) {
  auto const& binning = reduction.binning;
  return {.name = reduction.name,
          .unit_name = std::string(core::name_of(binning.unit)),
          .label = std::string(core::label_of(binning.unit)),
          .symbol = std::string(core::symbol_of(binning.unit)),
          .radial_axis = matrix.radial_axis,
          .errors = reduction.error_model != core::ErrorModel::none,
          .deviation = reduction.deviation,
          .kind = binning.kind,
          .azimuthal_axis = matrix.azimuthal_axis,
          .making = {.method = reduction.method,
                     .error_model = reduction.error_model,
                     .splitting = binning.splitting,
                     .clip = reduction.clip,
                     .quantiles = reduction.quantiles,
                     .radial_range = binning.radial_range,
                     .azimuth_range_deg = binning.azimuth_range_deg,
                     .empty = reduction.empty,
                     .lost = matrix.lost}};
}

}  // namespace

pipeline::ScanDescription describe_scan(Inputs const& inputs, core::ReductionPlan const& plan) {
  pipeline::ScanDescription scan{.places = inputs.places,
                                 .blocks = inputs.blocks,
                                 .reductions = {},
                                 .monitor = inputs.monitor.get(),
                                 .monitor_reference = inputs.monitor_reference,
                                 .bad_frames = inputs.job.scan.bad_frames};
  if (inputs.motors)
    for (auto const& motor : inputs.motors->measured) scan.positions.push_back(motor.get());
  for (std::size_t r = 0; r < plan.reductions.size(); ++r)
    scan.reductions.push_back({plan.reductions[r].matrix.bins,
                               config::finish_rule(inputs.job.reductions[r]),
                               inputs.job.reductions[r].deviation});
  return scan;
}

io::OutputDescription describe_output(Inputs const& inputs, core::ReductionPlan const& plan,
                                      std::string_view backend) {
  auto const& job = inputs.job;
  io::OutputDescription out;
  out.title = "XRD-CT sinograms of " + job.scan.files.front();
  auto const shape = inputs.places.shape();
  auto const& motors = inputs.motors;
  out.height = motors && motors->height.measured
                   ? motors->height
                   : describe_axis(job.scan.height, shape.height, "slice");
  out.slow = motors ? motors->slow : describe_axis(job.scan.slow, shape.slow, "line");
  out.fast = motors ? motors->fast : describe_axis(job.scan.fast, shape.fast, "point");
  for (std::size_t r = 0; r < job.reductions.size(); ++r) {
    out.reductions.push_back(describe_reduction(job.reductions[r], plan.reductions[r].matrix));
  }
  out.has_monitor = inputs.monitor != nullptr;
  out.solid_angle = job.corrections.solid_angle;
  out.polarization = job.corrections.polarization.has_value();
  out.version = version;
  out.revision = revision;
  out.canonical_job = config::canonical_job(job, backend);
  out.engine = core::name_of(job.run.engine);
  out.backend = backend;
  out.poni_text = inputs.poni.text;
  out.inputs = io::listed_inputs(inputs.source->files());
  out.masked_by = causes_for_output(masked_pixels(inputs, plan));
  return out;
}

}  // namespace xrdct::app
