#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "io/images/stored_image.hpp"

namespace xrdct::io {

/*!
 * A file of images: EDF, TIFF, CBF, NPY, Fit2D mask (.msk), each also compressed as a whole by
 * gzip, bzip2, xz or zstd. The format is known by content, not by name. EDF, TIFF and NPY may hold
 * several images, of one shape and type; compressed as a whole, one.
 *
 * Opens the file once, and reads no more of it than tells where its images lie; a compressed file
 * is expanded at once. Any number of threads may call `read`.
 */
class ImageFile {
 public:
  /// \throws core::InputError unknown format, HDF5; core::IoError truncated or broken file. Each
  /// names the file, what was expected and found. Whether a compressed frame is whole shows when it
  /// is decoded.
  explicit ImageFile(std::filesystem::path const& file);
  ~ImageFile();
  ImageFile(ImageFile&&) noexcept;

  std::size_t images() const;
  core::FrameShape shape() const;
  core::FrameEncoding encoding() const;
  WideInteger wide() const;
  std::size_t image_bytes() const;  //!< of what `read` gives
  /// Whether `read` copies bytes of the file as they are, and needs no memory besides.
  bool as_stored() const;
  /// What tells damage of the first image: base 64 of MD5 of its bytes; "": nothing.
  std::string const& md5() const;

  /// An image as it is stored, but integers of 64 bits as f64.
  /// \param out `image_bytes()` bytes
  /// \throws core::IoError unreadable; core::InputError an integer that f64 cannot hold
  void read(std::size_t image, std::span<std::byte> out) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The only image of a file, of which the checksum is verified where it carries one.
/// \throws core::InputError several, and as `ImageFile`
StoredImage read_image_file(std::filesystem::path const& file);

/// \throws core::IoError bytes that are not those of the checksum that their file carries
void verify_checksum(ImageFile const& image, std::span<std::byte const> bytes,
                     std::filesystem::path const& file);

/// The parts of `file`, `file.h5:/path`, `file.h5:/path[3]`, `file.h5:3`.
struct ImageLocation {
  std::filesystem::path file;
  bool hdf5 = false;
  std::string dataset;      //!< "": none named; of HDF5 alone
  std::int64_t index = -1;  //!< −1: none named
};
/// \throws core::IoError no such file; core::InputError a dataset or an index behind another format
/// than HDF5, or a broken index
ImageLocation locate_image(std::string const& location);

}  // namespace xrdct::io
