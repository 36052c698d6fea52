#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/geometry/geometry.hpp"
#include "core/matrix/azimuthal_overlaps.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {

/*!
 * Radial and azimuthal coordinates of the pixels, as far as a splitting needs them.
 *
 * Memory per pixel: 8 B of centres (not of full splitting) and 4 B of corners (not without
 * splitting); with bins in χ as much again. Full splitting always has the corners of both.
 *
 * Where the radial unit is an angle that jumps at ±180°, pixels across reach beyond the end of
 * their side: the radial axis is not wrapped; `PatternKind::azimuthal` is. Where the unit has no
 * finite value at the beam, pixels whose centre or corners (as far as the splitting takes them) are
 * there, to 1/1000 of a pixel, have no coordinates: what they have is rounding, and would stretch
 * the axis by decades.
 */
class PixelOutlines {
 public:
  /// \param azimuth bins in χ; nothing: χ is not binned. Kept by reference.
  PixelOutlines(Geometry const& geometry, Unit unit, Splitting splitting,
                std::optional<AzimuthBins> const& azimuth);

  /// Lowest and highest radial value of a pixel.
  std::pair<double, double> extent(std::size_t pixel) const;
  /// Number of bins that a pixel may have a share in: at least as many as `share` finds.
  std::size_t bins_met(BinAxis const& axis, std::size_t pixel) const;
  /// What the pixel gives to each bin; empty when it is outside of the range.
  void share(BinAxis const& axis, std::size_t pixel, GridShares& out);

 private:
  std::array<double, 4> radial_quadrilateral(std::size_t pixel) const;
  PlaceInterval places(std::size_t pixel) const;
  void find_beam(Geometry const& geometry);
  bool is_at_beam(std::size_t pixel) const {
    return std::binary_search(at_beam_.begin(), at_beam_.end(), pixel);
  }
  void share_radially(BinAxis const& axis, std::size_t pixel);
  void share_azimuthally(std::size_t pixel);

  Splitting splitting_;
  bool is_angle_;  // the radial unit jumps at half a turn
  std::optional<AzimuthBins> const& azimuth_;
  std::vector<double> centers_, chi_;
  std::vector<std::size_t> at_beam_;  // pixels without coordinates, ascending: a few at most
  std::optional<PixelCorners> corners_, chi_corners_;
  PixelShares radial_, azimuthal_;  // of the pixel that is shared
};

}  // namespace xrdct::core
