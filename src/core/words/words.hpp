#pragma once
#include <cstddef>
#include <cstdint>

#include "core/words/names.hpp"

namespace xrdct::core {

/// Type of a stored pixel; little endian in memory.
enum class PixelType { u8, i8, u16, i16, u32, i32, f32, f64 };
template <>
inline constexpr auto words_of<PixelType> = std::to_array<Word<PixelType>>({{"u8", PixelType::u8},
                                                                            {"i8", PixelType::i8},
                                                                            {"u16", PixelType::u16},
                                                                            {"i16", PixelType::i16},
                                                                            {"u32", PixelType::u32},
                                                                            {"i32", PixelType::i32},
                                                                            {"f32", PixelType::f32},
                                                                            {"f64",
                                                                             PixelType::f64}});

std::size_t size_of(PixelType type);  //!< [bytes]
bool is_integer(PixelType type);
bool is_signed(PixelType type);    //!< true for floats, too
bool is_unsigned(PixelType type);  //!< an integer without a sign

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
  zstd,            //!< HDF5 filter 32015, likewise
  lz4,             //!< HDF5 filter 32004
  bitshuffle,      //!< HDF5 filter 32008, not compressed
  bitshuffle_lz4,  //!< HDF5 filter 32008 with LZ4
  bitshuffle_zstd,  //!< HDF5 filter 32008 with zstd
  byte_offset       //!< of CBF: differences of neighbours, for integers of at most 32 bits
};
template <>
inline constexpr auto words_of<Filter> =
    std::to_array<Word<Filter>>({{"none", Filter::none},
                                 {"deflate", Filter::deflate},
                                 {"zstd", Filter::zstd},
                                 {"LZ4", Filter::lz4},
                                 {"bitshuffle", Filter::bitshuffle},
                                 {"bitshuffle-LZ4", Filter::bitshuffle_lz4},
                                 {"bitshuffle-zstd", Filter::bitshuffle_zstd},
                                 {"byte offset", Filter::byte_offset}});

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
  missing = 1,      //!< the scan has no frame for this place
  unreadable = 2,   //!< the bytes could not be read
  corrupt = 3,      //!< the bytes could not be decoded
  monitor_low = 4,  //!< monitor ≤ 0 or not finite
  pending = 5,      //!< the run has not come to this place yet; in no finished output
  partial = 6       //!< some of the frames of this place are not good; its values are of the others
};
template <>
inline constexpr auto words_of<FrameStatus> =
    std::to_array<Word<FrameStatus>>({{"good", FrameStatus::good},
                                      {"missing", FrameStatus::missing},
                                      {"unreadable", FrameStatus::unreadable},
                                      {"corrupt", FrameStatus::corrupt},
                                      {"monitor low", FrameStatus::monitor_low},
                                      {"pending", FrameStatus::pending},
                                      {"partial", FrameStatus::partial}});

/// How a pixel is shared among bins.
enum class Splitting { none, bounding_box, full };
template <>
inline constexpr auto words_of<Splitting> =
    std::to_array<Word<Splitting>>({{"none", Splitting::none},
                                    {"bounding_box", Splitting::bounding_box},
                                    {"full", Splitting::full}});

/// Where the variance of a pixel comes from.
enum class ErrorModel {
  none,       //!< no errors
  variance,   //!< a given image
  poisson,    //!< the count itself, at least 1
  azimuthal,  //!< how far the pixels of a bin lie apart
  hybrid      //!< azimuthal while clipping decides, Poisson for the result; elsewhere Poisson
};
template <>
inline constexpr auto words_of<ErrorModel> =
    std::to_array<Word<ErrorModel>>({{"none", ErrorModel::none},
                                     {"variance", ErrorModel::variance},
                                     {"poisson", ErrorModel::poisson},
                                     {"azimuthal", ErrorModel::azimuthal},
                                     {"hybrid", ErrorModel::hybrid}});

/// How the pixels of a bin become its value.
enum class Method {
  mean,           //!< Σ c·signal / Σ c·norm
  sigma_clip,     //!< the mean of the pixels that are not outliers
  quantile_mean,  //!< the mean of the pixels between two quantiles; the median when both are ½
  maximum,        //!< the pixel with the largest signal / norm
  sum             //!< Σ c·signal
};
template <>
inline constexpr auto words_of<Method> =
    std::to_array<Word<Method>>({{"mean", Method::mean},
                                 {"sigma_clip", Method::sigma_clip},
                                 {"quantile_mean", Method::quantile_mean},
                                 {"median", Method::quantile_mean},
                                 {"maximum", Method::maximum},
                                 {"sum", Method::sum}});

/// Whether the counts of a frame are part of the variance, pixel by pixel.
constexpr bool counts_vary(ErrorModel model) noexcept {
  return model == ErrorModel::poisson || model == ErrorModel::hybrid;
}

/// The axes of a pattern.
enum class PatternKind {
  radial,     //!< I(q), of the ring or of a sector
  azimuthal,  //!< I(χ), in a radial window
  cake        //!< I(χ, q)
};
template <>
inline constexpr auto words_of<PatternKind> =
    std::to_array<Word<PatternKind>>({{"radial", PatternKind::radial},
                                      {"azimuthal", PatternKind::azimuthal},
                                      {"cake", PatternKind::cake}});

}  // namespace xrdct::core
