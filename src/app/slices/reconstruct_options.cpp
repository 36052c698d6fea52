// The command line of `xrdct reconstruct`.
#include "app/slices/reconstruct_options.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/session/option_checks.hpp"
#include "core/words/errors.hpp"

namespace xrdct::app {

namespace {

/// As in a job, an option of another algorithm is no option.
void require_fitting(ReconstructOptions const& options, config::SlicesJob const& job) {
  auto const algorithm = options.algorithm.value_or(job.reconstruction.algorithm);
  bool const is_fbp = algorithm == core::SliceAlgorithm::fbp;
  if (options.window && !is_fbp)
    throw core::InputError({.what = "use --window",
                            .expected = "the algorithm fbp, which filters",
                            .found = std::string(core::name_of(algorithm)),
                            .attempt = "leave it out"});
  if (options.iterations && is_fbp)
    throw core::InputError({.what = "use --iterations",
                            .expected = "the algorithm sirt or cgls",
                            .found = "fbp, which has none",
                            .attempt = "give --algorithm, too"});
}

}  // namespace

config::SlicesJob slices_job_with(ReconstructOptions const& options) {
  config::SlicesJob job;
  if (options.what.ends_with(".json")) {
    job = config::read_slices_job(options.what);
  } else {
    job.folder = std::filesystem::current_path();
    job.sinograms.file = options.what;
  }
  require_fitting(options, job);
  if (options.output) job.output.file = std::filesystem::absolute(*options.output).string();
  if (options.algorithm) job.reconstruction.algorithm = *options.algorithm;
  if (options.window) job.reconstruction.window = *options.window;
  if (options.iterations) job.reconstruction.iterations = *options.iterations;
  if (options.centre) job.grid.centre = *options.centre;
  if (options.overwrite) job.output.overwrite = true;
  if (options.threads) job.run.threads = *options.threads;
  if (options.watchdog_s) job.run.watchdog_s = *options.watchdog_s;
  if (options.writer) job.run.writer = *options.writer;
  return job;
}

void add_reconstruct_options(CLI::App& command, ReconstructOptions& options) {
  command.add_option("sinograms", options.what, "Output of xrdct reduce, or a job (.json)")
      ->required()
      ->check(some_name());
  command
      .add_option("-o,--output", options.output,
                  "Output file; default: <sinograms>_slices.h5 beside the sinograms")
      ->check(some_name());
  add_choice(command, "--algorithm", options.algorithm, "; default fbp");
  add_choice(command, "--window", options.window, "; of fbp; default none");
  command
      .add_option("--centre", options.centre,
                  "Centre of rotation, index of translations; default: it is looked for")
      ->check(number_from(-1e6, 1e6, "60.2"));
  command.add_option("--iterations", options.iterations, "Of sirt and cgls; default 100")
      ->check(whole_number(1, 100000));
  command.add_flag("--overwrite", options.overwrite,
                   "Replace an output that xrdct wrote; never anything else");
  command.add_flag("--restart", options.restart,
                   "Discard what an earlier run has left unfinished, and begin again");
  command.add_flag("--dry-run", options.dry_run,
                   "Look at the sinograms, tell the plan, the memory and what forbids the output; "
                   "write nothing");
  command.add_option("--threads", options.threads, "Threads per rank; 0: as for reduce")
      ->check(whole_number(0, 65536));
  command
      .add_option("--watchdog", options.watchdog_s,
                  "Seconds without progress after which the run ends; 0: never; default 300")
      ->check(whole_number(0, 1000000));
  add_choice(command, "--writer", options.writer, "; default collective");
  command.add_flag("-q,--quiet", options.quiet, "No progress, no findings");
}

}  // namespace xrdct::app
