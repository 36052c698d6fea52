#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/words/frames.hpp"
#include "core/words/words.hpp"

namespace xrdct::io {

/// Integers of 64 bits, which no frame of a scan has, but images do.
enum class WideInteger { none, i64, u64 };

/// A 2D image as double. Every supported type fits without loss; of 64-bit integers those up to
/// 2^53 and the sentinels −2^63, 2^64 − 2, 2^64 − 1 are read, the last two as 2^64.
struct Image {
  core::FrameShape shape;
  /// as stored; f64 for integers of 64 bits, see `wide`
  core::PixelType type = core::PixelType::f64;
  std::vector<double> pixels;  //!< [row][column]
  WideInteger wide = WideInteger::none;
};

/// Values that are measurements by the stored type of an image: core::ValidValues::of, for integers
/// of 64 bits, too.
core::ValidValues valid_by_type(core::PixelType type, WideInteger wide);

/*!
 * Reads a mask, dark, flat or single frame: EDF, TIFF, CBF, NPY, Fit2D mask (.msk), each also
 * compressed as a whole by gzip or bzip2, or a dataset of an HDF5 file (`file.h5:/path`, 2-D, or
 * 3-D with `file.h5:/path[index]`; without a path the only image-like dataset). The format is known
 * by content, not by name.
 * \throws core::InputError unknown format, ambiguous dataset; core::IoError truncated or broken
 * file. Each names the file, what was expected and found.
 */
Image read_image(std::string const& location);

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

/// The dataset of an HDF5 file's frames where none is named: /entry/data, else the only image-like
/// one.
/// \throws core::InputError none, or several
std::string frames_dataset(std::filesystem::path const& file);

/// Frames of a dataset of 64-bit integers, which FrameSource does not read but `read_image` does;
/// nothing for others.
/// \throws core::IoError
std::optional<std::int64_t> frames_of_wide_integers(std::filesystem::path const& file,
                                                    std::string const& dataset);

}  // namespace xrdct::io
