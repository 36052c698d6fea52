#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/words/choices.hpp"

namespace CLI {
class App;
}

namespace xrdct::app {

/// The command line of `reduce` and `check`: which scans, and what it sets over their jobs.
struct ReduceOptions {
  std::vector<std::string> words;  //!< jobs and files of frames
  std::vector<std::string> set;    //!< PATH=VALUE
  std::optional<std::string> poni;
  bool each = false;  //!< each file is a scan of its own
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

}  // namespace xrdct::app
