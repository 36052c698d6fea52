// Compares a reconstruction with what was made of it before.
#include "app/slices/finished_slices.hpp"

#include <fmt/core.h>

#include <cmath>
#include <iostream>

#include "app/scan/earlier_run.hpp"
#include "app/session/version.hpp"
#include "app/session/warnings.hpp"
#include "app/slices/slice_description.hpp"
#include "core/words/errors.hpp"
#include "io/guard/file_origin.hpp"
#include "io/nexus/making.hpp"
#include "io/output/output_part.hpp"
#include "io/stored/slices_reader.hpp"

namespace xrdct::app {
namespace {

io::Making making_of(SliceInputs const& inputs, std::string_view backend) {
  return {.program = {version, revision,
                      std::string(core::name_of(inputs.job.reconstruction.algorithm)),
                      std::string(backend)},
          .job = config::canonical_slices_job(inputs.job, backend),
          .poni = inputs.sinograms->reader().poni_text(),
          .inputs = listed_inputs(inputs)};
}

}  // namespace

io::RunIdentity identity_of_run(SliceInputs const& inputs, io::InputFiles const& files,
                                std::string_view backend) {
  io::RunIdentity identity;
  identity.add("the program", std::string("xrdct ") + version + " " + revision);
  identity.add("the back end", std::string(backend));
  identity.add("the job", config::canonical_slices_job(inputs.job, backend));
  identity.add("the sinograms", inputs.sinograms->identity());
  add_files(files, identity);
  return identity;
}

bool is_finished(SliceInputs const& inputs, std::string_view backend) {
  auto const output = inputs.job.output_file();
  if (io::origin_of(output) != io::FileOrigin::slices) return false;
  try {
    if (io::making_of_output(output) != making_of(inputs, backend)) return false;
    return is_newer(output, input_files(inputs));
  } catch (core::IoError const&) {
    return false;  // an output of another kind or version
  }
}

std::string missing_text(std::int64_t samples) {
  return fmt::format(
      "{} samples of all heights have no good frame; they are counted in /entry/conditioning",
      samples);
}

std::int64_t missing_samples(std::filesystem::path const& output) {
  io::SlicesReader const reader(output);
  auto const reduction = reader.reductions().front();  // samples are those of frames: of all alike
  double missing = 0.0;
  for (std::size_t height = 0; height < reader.shape().height; ++height)
    for (double const samples : reader.result(reduction, "missing", height)) missing += samples;
  return std::llround(missing);
}

std::int64_t tell_finished(std::filesystem::path const& output) {
  io::remove_remains(output, io::OutputRole::slices);
  std::cout << output.string()
            << " is finished: this program made it of this job and these sinograms; --overwrite "
               "makes it again"
            << std::endl;
  auto const missing = missing_samples(output);
  if (missing > 0) warn(missing_text(missing));
  return missing;
}

}  // namespace xrdct::app
