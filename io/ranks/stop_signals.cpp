// Handlers of the signals that ask a run to end. What they call is safe in a handler.
#include "io/ranks/stop_signals.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <string_view>

#include "core/words/errors.hpp"
#include "io/ranks/last_word.hpp"

namespace xrdct::io {
namespace {

constexpr std::array stop_signals{SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
// Launchers and batch systems send a signal twice, to a process and to its group, one by one.
constexpr std::int64_t same_signal_ns = 2'000'000'000;

std::array<struct sigaction, stop_signals.size()> earlier_actions{};
std::atomic<int> received = 0;  // by this process
std::atomic<int> asked = 0;     // the same, or what another rank has received
std::atomic<bool> keeps = false;
std::atomic<std::int64_t> received_at_ns = 0;
static_assert(std::atomic<int>::is_always_lock_free &&
                  std::atomic<std::int64_t>::is_always_lock_free,
              "what a handler touches has no lock");

std::string_view word_of(int signal) {
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    case SIGUSR1:
      return "SIGUSR1";
    case SIGUSR2:
      return "SIGUSR2";
    default:
      return "a signal";
  }
}

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void put(std::string_view text) {
  [[maybe_unused]] auto const written = ::write(STDERR_FILENO, text.data(), text.size());
}

[[noreturn]] void end_at_once() { _exit(static_cast<int>(core::ExitStatus::stopped)); }

void handle(int signal) {
  int const error = errno;
  int earlier = 0;
  std::int64_t const now = now_ns();
  if (received == 0) received_at_ns = now;
  if (!received.compare_exchange_strong(earlier, signal)) {
    if (earlier != signal || now - received_at_ns > same_signal_ns) end_at_once();
    return;
  }
  ask_to_stop(signal);
  if (signal == SIGTERM) expect_end();
  if (!keeps) {
    if (have_last_word()) {
      put("xrdct: stopped by ");
      put(word_of(signal));
      put(" before the first frame; run the same command again\n");
    }
    end_at_once();
  }
  errno = error;
}

}  // namespace

StopSignals::StopSignals() {
  received = 0;
  asked = 0;
  keeps = false;
  struct sigaction action {};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  for (std::size_t i = 0; i < stop_signals.size(); ++i)
    sigaction(stop_signals[i], &action, &earlier_actions[i]);
}

StopSignals::~StopSignals() {
  if (asked != 0) return;
  for (std::size_t i = 0; i < stop_signals.size(); ++i)
    sigaction(stop_signals[i], &earlier_actions[i], nullptr);
  keeps = false;
}

void StopSignals::keep() { keeps = true; }

int stop_signal() noexcept { return asked; }

void ask_to_stop(int signal) noexcept {
  int none = 0;
  asked.compare_exchange_strong(none, signal);
}

std::string name_of_signal(int signal) { return std::string(word_of(signal)); }

}  // namespace xrdct::io
