// Files that are being written, and what is left of them where a process was killed.
#include "io/files/unfinished_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

namespace fs = std::filesystem;

fs::path path_of_attempt(fs::path const& file, int attempt) {
  auto const folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  auto const digits = std::hash<std::string>()(file.filename().native());
  return folder / fmt::format(".xrdct-{:016x}{}.part", digits,
                              attempt == 0 ? std::string() : fmt::format("-{}", attempt));
}

bool is_locked_here(fs::path const& path, int descriptor) {
  struct stat by_path, by_descriptor;
  return flock(descriptor, LOCK_EX | LOCK_NB) == 0 && lstat(path.c_str(), &by_path) == 0 &&
         fstat(descriptor, &by_descriptor) == 0 && by_path.st_ino == by_descriptor.st_ino &&
         by_path.st_dev == by_descriptor.st_dev;
}

// Whether it was left, and is gone.
bool remove_left(fs::path const& path) {
  int const number = open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (number < 0) return false;
  FileDescriptor const found(number);
  return is_locked_here(path, number) && unlink(path.c_str()) == 0;
}

}  // namespace

fs::path unfinished_path(fs::path const& file) { return path_of_attempt(file, 0); }

UnfinishedFile::UnfinishedFile(fs::path const& file) {
  for (int attempt = 0;; ++attempt) {
    path_ = path_of_attempt(file, attempt);
    if (made_new()) return;
    int const error = errno;
    if (error == EEXIST && remove_left(path_) && made_new()) return;
    if (error == EEXIST || error == EWOULDBLOCK) continue;
    throw core::IoError({.what = "write " + file.string(),
                         .expected = "success of the file system",
                         .found = fmt::format("\"{}\"", std::strerror(error)),
                         .attempt = "check that the folder exists and that you may write there"});
  }
}

// Another process may have taken it for left before it was locked.
bool UnfinishedFile::made_new() {
  descriptor_ = FileDescriptor(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (descriptor_.get() < 0) return false;
  bool const has_locks = flock(descriptor_.get(), LOCK_EX | LOCK_NB) == 0 || errno == EWOULDBLOCK;
  if (has_locks && !is_locked_here(path_, descriptor_.get())) {
    errno = EWOULDBLOCK;
    return false;
  }
  lock_ = FileDescriptor(fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0));
  return true;
}

UnfinishedFile::~UnfinishedFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

void remove_unfinished(fs::path const& file) noexcept {
  try {
    for (int attempt = 0; remove_left(path_of_attempt(file, attempt)); ++attempt) continue;
  } catch (...) {
    return;  // a small file that stays harms nobody
  }
}

}  // namespace xrdct::io
