#pragma once
#include <chrono>
#include <thread>

/// Reading again after an error of the device: network file systems recover from some.
namespace xrdct::io {

inline constexpr int most_read_tries = 3;

/// Waits before the next try, longer after each. \param failures so far, from 1
inline void pause_after(int failures) {
  std::this_thread::sleep_for(std::chrono::milliseconds(10 * failures));
}

}  // namespace xrdct::io
