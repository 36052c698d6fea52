#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/images/stored_image.hpp"

/// Where the images of a file lie. Internal to io/.
namespace xrdct::io {

/// A number as a file stores it; a little wider than core::PixelType.
struct StoredNumber {
  enum class Kind { unsigned_integer, signed_integer, floating };
  Kind kind = Kind::unsigned_integer;
  std::size_t bytes = 1;
  bool big_endian = false;

  bool operator==(StoredNumber const&) const = default;
};

/// The images of a file, all of one shape and stored alike.
struct ImageList {
  core::FrameShape shape;
  StoredNumber number = {};
  core::FrameEncoding encoding = {};  //!< of what is delivered
  WideInteger wide = WideInteger::none;
  std::size_t bytes = 0;  //!< of an image as it is delivered
  /// Whether the bytes in the file are what is delivered; else a reader makes them.
  bool as_stored = true;
  bool fortran = false;  //!< columns lie side by side
  /// [image] the first byte of its pixels; of pages that libtiff reads, that of their directory
  std::vector<std::uint64_t> first = {};
  std::string md5 = {};  //!< of the bytes in the file, in base 64; "": not given
};

/// Largest image that is believed, so that a broken header does not ask for all memory.
constexpr std::size_t most_image_pixels = std::size_t{1} << 30;

/// At least one pixel, at most `most_image_pixels`, without overflow on the way.
constexpr bool is_believable(core::FrameShape shape) {
  return shape.rows > 0 && shape.columns > 0 && shape.rows <= most_image_pixels &&
         shape.columns <= most_image_pixels / shape.rows;
}

/// Bytes of the pixels; 0: of an image that is not believed.
constexpr std::size_t believed_bytes(core::FrameShape shape, std::size_t pixel_bytes) {
  return is_believable(shape) ? shape.pixels() * pixel_bytes : 0;
}

/// A list of images whose pixels lie as numbers, row by row; of none yet.
/// \throws core::IoError an absurd shape; core::InputError a number that is not known
ImageList plain_images(core::FrameShape shape, StoredNumber number,
                       std::filesystem::path const& file);

/// \throws core::IoError the pixels of an image that begin at `first` end behind the file
void expect_pixels(ImageList const& list, std::uint64_t first, std::uint64_t file_bytes,
                   std::filesystem::path const& file);

/// \throws core::InputError an image that is not like those before it
void expect_alike(ImageList const& list, core::FrameShape shape, StoredNumber number,
                  std::filesystem::path const& file);

}  // namespace xrdct::io
