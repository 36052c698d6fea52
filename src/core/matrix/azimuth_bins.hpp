#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "core/matrix/pixel_shares.hpp"

namespace xrdct::core {

/*!
 * The angle modulo 360°, rounded to 1e-9°, in [−π, π) [rad]; ±180 give −π.
 *
 * Rounded because −77.7 and 282.3 are one border, yet as doubles they differ by 5e-14 more than a
 * turn.
 */
double canonical_azimuth(double degrees);

/// Angles in units of azimuthal bins, from the lower border of the first bin on.
struct PlaceInterval {
  double begin = 0.0;
  double end = 0.0;
};

/*!
 * Bins of equal width over a sector of the ring; bin k holds lower + k·width/n ≤ χ < lower + (k +
 * 1)·width/n, modulo 360°.
 *
 * The borders are the canonical azimuths of numbers of degrees, and χ is compared with them alone:
 * two sectors with a border in common never share a pixel and never lose one. A width of 360° is
 * the whole ring.
 */
class AzimuthBins {
 public:
  /// \throws InputError unless lower < upper ≤ lower + 360, both finite; the ring of pyFAI's axis,
  /// 3e-5 deg wider, is the whole ring, too.
  AzimuthBins(std::pair<double, double> range_deg, std::size_t bins);

  std::size_t size() const noexcept { return axis_.bins; }
  /// Bin centres lower + (k + ½)·width/n. [deg]
  std::vector<double> centers_deg() const;
  /// Bins in a full turn: 2π / bin width; `size()` for the whole ring.
  double bins_per_turn() const noexcept { return turn_; }
  bool is_ring() const noexcept { return whole_; }

  /// Places of the angles [low, low + width] [rad], width ≤ 2π.
  /// \return begin in [0, bins_per_turn), end maybe beyond a turn.
  PlaceInterval interval(double low, double width) const;
  /// Number of bins that an interval meets.
  std::size_t bins_met(PlaceInterval const& interval) const;

  /// Bin of χ [rad]; −1 outside of the sector.
  std::ptrdiff_t bin_of(double chi) const;
  /// share = 1 in the bin of χ; none outside of the sector.
  void share_point(double chi, PixelShares& out) const;
  /*!
   * share(k) = |interval ∩ bin k| / |interval|; the part outside of the sector is dropped, beyond a
   * turn the interval goes on at the first bin.
   *
   * An interval that meets both ends of the sector has the share 0 in the bins between.
   */
  void share_interval(PlaceInterval const& interval, PixelShares& out) const;

 private:
  /// Angles in the order in which a turn from the lower border on meets them.
  bool before(double a, double b) const noexcept {
    return (a < lower_) != (b < lower_) ? b < lower_ : a < b;
  }

  std::pair<double, double> range_deg_;
  double lower_ = 0.0;           // canonical
  double start_ = 0.0;           // the same, not rounded: intervals are measured from it
  double bin_width_ = 0.0;       // [rad]
  double turn_ = 1.0;            // in bins
  bool whole_ = true;            // ring
  std::vector<double> borders_;  // canonical, of all bins: lower borders, and the upper one of the
                                 // last where it is not the lower of the first
  BinAxis axis_;                 // of places: lower 0, width 1
};

}  // namespace xrdct::core
