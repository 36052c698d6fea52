// Looks whether a run gets on.
#include "io/ranks/watchdog.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace xrdct::io {

Watchdog::Watchdog(double seconds, std::function<std::uint64_t()> progress,
                   std::function<void()> bark)
    : seconds_(seconds),
      progress_(std::move(progress)),
      bark_(std::move(bark)),
      thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    std::lock_guard const lock(mutex_);
    end_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Watchdog::watch() {
  using Clock = std::chrono::steady_clock;
  double const tick = std::clamp(seconds_ / 20.0, 0.02, 1.0);
  std::unique_lock lock(mutex_);
  std::uint64_t last = progress_();
  double without = 0.0;
  for (auto before = Clock::now();
       !ended_.wait_for(lock, std::chrono::duration<double>(tick), [this] { return end_; });) {
    auto const now = Clock::now();
    double const elapsed = std::chrono::duration<double>(now - before).count();
    before = now;
    std::uint64_t const progress = progress_();
    without = progress == last ? without + std::min(elapsed, 2.0 * tick) : 0.0;
    last = progress;
    if (without <= seconds_) continue;
    bark_();
    return;
  }
}

}  // namespace xrdct::io
