// Writes a calibration as a PONI file.
#include <boost/json.hpp>

#include "config/calibration/poni.hpp"
#include "config/json/json_text.hpp"

namespace xrdct::config {

std::string poni_text(core::Calibration const& calibration) {
  namespace json = boost::json;
  auto const& detector = calibration.detector;
  json::object config;
  if (detector.pixel1_m) config["pixel1"] = *detector.pixel1_m;
  if (detector.pixel2_m) config["pixel2"] = *detector.pixel2_m;
  if (detector.max_shape)
    config["max_shape"] = json::array{detector.max_shape->rows, detector.max_shape->columns};
  config["orientation"] = detector.orientation;
  if (detector.radius_m) config["radius"] = *detector.radius_m;
  if (!detector.spline_file.empty()) config["splineFile"] = detector.spline_file;
  if (!detector.nexus_file.empty()) config["filename"] = detector.nexus_file;
  if (detector.sensor) {
    json::object sensor{{"material", detector.sensor->material}};
    if (detector.sensor->thickness_m) sensor["thickness"] = *detector.sensor->thickness_m;
    config["sensor"] = sensor;
  }
  std::string text = "# Nota: C-Order, 1 refers to the Y axis, 2 to the X axis\n";
  text += calibration.parallax ? "poni_version: 3\n" : "poni_version: 2.1\n";
  auto const line = [&](char const* key, std::string const& value) {
    text += std::string(key) + ": " + value + "\n";
  };
  line("Detector", detector.name);
  line("Detector_config", canonical_text(config));
  line("Distance", number_text(calibration.distance_m));
  line("Poni1", number_text(calibration.poni1_m));
  line("Poni2", number_text(calibration.poni2_m));
  line("Rot1", number_text(calibration.rot1_rad));
  line("Rot2", number_text(calibration.rot2_rad));
  line("Rot3", number_text(calibration.rot3_rad));
  if (calibration.wavelength_m) line("Wavelength", number_text(*calibration.wavelength_m));
  if (calibration.parallax) line("Parallax", "True");
  return text;
}

}  // namespace xrdct::config
