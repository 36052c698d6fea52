// Reads bytes of data files by pread, with few files open at once.
#include "io/chunks/data_files.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <new>

#include "core/words/errors.hpp"
#include "io/files/read_tries.hpp"

namespace xrdct::io {
namespace {

rlim_t allowed_descriptors() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

std::size_t allowed_open_files() {
  return std::clamp<rlim_t>(allowed_descriptors() / 4, 4, DataFiles::most_open);
}

// What is not needed for reading leaves the half, and room for all else, free.
std::size_t allowed_kept_files() {
  constexpr rlim_t all_else = 128;
  rlim_t const half = allowed_descriptors() / 2;
  return half <= all_else ? 0 : std::min<rlim_t>(half - all_else, DataFiles::most_kept);
}

// What went wrong with a file, by errno; the text is for "found".
std::string reason_of_file(int error, std::filesystem::path const& file) {
  if (error == ENOMEM) throw std::bad_alloc();
  if (error == EMFILE || error == ENFILE) {
    throw core::IoError({.what = "open " + file.string(),
                         .expected = "files that may still be opened",
                         .found = std::string("\"") + std::strerror(error) + "\"",
                         .attempt = "raise the limit of open files (ulimit -n)"});
  }
  return std::string("\"") + std::strerror(error) + "\"";
}

bool is_same_file(int one, int other) {
  struct stat a, b;
  return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

// Fills `out`, or returns why that failed.
std::string read_bytes(int descriptor, std::filesystem::path const& file, std::int64_t address,
                       std::span<std::byte> out) {
  for (std::size_t done = 0; done < out.size();) {
    auto const got = ::pread(descriptor, out.data() + done, out.size() - done,
                             address + static_cast<std::int64_t>(done));
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (got == 0) {
      return fmt::format(
          "expected {} bytes at {}, found the end of the file after {}: the file is truncated",
          out.size(), address, done);
    } else if (errno != EINTR) {
      return "expected stored bytes, found " + reason_of_file(errno, file);
    }
  }
  return "";
}

}  // namespace

DataFiles::DataFiles() : capacity_(allowed_open_files()) {}

DataFiles::~DataFiles() {
  for (auto const& entry : entries_) ::close(entry.descriptor);
}

std::optional<DataFiles::Held> DataFiles::take(std::filesystem::path const& file) {
  std::lock_guard const hold(lock_);
  auto const found = by_path_.find(file.native());
  if (found != by_path_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
  } else {
    make_room();
    int const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return std::nullopt;
    entries_.push_front({file, descriptor});
    by_path_.emplace(file.native(), entries_.begin());
  }
  ++entries_.front().readers;
  return entries_.begin();
}

void DataFiles::make_room() {
  if (entries_.size() < capacity_) return;
  auto const idle = std::find_if(entries_.rbegin(), entries_.rend(),
                                 [](Entry const& entry) { return entry.readers == 0; });
  if (idle == entries_.rend()) return;
  ::close(idle->descriptor);
  by_path_.erase(idle->path.native());
  entries_.erase(std::prev(idle.base()));
}

void DataFiles::hold_copy(std::filesystem::path const& file, int descriptor) {
  int const copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return;
  entries_.push_front({file, copy});
  by_path_.emplace(file.native(), entries_.begin());
}

void DataFiles::keep(std::filesystem::path const& file, int descriptor) {
  static std::size_t const most = allowed_kept_files();
  std::lock_guard const hold(lock_);
  if (descriptor < 0 || entries_.size() >= most || by_path_.contains(file.native())) return;
  hold_copy(file, descriptor);
  capacity_ = std::max(capacity_, entries_.size());
}

void DataFiles::add(std::filesystem::path const& file, int descriptor) {
  std::lock_guard const hold(lock_);
  if (descriptor < 0) return;
  if (auto const held = by_path_.find(file.native()); held != by_path_.end()) {
    if (is_same_file(held->second->descriptor, descriptor)) return;
    give_up(held->second);
  }
  make_room();
  hold_copy(file, descriptor);
}

// A reader that is at it still may end.
void DataFiles::give_up(Held entry) {
  if (!entry->given_up) by_path_.erase(entry->path.native());
  entry->given_up = true;
  if (entry->readers > 0) return;
  ::close(entry->descriptor);
  entries_.erase(entry);
}

void DataFiles::give_back(Held entry, bool was_read) {
  std::lock_guard const hold(lock_);
  if (was_read && !failing_.empty()) failing_.erase(entry->path);
  --entry->readers;
  if (!was_read || entry->given_up) give_up(entry);
}

bool DataFiles::is_failing(std::filesystem::path const& file) {
  std::lock_guard const hold(lock_);
  return failing_.contains(file);
}

void DataFiles::note_failure(std::filesystem::path const& file) {
  std::lock_guard const hold(lock_);
  failing_.insert(file);
}

std::string DataFiles::try_to_read(std::filesystem::path const& file, std::int64_t address,
                                   std::span<std::byte> out) {
  auto const entry = take(file);
  if (!entry) return "expected a readable file, found " + reason_of_file(errno, file);
  auto problem = read_bytes((*entry)->descriptor, file, address, out);
  give_back(*entry, problem.empty());
  return problem;
}

std::string DataFiles::read(std::filesystem::path const& file, std::int64_t address,
                            std::span<std::byte> out) {
  int const tries = is_failing(file) ? 1 : most_read_tries;
  std::string problem;
  for (int failures = 0; failures < tries;) {
    problem = try_to_read(file, address, out);
    if (problem.empty()) return problem;
    if (++failures < tries) pause_after(failures);
  }
  note_failure(file);
  return problem;
}

}  // namespace xrdct::io
