#pragma once
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

namespace xrdct::app {

/*!
 * Memory of this process that is its own: anonymous pages and those shared with other ranks, as far
 * as they are in use; pages of files (program, libraries, page cache) are not counted. [bytes]
 * Source: RssAnon + RssShmem of /proc/self/status; 0 where the system has no such file.
 */
std::size_t own_memory();

/// From now on large blocks go back to the system as soon as they are freed; the C library keeps
/// some of them otherwise.
void keep_no_large_blocks();

/// Gives all freed memory back to the system, so that what follows is added to what is in use.
void return_free_memory();

/// The peak of `own_memory` since this object was made: a thread looks 100 times a second.
class MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  MemoryWatch(MemoryWatch const&) = delete;
  MemoryWatch& operator=(MemoryWatch const&) = delete;
  std::size_t peak();

 private:
  std::mutex lock_;
  std::condition_variable stopping_;
  bool stop_ = false;
  std::size_t peak_ = 0;
  std::thread watcher_;
};

}  // namespace xrdct::app
