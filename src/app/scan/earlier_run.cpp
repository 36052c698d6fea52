// Compares a job with what was made of it before.
#include "app/scan/earlier_run.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <filesystem>

#include "app/scan/job_files.hpp"
#include "app/session/version.hpp"
#include "core/words/errors.hpp"
#include "io/guard/file_origin.hpp"
#include "io/nexus/making.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "pipeline/resumption.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

io::Making making_of(Inputs const& inputs, std::string_view backend) {
  return {.program = {version, revision, std::string(core::name_of(inputs.job.run.engine)),
                      std::string(backend)},
          .job = config::canonical_job(inputs.job, backend),
          .poni = inputs.poni.text,
          .inputs = io::listed_inputs(inputs.source->files())};
}

// Of the job file its canonical text counts, not when it was saved.
bool is_job(io::InputFiles::Stamp const& stamp) { return stamp.name.starts_with("the job ("); }

}  // namespace

void add_files(io::InputFiles const& files, io::RunIdentity& identity) {
  for (auto const& file : files.stamps()) {
    if (is_job(file)) continue;
    identity.add(file.name, fmt::format("{} bytes, changed at {} ns", file.bytes, file.changed_ns));
  }
}

bool is_newer(fs::path const& output, io::InputFiles const& files) {
  auto const made = io::InputFiles::stamp_of(output, "the output");
  auto const stamps = files.stamps();
  return std::all_of(stamps.begin(), stamps.end(), [&](auto const& stamp) {
    return is_job(stamp) || (stamp.changed_ns > 0 && stamp.changed_ns <= made.changed_ns);
  });
}

io::RunIdentity identity_of_run(Inputs const& inputs, io::InputFiles const& files,
                                std::string_view backend) {
  auto const making = making_of(inputs, backend);
  io::RunIdentity identity;
  identity.add("the program", "xrdct " + making.program.version + " " + making.program.revision);
  identity.add("the back end", making.program.backend);
  identity.add("the job", making.job);
  identity.add("the calibration", making.poni);
  add_files(files, identity);
  return identity;
}

bool is_finished(Inputs const& inputs, std::string_view backend) {
  auto const output = output_path(inputs.job);
  if (io::origin_of(output) != io::FileOrigin::reduction) return false;
  try {
    if (io::making_of_output(output) != making_of(inputs, backend)) return false;
    return is_newer(output, input_files(inputs));
  } catch (core::IoError const&) {
    return false;  // an output of another kind or version
  }
}

pipeline::FrameCounts frames_of_output(fs::path const& output) {
  io::SinogramReader const reader(output);
  pipeline::FrameCounts counts;
  for (std::size_t height = 0; height < reader.shape().height; ++height) {
    auto const statuses = reader.statuses(height);
    auto const with_pixels = reader.with_pixels(height);
    for (std::size_t place = 0; place < statuses.size(); ++place)
      pipeline::count(statuses[place], with_pixels[place], counts);
  }
  return counts;
}

void require_same_inputs(io::RunIdentity const& before, io::RunIdentity const& now,
                         fs::path const& output) {
  auto const changed = io::difference(before, now);
  if (changed.empty()) return;
  throw core::IoError(
      {.what = "finish " + output.string(),
       .expected = "inputs that stay as they are while they are read",
       .found = changed,
       .attempt = "run again when nobody writes to them, with --restart: what was made of both "
                  "states lies in " +
                  output.string() + ".part"});
}

}  // namespace xrdct::app
