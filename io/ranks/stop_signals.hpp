#pragma once
#include <string>

/// Signals that ask a run to end: TERM, INT, USR1, USR2. Slurm sends one of them before the time
/// limit.
namespace xrdct::io {

/*!
 * Takes the signals over for its life, and gives them back, but to a process that was asked to
 * stop: it has still to leave MPI, and its status is to be `stopped` in any case. A second signal
 * ends the process at once, with this status and no word. Signals of the same kind within 2 s are
 * one: batch systems send them to processes and to their launcher, which forwards them.
 */
class StopSignals {
 public:
  /// Ends the process at the first signal, too, with one line: nothing is lost yet.
  StopSignals();
  ~StopSignals();
  StopSignals(StopSignals const&) = delete;
  StopSignals& operator=(StopSignals const&) = delete;
  /// From now on the first signal is kept for `stop_signal`.
  void keep();
};

/// The signal by which this process was asked to stop, or hears that another rank was; 0: none.
int stop_signal() noexcept;
/// Says so of another rank.
void ask_to_stop(int signal) noexcept;
/// "SIGTERM".
std::string name_of_signal(int signal);

}  // namespace xrdct::io
