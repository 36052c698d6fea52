// The texts that go with a simulated scan: the job that reduces it, and its settings.
#include "app/simulation/simulated_job.hpp"

#include <string>

#include "config/json/json_object.hpp"

namespace xrdct::app {
namespace {

using config::in_quotes;
using Object = config::JsonObject;

std::string shape_text(core::ScanShape const& scan) {
  return Object()
      .count("height", scan.height)
      .count("slow", scan.slow)
      .count("fast", scan.fast)
      .done();
}

std::string axis_text(std::string const& name, core::SimulatedAxis const& axis,
                      std::string const& unit) {
  return Object()
      .text("name", name)
      .number("start", axis.start)
      .number("step", axis.step)
      .text("unit", unit)
      .done();
}

}  // namespace

std::string simulated_job(SimulateOptions const& options, std::string const& scan_file,
                          std::string const& dataset, std::string const& monitor) {
  auto const& s = options.settings;
  std::string const polarization =
      s.polarization
          ? Object().number("factor", s.polarization_factor).number("offset_deg", 0.0).done()
          : std::string("null");
  std::string const mask = s.hot_pixels > 0 ? "[\"truth.h5:/entry/detector/hot_pixels\"]" : "[]";
  std::string const reduction = Object()
                                    .text("name", "mean")
                                    .text("method", "mean")
                                    .text("splitting", core::name_of(options.splitting))
                                    .text("unit", "q_nm^-1")
                                    .count("bins", options.bins)
                                    .text("error_model", "poisson")
                                    .done();
  std::string job = "{\n  \"scan\": {\n";
  job +=
      "    \"files\": [" + in_quotes(scan_file) + "], \"dataset\": " + in_quotes(dataset) + ",\n";
  job += "    \"shape\": " + shape_text(options.scan()) + ",\n";
  job += "    \"slow\": " + axis_text("rotation", s.rotation_deg, "deg") + ",\n";
  job += "    \"fast\": " + axis_text("translation", s.translation_mm, "mm") + ",\n";
  job += "    \"height\": " + axis_text("height", s.height_mm, "mm") + ",\n";
  job += std::string("    \"snake\": ") + (s.snake ? "true" : "false") + ",\n";
  job += "    \"monitor\": " +
         Object().text("dataset", monitor).number("reference", simulated_monitor_reference).done() +
         "\n  },\n";
  job += "  \"calibration\": {\"poni\": \"calib.poni\", \"mask\": " + mask + "},\n";
  job += "  \"corrections\": {\"solid_angle\": " + std::string(s.solid_angle ? "true" : "false") +
         ", \"polarization\": " + polarization + "},\n";
  job += "  \"reductions\": [\n    " + reduction + "\n  ],\n";
  job += "  \"output\": {\"file\": \"scan_xrdct.h5\", \"overwrite\": false}\n}\n";
  return job;
}

std::string simulated_parameters(SimulateOptions const& options) {
  auto const& s = options.settings;
  auto const& c = s.calibration;
  return Object()
      .text("detector", c.detector.name)
      .count("rows", s.frame.rows)
      .count("columns", s.frame.columns)
      .text("type", core::name_of(s.type))
      .number("distance_m", c.distance_m)
      .number("poni1_m", c.poni1_m)
      .number("poni2_m", c.poni2_m)
      .number("rot1_rad", c.rot1_rad)
      .number("rot2_rad", c.rot2_rad)
      .number("rot3_rad", c.rot3_rad)
      .number("wavelength_m", c.wavelength_m.value_or(0.0))
      .raw("shape", shape_text(s.scan))
      .count("repeat", options.repeat)
      .raw("rotation", axis_text("rotation", s.rotation_deg, "deg"))
      .raw("translation", axis_text("translation", s.translation_mm, "mm"))
      .raw("height", axis_text("height", s.height_mm, "mm"))
      .flag("snake", s.snake)
      .number("sample_radius_mm", s.sample_radius_mm)
      .number("counts", s.counts)
      .number("air_share", s.air_share)
      .number("peak_fwhm_deg", s.peak_fwhm_deg)
      .flag("solid_angle", s.solid_angle)
      .flag("polarization", s.polarization)
      .number("polarization_factor", s.polarization_factor)
      .number("monitor_drift", s.monitor_drift)
      .count("hot_pixels", s.hot_pixels)
      .number("hot_counts", s.hot_counts)
      .count("spots", s.spots)
      .number("spot_counts", s.spot_counts)
      .count("seed", s.seed)
      .done();
}

}  // namespace xrdct::app
