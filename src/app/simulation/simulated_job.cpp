// The texts that go with a simulated scan: the job that reduces it, and its settings.
#include "app/simulation/simulated_job.hpp"

#include <string>
#include <vector>

#include "app/simulation/simulated_content.hpp"
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

std::string list_text(std::vector<std::string> const& words) {
  std::string list;
  for (auto const& word : words) list += (list.empty() ? "" : ", ") + in_quotes(word);
  return "[" + list + "]";
}

std::string list_text(std::vector<std::size_t> const& numbers) {
  std::string list;
  for (auto const number : numbers) list += (list.empty() ? "" : ", ") + std::to_string(number);
  return "[" + list + "]";
}

Object value_object(core::ValueName const& name) {
  Object object;
  if (!name.file.empty()) object.text("file", name.file);
  if (!name.dataset.empty()) object.text("dataset", name.dataset);
  if (!name.column.empty()) object.text("column", name.column);
  if (!name.header.empty()) object.text("header", name.header);
  return object;
}

std::string positions_text(SimulateOptions const& options, io::ScanNames const& names) {
  Object positions;
  positions.raw("fast", value_object(names.motors.at(0)).done());
  positions.raw("slow", value_object(names.motors.at(1)).done());
  if (names.motors.size() > 2) positions.raw("height", value_object(names.motors[2]).done());
  bool const at_start = options.settings.course.exposure == core::Exposure::start;
  return positions.text("taken", at_start ? "start" : "middle").done();
}

// The order of the frames, by the motors or by what is known of the scan.
std::string order_text(SimulateOptions const& options, io::ScanNames const& names) {
  auto const& s = options.settings;
  std::string const rotation = axis_text("rotation", s.rotation_deg, "deg"),
                    translation = axis_text("translation", s.translation_mm, "mm");
  bool const turns = s.course.rotation_fast;
  std::string text = "    \"shape\": " + shape_text(options.scan()) + ",\n";
  text += "    \"slow\": " + (turns ? translation : rotation) + ",\n";
  text += "    \"fast\": " + (turns ? rotation : translation) + ",\n";
  text += "    \"height\": " + axis_text("height", s.height_mm, "mm") + ",\n";
  if (options.motors)
    text += "    \"positions\": " + positions_text(options, names) + ",\n";
  else
    text += std::string("    \"snake\": ") + (s.course.zigzag ? "true" : "false") + ",\n";
  if (options.motors && !s.course.repeated_lines.empty()) text += "    \"repeated\": \"last\",\n";
  if (!s.course.missing_lines.empty() || !s.course.aborted_lines.empty())
    text += "    \"incomplete\": \"nan\",\n";
  return text;
}

}  // namespace

std::string simulated_job(SimulateOptions const& options, io::ScanNames const& names) {
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
  job += "    \"files\": " + list_text(names.files) + ", \"dataset\": " + in_quotes(names.dataset) +
         ",\n";
  job += order_text(options, names);
  job += "    \"monitor\": " +
         value_object(names.monitor).number("reference", simulated_monitor_reference).done() +
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
      .flag("rotation_fast", s.course.rotation_fast)
      .flag("zigzag", s.course.zigzag)
      .flag("turning_on", s.course.turning_on)
      .count("interlaced", s.course.interlaced)
      .raw("missing_lines", list_text(s.course.missing_lines))
      .raw("repeated_lines", list_text(s.course.repeated_lines))
      .raw("aborted_lines", list_text(s.course.aborted_lines))
      .raw("longer_lines", list_text(s.course.longer_lines))
      .number("jitter", s.course.jitter)
      .text("exposure", core::name_of(s.course.exposure))
      .flag("motors", options.motors)
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
