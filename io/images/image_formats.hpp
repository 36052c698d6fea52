#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "io/images/edf_header.hpp"
#include "io/images/image_bytes.hpp"
#include "io/images/image_list.hpp"

/// The readers of single formats behind `ImageFile`. Internal to io/.
namespace xrdct::io {

/// Text of a file in quotes for a message: short, in one line, printable.
std::string shown(std::string_view text);

constexpr std::size_t first_window = std::size_t{1} << 13;  // bytes that hold most headers of CBF
constexpr std::size_t kind_bytes = 64;                      // by which formats are known

/// Whether a file that begins so is compressed as a whole.
bool is_compressed(std::string_view start);

/// The beginning of a file, or all of it. The name is for messages.
struct Beginning {
  std::filesystem::path const& file;
  std::string_view text;
};

/*!
 * Integers of 64 bits as doubles, in native byte order.
 * \throws core::InputError one beyond 2^53 that is no sentinel
 */
core::LargeBytes doubles_of_integers(std::span<std::byte const> integers, StoredNumber number,
                                     std::filesystem::path const& file);

/// The pixels of an image that lie as numbers: as they are, those of 64-bit integers as doubles.
core::LargeBytes plain_pixels(ImageBytes const& bytes, ImageList const& list, std::size_t image);

/// ESRF data format: `{ key = value ; … }`, then the pixels, perhaps again and again; perhaps after
/// a general block.
ImageList edf_images(ImageBytes& bytes);
/// Calls `visit` with the entries of each image, and of a general block, until it returns false.
void each_edf_header(ImageBytes& bytes, std::function<bool(EdfHeader const&)> const& visit);
/// NumPy array, versions 1 to 3: one image or, in C order, several.
ImageList npy_images(ImageBytes& bytes);
core::LargeBytes npy_pixels(ImageBytes const& bytes, ImageList const& list, std::size_t image);
/// Fit2D mask: 1 is masked. 1024 bytes of header ("MASK" in 4 words, columns, rows), then one bit
/// per pixel, rows of whole 32-bit words.
ImageList fit2d_masks(ImageBytes& bytes);
core::LargeBytes fit2d_pixels(ImageBytes const& bytes, ImageList const& list, std::size_t image);
/// TIFF of one sample per pixel, all pages, or a stack of ImageJ: integers of 8, 16, 32, 64 bits,
/// floating point of 32, 64.
ImageList tiff_images(ImageBytes& bytes);
core::LargeBytes tiff_pixels(ImageBytes const& bytes, ImageList const& list, std::size_t image);
/// CBF with one image, x-CBF_BYTE_OFFSET, as the detectors of Dectris write it.
ImageList cbf_images(ImageBytes& bytes);

/// Where the pixels of the first image end by the header, which the beginning of a long file holds;
/// what it claims beyond belief counts for nothing. Of TIFF the header may stand anywhere.
/// \throws as the readers
std::size_t edf_bytes(Beginning const& beginning);
std::size_t npy_bytes(Beginning const& beginning);
std::size_t fit2d_mask_bytes(Beginning const& beginning);
std::size_t cbf_bytes(Beginning const& beginning);

}  // namespace xrdct::io
