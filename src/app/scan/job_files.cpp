// Gathers what the commands on a job read, so that they write over none of it.
#include "app/scan/job_files.hpp"

#include <string>

#include "app/calibration/calibration_files.hpp"

namespace xrdct::app {

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
  if (auto const& monitor = job.scan.monitor;
      monitor && !(monitor->file.empty() && job.scan.files.empty()))
    files.add_dataset(resolve(monitor->file.empty() ? job.scan.files.front() : monitor->file),
                      monitor->dataset, "the monitor");
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
