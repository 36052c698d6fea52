// Gathers what a command reads, so that it writes over none of it.
#include "app/command_files.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "config/poni.hpp"

namespace xrdct::app {
namespace {

void add_detector(io::InputFiles& files, core::DetectorChoice const& detector) {
  if (!detector.spline_file.empty()) files.add(detector.spline_file, "the distortion of the calibration");
  if (!detector.nexus_file.empty()) files.add_whole(detector.nexus_file, "the detector of the calibration");
}

template <class Resolve>
void add_images(io::InputFiles& files, config::CalibrationFiles const& calibration, Resolve const& resolve) {
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

}  // namespace

io::InputFiles input_files(Inputs const& inputs) {
  auto const& job = inputs.job;
  auto const resolve = [&](std::string const& path) { return job.resolve(path).string(); };
  io::InputFiles files;
  if (!job.file.empty()) files.add(job.file, "the job");
  for (auto const& file : job.scan.files) files.add(resolve(file), "the scan");
  if (inputs.source)
    for (auto const& file : inputs.source->opened_files()) files.add(file, "a file of the scan");
  if (!job.calibration.poni.empty()) files.add(resolve(job.calibration.poni), "the calibration");
  add_detector(files, inputs.poni.calibration.detector);
  add_images(files, job.calibration, resolve);
  if (auto const& monitor = job.scan.monitor; monitor && !(monitor->file.empty() && job.scan.files.empty()))
    files.add_dataset(resolve(monitor->file.empty() ? job.scan.files.front() : monitor->file), monitor->dataset, "the monitor");
  return files;
}

io::InputFiles input_files(IntegrateOptions const& options, config::ImageJob const& image, ImageFrames const& frames) {
  io::InputFiles files;
  for (auto const& location : options.images) files.add_image(location, "an image");
  for (auto const& file : frames.opened_files()) files.add(file, "a file of an image");
  if (!options.config.empty()) files.add(options.config, "the configuration");
  if (image.poni) add_detector(files, image.poni->calibration.detector);
  if (auto const& poni = image.job.calibration.poni; !poni.empty()) {
    files.add(poni, "the calibration");
    try {
      // A pipe gives its text once, and that is needed elsewhere.
      if (!std::filesystem::is_fifo(poni)) add_detector(files, config::read_poni(poni).calibration.detector);
    } catch (std::exception const&) {
      // Told where it is read to be used.
    }
  }
  add_images(files, image.job.calibration, [](std::string const& path) { return path; });
  for (auto const& dark : image.dark) files.add_image(dark, "the dark");
  for (auto const& flat : image.flat) files.add_image(flat, "the flat");
  if (options.monitor) files.add_image(*options.monitor, "the monitor");
  return files;
}

std::filesystem::path output_path(config::Job const& job) { return io::link_target(job.resolve(job.output.file)); }

void require_output(Inputs const& inputs, std::uint64_t bytes, io::OutputGuard::Space space) {
  io::OutputGuard guard(input_files(inputs));
  guard.add({output_path(inputs.job), io::OutputRole::reduction, inputs.job.output.overwrite, bytes, {}, "output.file or --output"});
  guard.require(space);
}

void require_drawing(std::filesystem::path const& viewed, std::filesystem::path const& output, bool text) {
  io::InputFiles inputs;
  inputs.add(viewed, "the file to view");
  io::OutputGuard guard(std::move(inputs));
  guard.add({.file = io::link_target(output), .role = text ? io::OutputRole::text : io::OutputRole::picture, .give_another = "--output"});
  guard.require();
}

}  // namespace xrdct::app
