// Counts the steps of this process.
#include "core/scan/progress.hpp"

#include <atomic>
#include <utility>

namespace xrdct::core {
namespace {

std::atomic<std::uint64_t> steps = 0;
thread_local std::function<void()> of_this_thread;

}  // namespace

void note_progress() noexcept {
  steps.fetch_add(1, std::memory_order_relaxed);
  if (of_this_thread) of_this_thread();
}

std::uint64_t progress_noted() noexcept { return steps.load(std::memory_order_relaxed); }

void on_progress(std::function<void()> work) { of_this_thread = std::move(work); }

}  // namespace xrdct::core
