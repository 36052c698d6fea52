#pragma once
#include <filesystem>

#include "io/files/durable_file.hpp"

namespace xrdct::io {

/*!
 * What is to become `file`, until it is whole: `.xrdct-<16 digits of its name>.part` beside it, so
 * that the names stay short and what a killed process left is found by the next one that writes
 * `file`. It is locked as long as it is written: another process that writes `file` at the same
 * time takes another number. Where the file system has no locks, nothing is taken for left.
 */
class UnfinishedFile {
 public:
  /// \throws core::IoError
  explicit UnfinishedFile(std::filesystem::path const& file);
  /// Removes it, unless it has its name.
  ~UnfinishedFile();
  UnfinishedFile(UnfinishedFile const&) = delete;
  UnfinishedFile& operator=(UnfinishedFile const&) = delete;

  FileDescriptor& descriptor() noexcept { return descriptor_; }
  std::filesystem::path const& path() const noexcept { return path_; }
  /// It has the name `file` now.
  void has_name() noexcept { path_.clear(); }

 private:
  bool made_new();

  std::filesystem::path path_;
  FileDescriptor descriptor_, lock_;  //!< of one open file: the lock outlives the first
};

/// The name of the first attempt.
std::filesystem::path unfinished_path(std::filesystem::path const& file);

/// Removes what killed processes left when they wrote `file`; nobody is at it.
void remove_unfinished(std::filesystem::path const& file) noexcept;

}  // namespace xrdct::io
