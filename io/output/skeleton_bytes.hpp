#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "io/files/durable_file.hpp"

namespace xrdct::io {

/*!
 * The skeleton of an output (such as output_skeleton.hpp) in memory: a file in /dev/shm, or where
 * that is too small in the folder for temporary files, that loses its name when it is written.
 *
 * HDF5 makes it there and never writes to the output itself: `copy_to` does, and looks at every
 * result. Equal descriptions give equal bytes, so a skeleton that was made again tells whether that
 * of a file is whole. Memory: the bytes that are not zero, in pages; among them a byte of status
 * for each frame.
 */
class SkeletonBytes {
 public:
  /// \param bytes that are expected not to be zero
  /// \param make writes the skeleton to a file, and gives the address of the first byte of each
  /// dataset of the layout \throws core::IoError, std::bad_alloc
  SkeletonBytes(
      std::uint64_t bytes,
      std::function<std::vector<std::uint64_t>(std::filesystem::path const&)> const& make);

  /// Of the first byte of each dataset of the layout.
  std::vector<std::uint64_t> const& addresses() const noexcept { return addresses_; }
  FileDescriptor const& descriptor() const noexcept { return descriptor_; }
  std::filesystem::path const& name() const noexcept { return name_; }  //!< for messages
  std::uint64_t size() const noexcept { return size_; }                 //!< [bytes], with holes
  /// Makes a file of these bytes and that size, which takes all of its space, and syncs it.
  /// \throws core::IoError
  void copy_to(std::filesystem::path const& file) const;

 private:
  FileDescriptor descriptor_;
  std::filesystem::path name_;
  std::vector<std::uint64_t> addresses_;
  std::uint64_t size_ = 0;
};

}  // namespace xrdct::io
