// How many threads a rank starts, and whether it can.
#include "app/session/threads.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <span>
#include <sstream>
#include <system_error>
#include <thread>
#include <vector>

#include "core/words/errors.hpp"
#include "io/ranks/agreement.hpp"
#include "kokkos/runtime.hpp"

namespace xrdct::app {
namespace {

/// Host name and processors: two ranks with equal keys share their processors.
std::vector<std::byte> placement_key() {
  auto const processors = kernels::processors();
  auto const numbers = std::as_bytes(std::span(processors));
  std::vector<std::byte> key(256);
  gethostname(reinterpret_cast<char*>(key.data()), 255);
  key.insert(key.end(), numbers.begin(), numbers.end());
  return key;
}

int chosen_threads(int requested, int ranks_sharing) {
  if (requested > 0) return requested;
  if (char const* given = std::getenv("OMP_NUM_THREADS"); given != nullptr && std::atoi(given) > 0)
    return std::atoi(given);
  return std::clamp(available_processors() / ranks_sharing, 1, kernels::most_threads());
}

/// As many threads as the kernels will start, which do nothing. The limits of a machine (of a user,
/// of a job, of memory) are many, and a library that cannot start a thread ends the program.
class TrialThreads {
 public:
  explicit TrialThreads(int count) : wanted_(count) {
    if (count > kernels::most_threads()) return;
    try {
      while (static_cast<int>(threads_.size()) + 1 < count)
        threads_.emplace_back([this] { end_.wait(false); });
    } catch (std::system_error const& error) {
      reason_ = error.code().message();
    }
  }
  ~TrialThreads() {
    end_ = true;
    end_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  TrialThreads(TrialThreads const&) = delete;
  TrialThreads& operator=(TrialThreads const&) = delete;

  /// \throws core::InputError
  void require() const {
    std::string const what = fmt::format("start {} threads", wanted_),
                      advice = "give fewer with --threads, run.threads or OMP_NUM_THREADS";
    if (wanted_ > kernels::most_threads())
      throw core::InputError(
          {.what = what,
           .expected = fmt::format("at most {} for each process", kernels::most_threads()),
           .attempt = advice + ", and start more ranks"});
    if (!reason_.empty())
      throw core::InputError(
          {.what = what,
           .expected = "leave of the machine to start so many (ulimit -u, the job, memory)",
           .found = fmt::format("\"{}\" after {}", reason_, threads_.size() + 1),
           .attempt = advice});
  }

 private:
  int wanted_;
  std::atomic<bool> end_ = false;
  std::vector<std::thread> threads_;
  std::string reason_;
};

}  // namespace

int available_processors() { return std::max(1, static_cast<int>(kernels::processors().size())); }

int threads_of_rank(io::Communicator& communicator, int requested) {
  auto const keys = communicator.gather(placement_key());
  std::string sharing;
  for (auto const& key : keys)
    sharing += fmt::format("{} ", std::count(keys.begin(), keys.end(), key));
  std::istringstream counts(communicator.broadcast(sharing));
  int ranks_sharing = 1;
  for (int rank = 0; rank <= communicator.rank(); ++rank) counts >> ranks_sharing;
  int const threads = chosen_threads(requested, ranks_sharing);
  TrialThreads const trial(threads);  // until all ranks have theirs: they share the limits
  on_all_ranks(communicator, [&] { trial.require(); });
  return threads;
}

int threads_alone(int requested) {
  int const threads = chosen_threads(requested, 1);
  TrialThreads(threads).require();
  return threads;
}

std::optional<std::string> ignored_threads_warning() {
  char const* const given = std::getenv("KOKKOS_NUM_THREADS");
  if (given == nullptr) return {};
  return fmt::format(
      "KOKKOS_NUM_THREADS={} is ignored; --threads, run.threads or OMP_NUM_THREADS says how many "
      "threads there are",
      given);
}

}  // namespace xrdct::app
