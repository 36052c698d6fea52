#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/words/frames.hpp"
#include "core/words/large_bytes.hpp"
#include "core/words/words.hpp"

namespace xrdct::io {

/// Integers of 64 bits, which no frame of a scan has, but images do.
enum class WideInteger { none, i64, u64 };

/// An image as its file stores it, and all that is needed to decode it. Integers of 64 bits are
/// stored as f64 here: see `Image`.
struct StoredImage {
  core::FrameShape shape;
  core::FrameEncoding encoding = {};
  WideInteger wide = WideInteger::none;
  core::LargeBytes content = {};  //!< the whole file, expanded, or the frame alone
  std::size_t first = 0;          //!< where the frame begins in `content`
  std::size_t bytes = 0;          //!< its length

  std::span<std::byte const> stored() const { return std::span(content).subspan(first, bytes); }
};

/// A 2D image as double. Every supported type fits without loss; of 64-bit integers those up to
/// 2^53 and the sentinels −2^63, 2^64 − 2, 2^64 − 1 are read, the last two as 2^64.
struct Image {
  core::FrameShape shape;
  /// As stored; f64 for integers of 64 bits, see `wide`.
  core::PixelType type = core::PixelType::f64;
  std::vector<double> pixels;  //!< [row][column]
  WideInteger wide = WideInteger::none;
};

/// Values that are measurements by the stored type of an image: core::ValidValues::of, for integers
/// of 64 bits, too.
core::ValidValues valid_by_type(core::PixelType type, WideInteger wide);

/// The pixels of an image.
/// \param name for the message
/// \throws core::IoError broken bytes
Image decoded(StoredImage const& image, std::string const& name);

}  // namespace xrdct::io
