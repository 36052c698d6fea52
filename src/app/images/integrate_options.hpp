#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/files/picture_options.hpp"
#include "config/job/image_job.hpp"

namespace CLI {
class App;
}

namespace xrdct::app {

/// The command line of `xrdct integrate`; what was not given is empty and leaves the configuration
/// as it is.
struct IntegrateOptions {
  std::vector<std::string> images, outputs, masks, dark, flat, invalid;
  std::string poni, config, comment = "#";
  std::optional<std::string> dataset, frames, method, unit, variance, dark_variance, absorption,
      monitor;
  std::optional<core::PatternKind> pattern;
  std::optional<core::Splitting> splitting;
  std::optional<core::ErrorModel> error_model;
  std::optional<core::OrientationConvention> convention;
  std::optional<core::Engine> engine;
  std::vector<std::int64_t> frame;
  std::vector<double> quantiles, radial_range, azimuth_range;
  std::optional<double> threshold, polarization, polarization_offset, sensor_transmission,
      saturated_above, empty, normalization_factor, monitor_reference, incident_angle, tilt_angle;
  std::optional<int> cycles, sample_orientation;
  std::optional<std::size_t> bins, azimuthal_bins;
  bool no_solid_angle = false, no_detector_mask = false, deviation = false;
  PictureOptions look;
  int threads = 0;
};

void add_options(CLI::App& command, IntegrateOptions& options);

/// The configuration file, where there is one, with the options on top.
/// \throws core::InputError with all problems at once
config::ImageJob image_job(IntegrateOptions const& options);

}  // namespace xrdct::app
