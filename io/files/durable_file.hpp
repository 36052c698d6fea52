#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

/// Files whose bytes are on the disk when a call returns, unless it says otherwise. All errors are
/// core::IoError naming the file.
namespace xrdct::io {

/// Owns a POSIX file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  /// \param flags as for open(2); new files get the permissions that the umask leaves.
  FileDescriptor(std::filesystem::path const& file, int flags);
  /// Takes over an open one.
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int get() const noexcept { return number_; }
  /// What the destructor does, with its result looked at: network file systems tell of a failed
  /// write here.
  /// \param file for the message
  void close(std::filesystem::path const& file);

 private:
  int number_ = -1;
};

/// \throws core::IoError the path has become another file than the one that is open: another
/// program put it there
void require_same_file(std::filesystem::path const& file, FileDescriptor const& open);

/// Bytes that this user may still write in the folder of `file`.
std::uint64_t free_bytes(std::filesystem::path const& file);

/// Bytes for a message that people and programs read: "1.05 MB (1048576 bytes)".
std::string size_text(std::uint64_t bytes);

/// What is found where a file system does not give `needed` bytes: `free`, or, where these would be
/// enough, a quota.
std::string space_text(std::uint64_t needed, std::uint64_t free);

/// Error "not enough space" with both numbers, when `needed` bytes do not fit beside `file`.
void require_space(std::filesystem::path const& file, std::uint64_t needed);

/// Takes the blocks of the whole file from the file system now, as zeros, so that a full disk is
/// reported before the run and not in the night.
void allocate_blocks(FileDescriptor const& descriptor, std::filesystem::path const& file);

/// Writes all bytes at an offset, in calls of at most 64 MiB.
void write_at(FileDescriptor const& descriptor, std::filesystem::path const& file,
              std::span<std::byte const> bytes, std::uint64_t offset);

/// Writes all bytes, on from where the descriptor is.
void append_all(FileDescriptor const& descriptor, std::filesystem::path const& file,
                std::span<std::byte const> bytes);

/// Data (and the size) are on the disk. A failure is final: the kernel forgets what it could not
/// write.
void sync_data(FileDescriptor const& descriptor, std::filesystem::path const& file);
void sync_file(std::filesystem::path const& file);
/// Brings most of what was written to the disk piece by piece, and notes progress after each; then
/// `sync_data` does not take long. Where the system cannot, it does nothing.
void write_back(FileDescriptor const& descriptor, std::filesystem::path const& file);

/// The names of the files in a folder are on the disk.
void sync_folder(std::filesystem::path const& folder);

/// Renames within a folder, so that the new name is on the disk.
void rename_durably(std::filesystem::path const& from, std::filesystem::path const& to);

/// The file that a name stands for: links are followed, also to a file that is not there yet.
/// \throws core::InputError a loop
std::filesystem::path link_target(std::filesystem::path const& file);

/// A new file in the folder of `file`, of a name that nobody has yet and that is short, whatever
/// the name of the file: `.xrdct-<number>.part`. \throws core::IoError
std::pair<std::filesystem::path, FileDescriptor> new_file_beside(std::filesystem::path const& file);

/*!
 * Writes a whole small file: pictures, text, logs. It has its name only when all of its bytes are
 * on the disk: until then they are in an `UnfinishedFile`, which a failure removes, and what was
 * called `file` before stays, also under its other names (hard links). A link is followed.
 * \throws core::IoError also for what is there and no regular file: a folder, device, pipe or
 * socket
 */
void write_file(std::filesystem::path const& file, std::span<std::byte const> bytes);
void write_file(std::filesystem::path const& file, std::string_view text);

/// The same without waiting for the disk: for thousands of files that can be made again.
void write_one_of_many(std::filesystem::path const& file, std::span<std::byte const> bytes);

/*!
 * Holds `<file>.lock` so that two runs never write one output. The lock goes with the process; the
 * file is removed by the destructor. File systems without locks are accepted.
 */
class RunLock {
 public:
  /// \throws core::IoError another process holds it
  explicit RunLock(std::filesystem::path const& file);
  ~RunLock();
  RunLock(RunLock const&) = delete;
  RunLock& operator=(RunLock const&) = delete;

 private:
  std::filesystem::path path_;
  FileDescriptor descriptor_;
};

}  // namespace xrdct::io
