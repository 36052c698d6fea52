#pragma once
#include <optional>
#include <string>

#include "config/slices/slices_job.hpp"

namespace CLI {
class App;
}

namespace xrdct::app {

/// The command line of `xrdct reconstruct`; what is given there goes before the job.
struct ReconstructOptions {
  std::string what;  //!< a job (.json), or an output of `reduce`
  std::optional<std::string> output;
  std::optional<core::SliceAlgorithm> algorithm;
  std::optional<core::FilterWindow> window;
  std::optional<double> centre;
  std::optional<int> iterations, threads, watchdog_s;
  std::optional<core::Writer> writer;
  bool overwrite = false, restart = false, quiet = false, dry_run = false;
};

void add_reconstruct_options(CLI::App& command, ReconstructOptions& options);

/// The job that a command line asks for. \throws core::InputError
config::SlicesJob slices_job_with(ReconstructOptions const& options);

}  // namespace xrdct::app
