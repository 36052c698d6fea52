#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "core/words/words.hpp"

namespace xrdct::core {

/// A quantity at the corners of one pixel, in their order around it.
struct CornerValues {
  static constexpr std::size_t most = 6;
  std::array<double, most> value{};
  std::size_t count = 0;  //!< 4, or 6 for hexagons
  double const* begin() const noexcept { return value.data(); }
  double const* end() const noexcept { return value.data() + count; }
};

/*!
 * A quantity at the corners of all pixels, float32 as in pyFAI.
 *
 * Neighbours of a contiguous detector share corners, (rows + 1)·(columns + 1) values; others have
 * their own, rows·columns·count values. Corners are A = (i, j), B = (i+1, j), C = (i+1, j+1), D =
 * (i, j+1) of pixel (i, j).
 */
class PixelCorners {
 public:
  /// `values`: [row][column] of (rows + 1) × (columns + 1).
  static PixelCorners shared(FrameShape shape, std::vector<float> values);
  /// `values`: [pixel][corner].
  static PixelCorners separate(FrameShape shape, std::vector<float> values);

  CornerValues of(std::size_t pixel) const noexcept;
  /// \throws InputError when pixels have another number of corners.
  std::array<double, 4> quadrilateral(std::size_t pixel) const;
  /// Corners of a pixel.
  std::size_t count() const noexcept { return count_; }

 private:
  PixelCorners(std::vector<float> values, std::size_t columns, std::size_t count, bool is_shared);

  std::vector<float> values_;
  std::size_t columns_, count_;
  bool is_shared_;
};

/// max over the corners of |corner − centre|
double half_width(double center, CornerValues const& corners);

}  // namespace xrdct::core
