#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "io/images/stored_image.hpp"

namespace xrdct::io {

/*!
 * Reads an image as it is stored: EDF, TIFF, CBF, NPY, Fit2D mask (.msk), each also compressed as a
 * whole by gzip, bzip2, xz or zstd. The format is known by content, not by name.
 * \throws core::InputError unknown format, HDF5; core::IoError truncated or broken file. Each names
 * the file, what was expected and found. Whether a compressed frame is whole shows when it is
 * decoded.
 */
StoredImage read_image_file(std::filesystem::path const& file);

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
