// Gathers what the commands on a job read, so that they write over none of it.
#include "app/scan/job_files.hpp"

#include <string>

#include "app/calibration/calibration_files.hpp"

namespace xrdct::app {
namespace {

/// \param open nullptr: they could not be opened, or are closed again
void add_values(io::InputFiles& files, config::Job const& job, core::ValueName const& name,
                io::ScanValues const* open, std::string const& what) {
  if (open != nullptr) {
    for (auto const& file : open->opened_files()) files.add(file, what);
    return;
  }
  if (name.file.empty()) return;
  auto const file = io::value_file(job.resolve(name));
  if (name.dataset.empty())
    files.add(file, what);
  else
    files.add_dataset(file, name.dataset, what);
}

}  // namespace

io::InputFiles input_files(Inputs const& inputs) {
  auto const& job = inputs.job;
  auto const resolve = [&](std::string const& path) { return job.resolve(path).string(); };
  io::InputFiles files;
  if (!job.file.empty()) files.add(job.file, "the job");
  std::error_code ignored;
  for (auto const& word : job.scan.files) {
    auto const file = resolve(word.starts_with('@') ? word.substr(1) : word);
    // a folder changes when the output is made in it; its files are those of the source
    if (!std::filesystem::is_directory(file, ignored)) files.add(file, "the scan");
  }
  if (inputs.source)
    for (auto const& file : inputs.source->opened_files()) files.add(file, "a file of the scan");
  if (!job.calibration.poni.empty()) files.add(resolve(job.calibration.poni), "the calibration");
  add_detector(files, inputs.poni.calibration.detector);
  add_images(files, job.calibration, resolve);
  if (job.scan.monitor)
    add_values(files, job, *job.scan.monitor, inputs.monitor.get(), "the monitor");
  if (inputs.motors)
    for (auto const& file : inputs.motors->opened_files) files.add(file, "the positions");
  if (auto const& positions = job.scan.positions; positions && !inputs.motors) {
    add_values(files, job, positions->fast, nullptr, "the positions");
    add_values(files, job, positions->slow, nullptr, "the positions");
    if (positions->height) add_values(files, job, *positions->height, nullptr, "the positions");
  }
  return files;
}

std::filesystem::path output_path(config::Job const& job) {
  return io::link_target(job.resolve(job.output.file));
}

void require_output(Inputs const& inputs, std::uint64_t bytes, io::OutputGuard::Space space) {
  io::OutputGuard guard(input_files(inputs));
  guard.add({output_path(inputs.job),
             io::OutputRole::reduction,
             inputs.job.output.overwrite,
             bytes,
             {},
             "output.file or --output"});
  guard.require(space);
}

}  // namespace xrdct::app
