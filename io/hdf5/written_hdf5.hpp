#pragma once
#include <hdf5.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "io/files/durable_file.hpp"
#include "io/hdf5/hdf5_handle.hpp"

/*!
 * Owners of what is written by HDF5. Its library keeps bytes back until an object or the file is
 * closed, so a close can fail as a write can; and after a failure it must not be called any more:
 * it would write into a file whose state it does not know, and may crash.
 *
 * So no destructor closes anything here. Objects that nobody needs any more are kept, and
 * `WrittenFile::close` closes them, looks at every result, and throws. For the sources of io/
 * alone, main thread.
 */
namespace xrdct::io {

/// True once a file was given up while it was written: the program has to end without HDF5, neither
/// H5close nor its part of exit().
bool hdf5_was_abandoned() noexcept;

/// An output is open from its construction until `closed` is called. Destroyed before, it was given
/// up. Move only.
class OpenOutput {
 public:
  OpenOutput() = default;
  ~OpenOutput();
  OpenOutput(OpenOutput&& other) noexcept : open_(std::exchange(other.open_, false)) {}
  OpenOutput& operator=(OpenOutput&& other) noexcept {
    std::swap(open_, other.open_);
    return *this;
  }
  void opened() noexcept { open_ = true; }
  void closed() noexcept { open_ = false; }
  bool is_open() const noexcept { return open_; }

 private:
  bool open_ = false;
};

/// A file that has no name of its own yet: it is removed unless it gets one. Move only.
class HiddenFile {
 public:
  HiddenFile() = default;
  explicit HiddenFile(std::filesystem::path file) : file_(std::move(file)) {}
  ~HiddenFile();
  HiddenFile(HiddenFile&& other) noexcept : file_(std::exchange(other.file_, {})) {}
  HiddenFile& operator=(HiddenFile&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  std::filesystem::path const& file() const noexcept { return file_; }
  /// \throws core::IoError
  void rename_to(std::filesystem::path const& name);

 private:
  std::filesystem::path file_;
};

/// The file that an object lies in, for messages. Before a call, not after it: this empties HDF5's
/// stack of errors.
std::string file_of(hid_t object);

using CloseCall = herr_t (*)(hid_t);

/// Keeps an id until the next `WrittenFile::close`.
void close_with_file(hid_t id, CloseCall close) noexcept;

/// Owns an object of a file that is being written. Move only.
template <CloseCall Close>
class WrittenId {
 public:
  /// Takes over the id that an HDF5 call returned. \throws core::IoError when it is negative.
  WrittenId(hid_t id, std::string_view action) : id_(hdf5_checked(id, action)) {}
  ~WrittenId() {
    if (id_ >= 0) close_with_file(id_, Close);
  }
  WrittenId(WrittenId&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  WrittenId& operator=(WrittenId&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  hid_t get() const noexcept { return id_; }
  /// \throws core::IoError the close failed, so data may not have reached the file.
  void close(std::string_view action) {
    hdf5_checked(Close(std::exchange(id_, H5I_INVALID_HID)), action);
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using WrittenGroup = WrittenId<H5Gclose>;
using WrittenDataset = WrittenId<H5Dclose>;
using WrittenAttribute = WrittenId<H5Aclose>;

/// A file that this process writes alone (serial driver). Times are switched off. Move only.
class WrittenFile {
 public:
  WrittenFile() = default;
  /// Creates or replaces the file.
  /// \param access file access properties
  /// \throws core::IoError
  WrittenFile(std::filesystem::path const& file, hid_t access);
  /*!
   * Creates a file that gets its name only by `take_name`: what has the name says who wrote it,
   * also where the process is killed while HDF5 writes.
   * \throws core::IoError
   */
  static WrittenFile named_later(std::filesystem::path const& file, hid_t access);
  /// Brings what was written so far to the file, and gives it its name. \throws core::IoError
  void take_name();
  hid_t get() const noexcept { return id_; }
  /// Closes all objects and the file, and brings its bytes to the disk.
  /// \throws core::IoError any of them failed, or another file has the name
  void close();

 private:
  void create(std::filesystem::path const& at, hid_t access);

  std::filesystem::path file_;
  HiddenFile hidden_;  //!< where it lies until it has its name
  OpenOutput output_;
  FileDescriptor same_;  //!< the file itself, whatever its name comes to mean
  hid_t id_ = H5I_INVALID_HID;
};

}  // namespace xrdct::io
