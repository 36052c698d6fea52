#include "io/ranks/stop_signals.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

constexpr int went_on = 7;

/// \returns the status of a process that does this, or 128 + the signal that ended it
template <class Work>
int status_of(Work const& work) {
  pid_t const process = fork();
  if (process == 0) {
    work();
    _exit(went_on);
  }
  int status = 0;
  if (waitpid(process, &status, 0) != process) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(StopSignals, AreKeptForTheEndOfABlock) {
  EXPECT_EQ(status_of([] {
              StopSignals signals;
              signals.keep();
              raise(SIGUSR2);
              if (stop_signal() != SIGUSR2) _exit(1);
            }),
            went_on);
}

TEST(StopSignals, OfTwoKindsEndAtOnce) {
  EXPECT_EQ(status_of([] {
              StopSignals signals;
              signals.keep();
              raise(SIGUSR2);
              raise(SIGTERM);
            }),
            static_cast<int>(core::ExitStatus::stopped));
}

TEST(StopSignals, AreGivenBackByARunThatWasNotStopped) {
  EXPECT_EQ(status_of([] {
              {
                StopSignals signals;
                signals.keep();
              }
              raise(SIGTERM);
            }),
            128 + SIGTERM);
}

// A run that stops has still to leave MPI. A batch system, or its launcher, says TERM once more.
TEST(StopSignals, DoNotChangeTheStatusOfARunThatWasStopped) {
  auto const stopped_by = [](int signal) {
    StopSignals signals;
    signals.keep();
    raise(signal);
  };
  EXPECT_EQ(status_of([&] {
              stopped_by(SIGTERM);
              raise(SIGTERM);
            }),
            went_on);
  EXPECT_EQ(status_of([&] {
              stopped_by(SIGUSR1);
              raise(SIGTERM);
            }),
            static_cast<int>(core::ExitStatus::stopped));
  EXPECT_EQ(status_of([&] {
              {
                StopSignals signals;
                signals.keep();
                ask_to_stop(SIGTERM);  // another rank was
              }
              raise(SIGTERM);
            }),
            went_on);
}

}  // namespace
}  // namespace xrdct::io
