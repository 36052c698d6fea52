#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace xrdct::io {

/*!
 * A thread that looks whether a number still grows. While the process itself is stopped, as by a
 * batch system that lets another job go first, time does not count.
 */
class Watchdog {
 public:
  /*!
   * \param seconds without progress, above 0
   * \param progress a number that grows; called on the thread of the watchdog
   * \param bark called once, on that thread; not expected to return
   */
  Watchdog(double seconds, std::function<std::uint64_t()> progress, std::function<void()> bark);
  ~Watchdog();
  Watchdog(Watchdog const&) = delete;
  Watchdog& operator=(Watchdog const&) = delete;

 private:
  void watch();

  double seconds_;
  std::function<std::uint64_t()> progress_;
  std::function<void()> bark_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace xrdct::io
