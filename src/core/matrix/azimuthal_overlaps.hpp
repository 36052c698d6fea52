#pragma once
#include <array>
#include <vector>

#include "core/matrix/azimuth_bins.hpp"
#include "core/matrix/pixel_shares.hpp"

namespace xrdct::core {

/// What one pixel gives to the bins of both axes, nothing where `share` is empty; used again from
/// pixel to pixel.
struct GridShares {
  std::ptrdiff_t first_azimuthal = 0, first_radial = 0;
  std::size_t azimuthal = 1, radial = 0;
  std::vector<double> share;  //!< [azimuthal][radial]
};

/// share(k, b) = azimuthal(k)·radial(b)
void multiply(PixelShares const& azimuthal, PixelShares const& radial, GridShares& out);

/*!
 * Distributes the radial shares of a quadrilateral over azimuthal bins by exact overlaps.
 *
 *     share(k, b) = radial share(b) · |P ∩ b ∩ k| / |P ∩ b|
 *     |P ∩ b ∩ {χ < y}| = Σ over the edges of ∫ min(χ, y) dx inside bin b
 *
 * P is the pixel in (radial coordinate, unwrapped χ) with straight edges, b a radial and k an
 * azimuthal bin; in double. The radial shares carry float32 noise (`share_quadrilateral`); taking
 * them as they are makes a cake summed over χ the radial pattern. The pixel that holds the beam is
 * shared evenly over χ; one whose corners cross over or have no area evenly over the angles of its
 * corners.
 * \param x, chi radial coordinate and χ [rad] of the corners.
 * \param radial the shares that `share_quadrilateral` gave for the same corners.
 */
void share_overlaps(BinAxis const& axis, AzimuthBins const& bins, std::array<double, 4> const& x,
                    std::array<double, 4> const& chi, PixelShares const& radial, GridShares& out);

/// The angles that a pixel covers: of its corners, or all of them when it holds the beam.
PlaceInterval places_of(AzimuthBins const& bins, std::array<double, 4> const& chi);

}  // namespace xrdct::core
