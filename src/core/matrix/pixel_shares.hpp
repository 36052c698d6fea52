#pragma once
#include <array>
#include <cstddef>
#include <vector>

namespace xrdct::core {

/// Bins of equal width: bin(x) = (x − lower)/width, half-open.
struct BinAxis {
  double lower = 0.0;
  double width = 1.0;
  std::size_t bins = 0;
  bool positive = true;  //!< there are no values below 0
  double bin(double x) const noexcept { return (x - lower) / width; }
};

/// Shares of one pixel in consecutive bins; used again from pixel to pixel.
struct PixelShares {
  std::ptrdiff_t first_bin = 0;
  std::vector<double> share;
};

/// share = 1 in the bin of x; none outside of the axis.
void share_point(BinAxis const& axis, double x, PixelShares& out);

/*!
 * share(b) = |[low, high] ∩ bin b| / (high − low); the part outside of the axis is dropped.
 *
 * Where there are no values below 0 and the axis begins at 0, the part below belongs to the first
 * bin (a pixel whose centre is near the beam).
 */
void share_interval(BinAxis const& axis, double low, double high, PixelShares& out);

/*!
 * share(b) = area of the quadrilateral (x_k, χ_k) inside bin b / its area; the part outside of the
 * axis is dropped.
 *
 *     area(b) = Σ over the edges of ∫ χ dx inside bin b
 *
 * The areas are summed in float32, as in pyFAI: they are small differences of large ones, so that
 * its shares carry an error of up to 1e-4, and the sums of a bin would differ by as much. Areas of
 * the wrong sign, at most some 1e-8, are 0, and shares that add up to more than 1 are divided by
 * their sum. χ is unwrapped from corner to corner.
 *
 * A pixel without a usable area is shared as the interval of its corners: one that contains the
 * beam, where χ takes all values; one whose outline crosses over or whose area is next to nothing
 * beside its extents, where the radial coordinate goes along with χ (signed units on their axis).
 */
void share_quadrilateral(BinAxis const& axis, std::array<double, 4> const& x,
                         std::array<double, 4> const& chi, PixelShares& out);

/// Whether two edges of a quadrilateral cross, so that parts of it have opposite senses.
bool crosses_itself(std::array<double, 4> const& x, std::array<double, 4> const& y);

/// Puts each of the corners within half a turn of the one before, their mean into (−π, π].
/// \return false when the beam is inside of the pixel.
bool unwrap(std::array<double, 4>& chi);

}  // namespace xrdct::core
