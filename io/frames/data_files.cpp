// Reads bytes of data files by pread, with few files open at once.
#include "io/frames/data_files.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iterator>
#include <thread>

namespace xrdct::io {
namespace {

constexpr int most_tries =
    3;  // after an error of the device; network file systems recover from some

std::size_t allowed_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return DataFiles::most_open;
  return std::clamp<std::size_t>(limit.rlim_cur / 4, 4, DataFiles::most_open);
}

// Fills `out`, or returns why that failed.
std::string read_bytes(int descriptor, std::int64_t address, std::span<std::byte> out) {
  std::size_t done = 0;
  for (int failures = 0; done < out.size();) {
    auto const got = ::pread(descriptor, out.data() + done, out.size() - done,
                             address + static_cast<std::int64_t>(done));
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (got == 0) {
      return fmt::format(
          "expected {} bytes at {}, found the end of the file after {}: the file is truncated",
          out.size(), address, done);
    } else if (errno != EINTR) {
      if (++failures == most_tries)
        return fmt::format("expected stored bytes, found \"{}\"", std::strerror(errno));
      std::this_thread::sleep_for(std::chrono::milliseconds(10 * failures));
    }
  }
  return "";
}

}  // namespace

DataFiles::DataFiles() : capacity_(allowed_open_files()) {}

DataFiles::~DataFiles() {
  for (auto const& entry : entries_) ::close(entry.descriptor);
}

DataFiles::Entry* DataFiles::take(std::filesystem::path const& file) {
  std::lock_guard const hold(lock_);
  auto const found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](Entry const& entry) { return entry.path == file; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
  } else {
    auto const idle = std::find_if(entries_.rbegin(), entries_.rend(),
                                   [](Entry const& entry) { return entry.readers == 0; });
    if (entries_.size() >= capacity_ && idle != entries_.rend()) {
      ::close(idle->descriptor);
      entries_.erase(std::prev(idle.base()));
    }
    int const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return nullptr;
    entries_.push_front({file, descriptor});
  }
  ++entries_.front().readers;
  return &entries_.front();
}

void DataFiles::give_back(Entry& entry) {
  std::lock_guard const hold(lock_);
  --entry.readers;
}

std::string DataFiles::read(std::filesystem::path const& file, std::int64_t address,
                            std::span<std::byte> out) {
  auto* const entry = take(file);
  if (entry == nullptr)
    return fmt::format("expected a readable file, found \"{}\"", std::strerror(errno));
  auto problem = read_bytes(entry->descriptor, address, out);
  give_back(*entry);
  return problem;
}

}  // namespace xrdct::io
