#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/words.hpp"

namespace xrdct::io {

/// A 2D image as double (every supported type fits without loss).
struct Image {
  core::FrameShape shape;
  core::PixelType type = core::PixelType::f64;  //!< as stored
  std::vector<double> pixels;                   //!< [row][column]
};

/*!
 * Reads a mask, dark, flat or single frame: EDF, TIFF, CBF, NPY, Fit2D mask (.msk), each also compressed as a whole by gzip or bzip2, or a dataset
 * of an HDF5 file (`file.h5:/path`, 2-D, or 3-D with `file.h5:/path[index]`; without a path the only image-like dataset). The format is known by
 * content, not by name.
 * \throws core::InputError unknown format, ambiguous dataset; core::IoError truncated or broken file. Each names the file, what was expected and
 * found.
 */
Image read_image(std::string const& location);

}  // namespace xrdct::io
