// Gathers the files of a calibration, so that no command writes over one of them.
#include "app/calibration/calibration_files.hpp"

#include <optional>

namespace xrdct::app {

void add_detector(io::InputFiles& files, core::DetectorChoice const& detector) {
  if (!detector.spline_file.empty())
    files.add(detector.spline_file, "the distortion of the calibration");
  if (!detector.nexus_file.empty())
    files.add_whole(detector.nexus_file, "the detector of the calibration");
}

void add_images(io::InputFiles& files, config::CalibrationFiles const& calibration,
                ResolvePath const& resolve) {
  for (auto const& mask : calibration.mask) files.add_image(resolve(mask), "the mask");
  auto const add = [&](std::optional<std::string> const& image, char const* what) {
    if (image) files.add_image(resolve(*image), what);
  };
  add(calibration.dark, "the dark");
  add(calibration.flat, "the flat");
  add(calibration.variance, "the variance");
  add(calibration.dark_variance, "the variance of the dark");
  add(calibration.absorption, "the absorption");
}

}  // namespace xrdct::app
