#pragma once
#include <string>

#include "io/images/image_file.hpp"

namespace xrdct::io {

/*!
 * Reads a mask, dark, flat or single frame as it is stored: a file of `read_image_file`, or a
 * dataset of an HDF5 file (`file.h5:/path`, 2-D, or 3-D with `file.h5:/path[index]`; without a path
 * the only image-like dataset). Main thread where it is HDF5.
 * \throws core::InputError unknown format, ambiguous dataset; core::IoError truncated or broken
 * file. Each names the file, what was expected and found.
 */
StoredImage read_stored_image(std::string const& location);
StoredImage read_stored_image(ImageLocation const& location);

/// The same, decoded.
Image read_image(std::string const& location);

}  // namespace xrdct::io
