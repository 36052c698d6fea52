#pragma once
#include <optional>
#include <string>

#include "config/job/job.hpp"
#include "core/words/choices.hpp"

namespace CLI {
class App;
}

namespace xrdct::app {

/// What the command line of `reduce` and `check` may set over the job's `output` and `run`.
struct ReduceOptions {
  std::string job_file;
  std::optional<std::string> output;
  bool overwrite = false;
  bool restart = false;
  std::optional<int> threads;
  std::optional<int> watchdog_s;
  std::optional<core::Engine> engine;
  std::optional<core::Writer> writer;
  bool quiet = false;
};

void add_reduce_options(CLI::App& command, ReduceOptions& options);

/// The job of the file with the options over it, and what is wrong with its text.
/// \throws core::InputError
config::JobReading job_with(ReduceOptions const& options);

}  // namespace xrdct::app
