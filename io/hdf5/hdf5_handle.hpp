#pragma once
#include <hdf5.h>

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

/// Owners of HDF5 ids, for the sources of io/ and its tests alone. All calls on the main thread:
/// HDF5 is not thread-safe.
namespace xrdct::io {

/// Stops HDF5 from printing its error stack; the text goes into exceptions instead. Every class
/// that uses HDF5 calls it first; again is free.
void silence_hdf5();

/// The error stack of the last failed HDF5 call, innermost cause first, each text once; empties the
/// stack.
std::string take_hdf5_errors();

/// Throws core::IoError "cannot <action>: <HDF5's own text>".
[[noreturn]] void throw_hdf5_error(std::string_view action);

/*!
 * The result of an HDF5 call, where it is not negative.
 * \param action what was tried, with the file or dataset: "open dataset /entry/data in scan.h5"
 * \throws core::IoError with HDF5's error stack
 */
template <std::signed_integral T>
T hdf5_checked(T result, std::string_view action) {
  if (result < 0) throw_hdf5_error(action);
  return result;
}

/// Owns one HDF5 id of what is read, or of no file at all: properties, shapes, types. The
/// destructor closes it; nothing can be lost by that. Move only.
template <herr_t (*Close)(hid_t)>
class Hdf5Id {
 public:
  Hdf5Id() = default;
  /// Takes over the id that an HDF5 call returned. \throws core::IoError when it is negative.
  Hdf5Id(hid_t id, std::string_view action) : id_(hdf5_checked(id, action)) {}
  ~Hdf5Id() { reset(); }
  Hdf5Id(Hdf5Id&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Hdf5Id& operator=(Hdf5Id&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }

  hid_t get() const noexcept { return id_; }
  explicit operator bool() const noexcept { return id_ >= 0; }
  /// \throws core::IoError the close failed, so data may not have reached the file.
  void close(std::string_view action) {
    hdf5_checked(Close(std::exchange(id_, H5I_INVALID_HID)), action);
  }

 private:
  void reset() noexcept {
    if (id_ >= 0) Close(id_);
    id_ = H5I_INVALID_HID;
  }
  hid_t id_ = H5I_INVALID_HID;
};

using Hdf5File = Hdf5Id<H5Fclose>;
using Hdf5Group = Hdf5Id<H5Gclose>;
using Hdf5Dataset = Hdf5Id<H5Dclose>;
using Hdf5Space = Hdf5Id<H5Sclose>;
using Hdf5Type = Hdf5Id<H5Tclose>;
using Hdf5Attribute = Hdf5Id<H5Aclose>;
using Hdf5Properties = Hdf5Id<H5Pclose>;
using Hdf5Object = Hdf5Id<H5Oclose>;

/// File access properties of the serial driver that take no lock, so that a detector still writing
/// is not disturbed.
Hdf5Properties unlocked_file_access();

/*!
 * Opens a file for reading, without a lock, by this process alone (serial driver; no MPI needed).
 * \throws core::IoError no such file, a folder, not readable, empty, truncated, no HDF5 signature,
 * written by a newer HDF5; core::InputError a file that is known to be of another kind. Each names
 * the file.
 */
Hdf5File open_hdf5_for_reading(std::filesystem::path const& file);

/// The descriptor by which HDF5 reads an open file, which stays its own; −1: it has none.
int descriptor_of(hid_t file);

}  // namespace xrdct::io
