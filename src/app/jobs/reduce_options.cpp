// The options of `reduce` and `check`.
#include "app/jobs/reduce_options.hpp"

#include <CLI/CLI.hpp>

#include "app/session/option_checks.hpp"

namespace xrdct::app {
namespace {

char const* const scans = "Scans";
char const* const run = "Run";

void add_scans(CLI::App& command, ReduceOptions& options) {
  command
      .add_option("job", options.words,
                  "Job file (JSON), or several; files of frames behind one take the place of its "
                  "own; with --poni files alone will do (HDF5, images, a folder, 'img_*.cbf')")
      ->option_text("JOB.json … FILE … REQUIRED")
      ->check(some_name())
      ->required();
  command
      .add_option("--set", options.set,
                  "A value over that of the job: scan.shape.slow=96, reductions[0].bins=500, "
                  "'scan.files=[\"a.h5\"]'; repeat it")
      ->allow_extra_args(false)
      ->group(scans);
  command
      .add_option("--poni", options.poni,
                  "Calibration (PONI file) over that of the job; without a job the rest is found "
                  "in the files, as xrdct inspect shows it")
      ->check(some_name())
      ->group(scans);
  command
      .add_flag("--each", options.each,
                "Each file is a scan of its own, with an output that is named after it; outputs of "
                "xrdct among them are left out")
      ->group(scans);
  command
      .add_option("-o,--output", options.output,
                  "Output file, instead of the job's; relative to the working folder. Of several "
                  "scans: the folder of their outputs")
      ->check(some_name())
      ->group(scans);
}

}  // namespace

void add_reduce_options(CLI::App& command, ReduceOptions& options) {
  add_scans(command, options);
  command
      .add_flag("--overwrite", options.overwrite,
                "Replace an output that xrdct wrote; never anything else")
      ->group(run);
  command
      .add_flag("--restart", options.restart,
                "Discard what an earlier run has left unfinished, and begin again")
      ->group(run);
  command
      .add_option("--threads", options.threads,
                  "Threads per rank; 0: OMP_NUM_THREADS, else processors / ranks of the node")
      ->check(whole_number(0, 65536))
      ->group(run);
  command
      .add_option("--watchdog", options.watchdog_s,
                  "Seconds without anything read, reduced or written anywhere after which the run "
                  "ends; 0: never; default 300")
      ->check(whole_number(0, 1000000))
      ->group(run);
  add_choice(command, "--engine", options.engine, "; default fused")->group(run);
  add_choice(command, "--writer", options.writer, "; default collective")->group(run);
}

}  // namespace xrdct::app
