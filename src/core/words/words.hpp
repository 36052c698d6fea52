#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xrdct::core {

/// Type of a stored pixel; little endian in memory.
enum class PixelType { u8, i8, u16, i16, u32, i32, f32, f64 };

std::size_t size_of(PixelType type);       //!< [bytes]
std::string_view name_of(PixelType type);  //!< "u8", "i32", "f32" …
bool is_integer(PixelType type);
bool is_signed(PixelType type);  //!< true for floats, too

/// Rows (slow, axis 1) × columns (fast, axis 2) of a detector image.
struct FrameShape {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t pixels() const noexcept { return rows * columns; }
  bool operator==(FrameShape const&) const = default;
};

/// How the bytes of a stored frame were encoded.
enum class Filter {
  none,
  deflate,         //!< HDF5 filter 1, after shuffle (2) where `FrameEncoding::byte_shuffle` says so
  lz4,             //!< HDF5 filter 32004
  bitshuffle,      //!< HDF5 filter 32008, not compressed
  bitshuffle_lz4,  //!< HDF5 filter 32008 with LZ4
  bitshuffle_zstd,  //!< HDF5 filter 32008 with zstd
  byte_offset       //!< of CBF: differences of neighbours, for integers of at most 32 bits
};

std::string_view name_of(Filter filter);

/// All that is needed to decode the stored bytes of a frame. Big-endian pixels are swapped after
/// decoding.
struct FrameEncoding {
  PixelType type = PixelType::u32;
  Filter filter = Filter::none;
  bool byte_shuffle = false;
  bool big_endian = false;
  bool operator==(FrameEncoding const&) const = default;
};

/// Half-open range [first, last) of frame indices of a scan.
struct FrameRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t size() const noexcept { return last - first; }
};

/// What happened to the frame of a place; stored as u1 in the output.
enum class FrameStatus : std::uint8_t {
  good = 0,
  missing = 1,     //!< the scan has no frame for this place
  unreadable = 2,  //!< the bytes could not be read
  corrupt = 3,     //!< the bytes could not be decoded
  monitor_low = 4  //!< monitor ≤ 0 or not finite
};

std::string_view name_of(FrameStatus status);

/// How a pixel is shared among bins.
enum class Splitting { none, bounding_box, full };

/// Where the variance of a pixel comes from.
enum class ErrorModel {
  none,       //!< no errors
  variance,   //!< a given image
  poisson,    //!< the count itself, at least 1
  azimuthal,  //!< the spread of the pixels of a bin
  hybrid      //!< azimuthal while clipping decides, Poisson for the result; elsewhere Poisson
};

/// How the pixels of a bin become its value.
enum class Method {
  mean,           //!< Σ c·signal / Σ c·norm
  sigma_clip,     //!< the mean of the pixels that are not outliers
  quantile_mean,  //!< the mean of the pixels between two quantiles; the median when both are ½
  maximum,        //!< the pixel with the largest signal / norm
  sum             //!< Σ c·signal
};

/// The axes of a pattern.
enum class PatternKind {
  radial,     //!< I(q), of the ring or of a sector
  azimuthal,  //!< I(χ), in a radial window
  cake        //!< I(χ, q)
};

// The words of job and output.
constexpr std::string_view name_of(Splitting splitting) {
  switch (splitting) {
    case Splitting::none:
      return "none";
    case Splitting::bounding_box:
      return "bounding_box";
    case Splitting::full:
      return "full";
  }
  return "";
}

constexpr std::string_view name_of(ErrorModel model) {
  switch (model) {
    case ErrorModel::none:
      return "none";
    case ErrorModel::variance:
      return "variance";
    case ErrorModel::poisson:
      return "poisson";
    case ErrorModel::azimuthal:
      return "azimuthal";
    case ErrorModel::hybrid:
      return "hybrid";
  }
  return "";
}

constexpr std::string_view name_of(Method method) {
  switch (method) {
    case Method::mean:
      return "mean";
    case Method::sigma_clip:
      return "sigma_clip";
    case Method::quantile_mean:
      return "quantile_mean";
    case Method::maximum:
      return "maximum";
    case Method::sum:
      return "sum";
  }
  return "";
}

constexpr std::string_view name_of(PatternKind kind) {
  switch (kind) {
    case PatternKind::radial:
      return "radial";
    case PatternKind::azimuthal:
      return "azimuthal";
    case PatternKind::cake:
      return "cake";
  }
  return "";
}

}  // namespace xrdct::core
