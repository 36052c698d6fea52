#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/images/edf_header.hpp"
#include "io/images/stored_image.hpp"

/// The readers of single formats behind `read_image_file`. Internal to io/.
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

/// A file that was read, and expanded where it was compressed. The name is for messages.
struct ImageContent {
  std::filesystem::path const& file;
  core::LargeBytes bytes;
};

/*!
 * Pixels of a shape that lie in a file as numbers, row by row, from byte `first` on. Only integers
 * of 64 bits are touched: they become f64.
 * \throws core::IoError too few bytes, or an absurd shape; core::InputError a number that is not
 * known, or a 64-bit integer beyond 2^53 that is no sentinel
 */
StoredImage plain_image(core::FrameShape shape, StoredNumber number, ImageContent content,
                        std::size_t first);

/// Bytes of the pixels; 0: of an image that is not believed.
constexpr std::size_t believed_bytes(core::FrameShape shape, std::size_t pixel_bytes) {
  return is_believable(shape) ? shape.pixels() * pixel_bytes : 0;
}

/// The entries of the first image of an EDF file, and of a general block before it. \throws as
/// `read_edf`
EdfHeader edf_header(ImageContent const& beginning);
/// ESRF data format: `{ key = value ; … }`, then the pixels. One image, perhaps after a general
/// block.
StoredImage read_edf(ImageContent content);
/// NumPy array, versions 1 to 3, 2-D (or more with leading 1), C or Fortran order.
StoredImage read_npy(ImageContent content);
/// Fit2D mask: 1 is masked. 1024 bytes of header ("MASK" in 4 words, columns, rows), then one bit
/// per pixel, rows of whole 32-bit words.
StoredImage read_fit2d_mask(ImageContent content);
/// TIFF of one page and one sample: integers of 8, 16, 32, 64 bits, floating point of 32, 64.
StoredImage read_tiff(ImageContent content);
/// CBF with one image, x-CBF_BYTE_OFFSET, as the detectors of Dectris write it; Content-MD5 is
/// verified where it is given.
StoredImage read_cbf(ImageContent content);

/// Where the pixels end by the header, which the beginning of a long file holds; what it claims
/// beyond belief counts for nothing. Of TIFF the header may stand anywhere. \throws as the readers
std::size_t edf_bytes(ImageContent const& beginning);
std::size_t npy_bytes(ImageContent const& beginning);
std::size_t fit2d_mask_bytes(ImageContent const& beginning);
std::size_t cbf_bytes(ImageContent const& beginning);

}  // namespace xrdct::io
