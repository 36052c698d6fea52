#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/images/image_file.hpp"

/// The readers of single formats behind `read_image`. Internal to io/.
namespace xrdct::io {

/// A number as a file stores it; a little wider than core::PixelType.
struct StoredNumber {
  enum class Kind { unsigned_integer, signed_integer, floating };
  Kind kind = Kind::unsigned_integer;
  std::size_t bytes = 1;
  bool big_endian = false;
};

/// Largest image that is believed, so that a broken header does not ask for all memory.
constexpr std::size_t most_image_pixels = std::size_t{1} << 30;

/// At least one pixel, at most `most_image_pixels`, without overflow on the way.
constexpr bool is_believable(core::FrameShape shape) {
  return shape.rows > 0 && shape.columns > 0 && shape.rows <= most_image_pixels &&
         shape.columns <= most_image_pixels / shape.rows;
}

/// Text of a file in quotes for a message: short, in one line, printable.
std::string shown(std::string_view text);

/*!
 * Pixels of a shape from the bytes of a file, row by row.
 * \param file for messages.
 * \throws core::IoError too few bytes, or an absurd shape; core::InputError a number that is not
 * known, or a 64-bit integer beyond 2^53 that is no sentinel
 */
Image image_of(core::FrameShape shape, StoredNumber number, std::span<std::byte const> bytes,
               std::filesystem::path const& file);

/// The whole content of a file. \throws core::IoError
std::vector<std::byte> file_content(std::filesystem::path const& file);

/// A file that was read, and expanded where it was compressed. The name is for messages.
struct ImageContent {
  std::filesystem::path const& file;
  std::span<std::byte const> bytes;
};

/// ESRF data format: `{ key = value ; … }`, then the pixels. One image, perhaps after a general
/// block.
Image read_edf(ImageContent const& content);
/// NumPy array, versions 1 to 3, 2-D (or more with leading 1), C or Fortran order.
Image read_npy(ImageContent const& content);
/// Fit2D mask: 1 is masked. 1024 bytes of header ("MASK" in 4 words, columns, rows), then one bit
/// per pixel, rows of whole 32-bit words.
Image read_fit2d_mask(ImageContent const& content);
/// TIFF of one page and one sample: integers of 8, 16, 32, 64 bits, floating point of 32, 64.
Image read_tiff(ImageContent const& content);
/// CBF with one image, x-CBF_BYTE_OFFSET, as the detectors of Dectris write it; Content-MD5 is
/// verified where it is given.
Image read_cbf(ImageContent const& content);

/// What follows the file name of an HDF5 image.
struct Hdf5ImageName {
  std::string dataset;      //!< empty: the only image
  std::int64_t index = -1;  //!< −1: none given
};
/// A frame of an HDF5 dataset, all layouts and filters of FrameSource, and 64-bit integers.
Image read_hdf5_image(std::filesystem::path const& file, Hdf5ImageName const& name);

}  // namespace xrdct::io
