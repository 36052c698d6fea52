#pragma once
#include <filesystem>
#include <string>

#include "tests/app/command.hpp"

/// Runs in which something is different on one rank, or happens to it.
namespace xrdct::test {

struct RankCommand {
  int ranks = 3;
  std::string command = "reduce";
  std::string words = "scan/job.json -q --output out.h5";  //!< after the command
  std::string other_words = {};                            //!< of the last rank; empty: the same
  std::string before = {};     //!< shell words that the last rank begins with
  bool own_mounts = false;     //!< of the last rank, as on another node; needs root
  std::string meanwhile = {};  //!< shell words while it runs, see below
  int limit_s = 300;           //!< then it is killed, status 124 or 137
};

/*!
 * Runs the program in a folder, its last rank in a shell of its own. `meanwhile` begins when all
 * ranks have an output to write to; $launcher is the process of the launcher, $last that of the
 * last rank, which is killed at the end.
 */
Outcome run_ranks(std::filesystem::path const& folder, RankCommand const& command);

/// Whether processes may have mounts of their own here.
bool can_mount();

/// Lines of standard error that the program ends with: errors, and what stopped it.
int last_words(Outcome const& outcome);

/// Whether the watchdog names rank 2, alone or with others, as one that gives no sign.
bool names_rank_2(Outcome const& outcome);

}  // namespace xrdct::test
