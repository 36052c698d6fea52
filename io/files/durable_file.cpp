// Files that are on the disk when they say so: descriptors, syncs, whole-file writes and links.
#include "io/files/durable_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "io/files/unfinished_file.hpp"

namespace xrdct::io {
namespace {

constexpr std::size_t largest_call = std::size_t{64} << 20;

[[noreturn]] void fail(std::string const& action, std::filesystem::path const& file,
                       std::string const& advice) {
  throw core::IoError({.what = fmt::format("{} {}", action, file.string()),
                       .expected = "success of the file system",
                       .found = fmt::format("\"{}\"", std::strerror(errno)),
                       .attempt = advice});
}

std::filesystem::path folder_of(std::filesystem::path const& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

[[noreturn]] void throw_no_space(std::filesystem::path const& file, std::uint64_t needed) {
  throw core::IoError({.what = "create " + file.string(),
                       .expected = size_text(needed) + " of free space",
                       .found = space_text(needed, free_bytes(file)),
                       .attempt = "free space there or choose another output.file"});
}

void take_name(std::filesystem::path const& from, std::filesystem::path const& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0)
    fail("rename " + from.string() + " to", to, "check the permissions of the folder");
}

// The same file under its path and behind the descriptor? It is not when its former owner removed
// it meanwhile.
bool still_there(std::filesystem::path const& path, int descriptor) {
  struct stat by_path, by_descriptor;
  return stat(path.c_str(), &by_path) == 0 && fstat(descriptor, &by_descriptor) == 0 &&
         by_path.st_ino == by_descriptor.st_ino && by_path.st_dev == by_descriptor.st_dev;
}

void sync(FileDescriptor const& descriptor, std::filesystem::path const& file) {
  if (fsync(descriptor.get()) != 0)
    fail("sync", file, "check the space and the state of the file system, then run again");
}

}  // namespace

std::pair<std::filesystem::path, FileDescriptor> new_file_beside(
    std::filesystem::path const& file) {
  for (int attempt = 0;; ++attempt) {
    auto const name = folder_of(file) / fmt::format(".xrdct-{}.part", getpid() + attempt);
    int const number = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (number < 0 && errno == EEXIST) continue;
    if (number < 0)
      fail("write", file, "check that the folder exists and that you may write there");
    return {name, FileDescriptor(number)};
  }
}

FileDescriptor::FileDescriptor(std::filesystem::path const& file, int flags)
    : number_(open(file.c_str(), flags | O_CLOEXEC, 0666)) {
  if (number_ < 0) fail("open", file, "check that the folder exists and that you may write there");
}

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

void FileDescriptor::close(std::filesystem::path const& file) {
  if (::close(std::exchange(number_, -1)) != 0)
    fail("close", file, "check the space and the state of the file system, then run again");
}

void require_same_file(std::filesystem::path const& file, FileDescriptor const& open) {
  if (still_there(file, open.get())) return;
  throw core::IoError({.what = "finish " + file.string(),
                       .expected = "the file that this run has written",
                       .found = "another one or none",
                       .attempt = "keep other runs and programs from it, and run again"});
}

std::string size_text(std::uint64_t bytes) {
  return fmt::format("{} ({} bytes)", core::bytes_text(static_cast<double>(bytes)), bytes);
}

std::string space_text(std::uint64_t needed, std::uint64_t free) {
  if (free < needed) return size_text(free);
  return fmt::format("a quota that leaves less, although {} of the file system are free",
                     core::bytes_text(static_cast<double>(free)));
}

std::uint64_t free_bytes(std::filesystem::path const& file) {
  struct statvfs file_system;
  if (statvfs(folder_of(file).c_str(), &file_system) != 0)
    fail("look at the file system of", file, "check that the folder exists");
  return static_cast<std::uint64_t>(file_system.f_bavail) * file_system.f_frsize;
}

void require_space(std::filesystem::path const& file, std::uint64_t needed) {
  if (free_bytes(file) < needed) throw_no_space(file, needed);
}

void allocate_blocks(FileDescriptor const& descriptor, std::filesystem::path const& file) {
  struct stat status;
  if (fstat(descriptor.get(), &status) != 0) fail("get the size of", file, "check the file system");
  if (status.st_size == 0) return;
  // Not posix_fallocate: where the file system cannot do it, the C library would write one byte per
  // block instead, for hours.
  constexpr off_t piece = off_t{64} << 30;  // some file systems take their time
  int result = 0;
  for (off_t begin = 0; result == 0 && begin < status.st_size; begin += piece) {
    do {
      result =
          fallocate(descriptor.get(), 0, begin, std::min<off_t>(piece, status.st_size - begin));
    } while (result != 0 && errno == EINTR);
    if (result == 0) core::note_progress();
  }
  if (result == 0 || errno == EOPNOTSUPP || errno == ENOSYS) return;
  if (errno == ENOSPC || errno == EDQUOT)
    throw_no_space(file, static_cast<std::uint64_t>(status.st_size));
  fail("allocate", file, "choose another output.file");
}

void write_at(FileDescriptor const& descriptor, std::filesystem::path const& file,
              std::span<std::byte const> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    ssize_t const written =
        pwrite(descriptor.get(), bytes.data(), std::min(bytes.size(), largest_call),
               static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      fail("write", file, "check the space and the state of the file system, then run again");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

void append_all(FileDescriptor const& descriptor, std::filesystem::path const& file,
                std::span<std::byte const> bytes) {
  while (!bytes.empty()) {
    ssize_t const written =
        ::write(descriptor.get(), bytes.data(), std::min(bytes.size(), largest_call));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      fail("write", file, "check the space and the state of the file system, then run again");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void sync_data(FileDescriptor const& descriptor, std::filesystem::path const& file) {
  if (fdatasync(descriptor.get()) != 0)
    fail("sync", file, "check the space and the state of the file system, then run again");
}

void write_back(FileDescriptor const& descriptor, std::filesystem::path const& file) {
#ifdef SYNC_FILE_RANGE_WRITE
  struct stat status;
  if (fstat(descriptor.get(), &status) != 0) fail("get the size of", file, "check the file system");
  constexpr off_t piece = off_t{256} << 20;
  constexpr unsigned all =
      SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  for (off_t begin = 0; begin < status.st_size; begin += piece) {
    int const result = sync_file_range(descriptor.get(), begin, piece, all);
    // The kernel may tell of a failed write once.
    if (result != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
      fail("sync", file, "check the space and the state of the file system, then run again");
    if (result != 0) return;
    core::note_progress();
  }
#endif
}

void sync_file(std::filesystem::path const& file) {
  FileDescriptor descriptor(file, O_RDONLY);
  sync(descriptor, file);
  descriptor.close(file);
}

// File systems that cannot sync a folder say so by one of these; a folder that may not be read
// cannot be opened.
void sync_folder(std::filesystem::path const& folder) {
  int const number = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0 && errno == EACCES) return;
  if (number < 0) fail("open", folder, "check its permissions");
  FileDescriptor const descriptor(number);
  if (fsync(number) != 0 && errno != EINVAL && errno != EOPNOTSUPP && errno != EBADF)
    fail("sync", folder, "check the state of the file system");
}

void rename_durably(std::filesystem::path const& from, std::filesystem::path const& to) {
  take_name(from, to);
  sync_folder(folder_of(to));
}

std::filesystem::path link_target(std::filesystem::path const& file) {
  constexpr int most_links = 40;
  std::filesystem::path target = file;
  std::error_code error;
  for (int links = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(target, error));
       ++links) {
    if (links == most_links)
      throw core::InputError({.what = "write " + file.string(),
                              .expected = "a link that ends",
                              .found = "a loop",
                              .attempt = "choose another output"});
    auto const next = std::filesystem::read_symlink(target, error);
    if (error)
      throw core::InputError({.what = "write " + file.string(),
                              .expected = "a link that can be read",
                              .found = fmt::format("\"{}\"", error.message())});
    target = next.is_absolute() ? next : folder_of(target) / next;
  }
  return target;
}

namespace {

void write_whole_file(std::filesystem::path const& file, std::span<std::byte const> bytes,
                      bool durably) {
  std::error_code unknown;
  auto const found = std::filesystem::status(file, unknown);
  if (std::filesystem::exists(found) && !std::filesystem::is_regular_file(found)) {
    throw core::IoError(
        {.what = "write " + file.string(),
         .expected = "a file or a new name",
         .found = std::filesystem::is_directory(found) ? "a folder" : "a device, pipe or socket",
         .attempt = "choose another name"});
  }
  auto const target = link_target(file);
  UnfinishedFile part(target);
  append_all(part.descriptor(), file, bytes);
  if (durably) sync(part.descriptor(), file);
  part.descriptor().close(file);
  take_name(part.path(), target);
  part.has_name();
  if (durably) sync_folder(folder_of(target));
}

}  // namespace

void write_file(std::filesystem::path const& file, std::span<std::byte const> bytes) {
  write_whole_file(file, bytes, true);
}

void write_one_of_many(std::filesystem::path const& file, std::span<std::byte const> bytes) {
  write_whole_file(file, bytes, false);
}

void write_file(std::filesystem::path const& file, std::string_view text) {
  write_file(file, std::as_bytes(std::span(text)));
}

RunLock::RunLock(std::filesystem::path const& file) : path_(file.string() + ".lock") {
  do {
    descriptor_ = FileDescriptor(path_, O_RDWR | O_CREAT);
    if (flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      throw core::IoError({.what = "write " + file.string(),
                           .expected = "no other run on it",
                           .found = path_.string() + " locked by another process",
                           .attempt = "wait for that run or choose another output.file"});
    }
  } while (!still_there(path_, descriptor_.get()));
}

// Removed while still held: who waits for it finds another file under this name, and looks again.
RunLock::~RunLock() { unlink(path_.c_str()); }

}  // namespace xrdct::io
