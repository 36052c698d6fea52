#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/words/words.hpp"

namespace xrdct::core {

/// The stored bytes of one frame, owned by somebody else.
struct EncodedFrame {
  std::span<std::byte const> bytes;
  bool filtered = true;  //!< false: this frame was stored without the filters of its dataset
  FrameStatus status = FrameStatus::good;  //!< anything else: `bytes` is not to be looked at
};

/// Some frames of one scan, as they are stored. All have the same shape and encoding.
struct EncodedBatch {
  FrameShape shape;
  FrameEncoding encoding;
  std::vector<EncodedFrame> frames;
};

/// All values from `low` to `high`, both included.
struct ValueRange {
  double low;
  double high;
};

/*!
 * Which values of a pixel are measurements.
 *
 * A value v is valid when `lowest ≤ v ≤ highest` and v is in none of `invalid`; NaN and ±inf never
 * are. The bounds are integers that a double holds exactly for integer pixels; −inf and +inf stand
 * for "no bound".
 */
struct ValidValues {
  double lowest;
  double highest;
  std::vector<ValueRange> invalid;  //!< explicit invalid values

  bool contains(double value) const noexcept;
  /// The sentinels of a type: unsigned: 2ⁿ−1 and 2ⁿ−2; signed integers: below 0; floats: NaN and
  /// ±inf alone.
  static ValidValues of(PixelType type);
  /// Every finite value.
  static ValidValues all();
};

/*!
 * The static side of the correction of a pixel, one value per pixel of the frame, row by row.
 *
 *     signal = float(raw) − dark        norm = flat · polarization · solid angle
 *     (float32, as pyFAI does)
 */
struct PixelCorrections {
  std::vector<float> normalization;  //!< norm; all pixels
  std::vector<float> dark;           //!< empty: no dark
  /// of the signal, for the error model `variance`; empty: none given
  std::vector<float> variance;
  std::vector<float> dark_variance;  //!< added to the variance of every pixel; empty: none
  std::vector<std::uint8_t> mask;  //!< 1: never used; includes pixels whose norm is 0 or not finite
};

}  // namespace xrdct::core
