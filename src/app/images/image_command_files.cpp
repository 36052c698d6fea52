// Gathers what `integrate` reads, so that it writes over none of it.
#include "app/images/image_command_files.hpp"

#include <exception>
#include <filesystem>

#include "app/calibration/calibration_files.hpp"
#include "config/calibration/poni.hpp"

namespace xrdct::app {

io::InputFiles input_files(IntegrateOptions const& options, config::ImageJob const& image,
                           ImageArguments const& frames) {
  io::InputFiles files;
  for (auto const& location : options.images) files.add_image(location, "an image");
  for (auto const& file : frames.opened_files()) files.add(file, "a file of an image");
  if (!options.config.empty()) files.add(options.config, "the configuration");
  if (image.poni) add_detector(files, image.poni->calibration.detector);
  if (auto const& poni = image.job.calibration.poni; !poni.empty()) {
    files.add(poni, "the calibration");
    try {
      // A pipe gives its text once, and that is needed elsewhere.
      if (!std::filesystem::is_fifo(poni))
        add_detector(files, config::read_poni(poni).calibration.detector);
    } catch (std::exception const&) {
      // Reported where it is read to be used.
    }
  }
  add_images(files, image.job.calibration, [](std::string const& path) { return path; });
  for (auto const& dark : image.dark) files.add_image(dark, "the dark");
  for (auto const& flat : image.flat) files.add_image(flat, "the flat");
  if (options.monitor) files.add_image(*options.monitor, "the monitor");
  return files;
}

}  // namespace xrdct::app
