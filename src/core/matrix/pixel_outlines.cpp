// Outlines of pixels in the unit of a reduction, as the splittings need them.
#include "core/matrix/pixel_outlines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace xrdct::core {
namespace {

/// max over the corners of the angle between corner and centre, at most π.
double azimuthal_half_width(double center, CornerValues const& corners) {
  double width = 0.0;
  for (double const corner : corners) {
    double const difference = std::abs(corner - center);
    width = std::max(width, std::min(difference, 2.0 * std::numbers::pi - difference));
  }
  return width;
}

}  // namespace

PixelOutlines::PixelOutlines(Geometry const& geometry, Unit unit, Splitting splitting,
                             std::optional<AzimuthBins> const& azimuth)
    : splitting_(splitting), is_angle_(jumps_at_half_turn(quantity_of(unit))), azimuth_(azimuth) {
  bool const centers = splitting != Splitting::full, corners = splitting != Splitting::none;
  if (centers) centers_ = geometry.radial_centers(unit);
  if (corners) corners_ = geometry.radial_corners(unit);
  if (centers && azimuth) chi_ = geometry.chi_centers();
  if (splitting == Splitting::full || (corners && azimuth))
    chi_corners_ = geometry.chi_corners(unit);
  if (diverges_at_beam(quantity_of(unit))) find_beam(geometry);
}

void PixelOutlines::find_beam(Geometry const& geometry) {
  double const near = 1e-3 * std::min(geometry.detector().pixel1_m, geometry.detector().pixel2_m) /
                      geometry.calibration().distance_m;  // [rad]
  std::vector<double> centers;
  std::optional<PixelCorners> corners;
  if (splitting_ != Splitting::full) centers = geometry.radial_centers(Unit::two_theta_rad);
  if (splitting_ != Splitting::none) corners = geometry.radial_corners(Unit::two_theta_rad);
  for (std::size_t pixel = 0; pixel < geometry.shape().pixels(); ++pixel) {
    bool at_beam = !centers.empty() && centers[pixel] < near;
    if (corners) {
      auto const values = corners->of(pixel);
      at_beam = at_beam || std::any_of(values.begin(), values.end(),
                                       [&](double two_theta) { return two_theta < near; });
    }
    if (at_beam) at_beam_.push_back(pixel);
  }
}

std::pair<double, double> PixelOutlines::extent(std::size_t pixel) const {
  if (is_at_beam(pixel))
    return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  if (splitting_ == Splitting::none) return {centers_[pixel], centers_[pixel]};
  if (splitting_ == Splitting::full) {
    auto const corners = radial_quadrilateral(pixel);
    auto const [low, high] = std::minmax_element(corners.begin(), corners.end());
    return {*low, *high};
  }
  auto const corners = corners_->of(pixel);
  double const width = is_angle_ ? azimuthal_half_width(centers_[pixel], corners)
                                 : half_width(centers_[pixel], corners);
  return {centers_[pixel] - width, centers_[pixel] + width};
}

std::array<double, 4> PixelOutlines::radial_quadrilateral(std::size_t pixel) const {
  auto const corners = corners_->quadrilateral(pixel);
  auto const [low, high] = std::minmax_element(corners.begin(), corners.end());
  auto turned = corners;
  return is_angle_ && *high - *low > std::numbers::pi && unwrap(turned) ? turned : corners;
}

PlaceInterval PixelOutlines::places(std::size_t pixel) const {
  if (splitting_ == Splitting::full)
    return places_of(*azimuth_, chi_corners_->quadrilateral(pixel));
  double const width = azimuthal_half_width(chi_[pixel], chi_corners_->of(pixel));
  return azimuth_->interval(chi_[pixel] - width, 2.0 * width);
}

std::size_t PixelOutlines::bins_met(BinAxis const& axis, std::size_t pixel) const {
  auto const [low, high] = extent(pixel);
  double const first = std::max(std::floor(axis.bin(low)), 0.0),
               last = std::min(std::floor(axis.bin(high)), static_cast<double>(axis.bins) - 1.0);
  if (!(first <= last)) return 0;
  auto const bins = static_cast<std::size_t>(last - first) + 1;
  if (!azimuth_) return bins;
  if (splitting_ == Splitting::none) return azimuth_->bin_of(chi_[pixel]) >= 0 ? bins : 0;
  return bins * azimuth_->bins_met(places(pixel));
}

void PixelOutlines::share_radially(BinAxis const& axis, std::size_t pixel) {
  switch (splitting_) {
    case Splitting::none:
      return share_point(axis, centers_[pixel], radial_);
    case Splitting::bounding_box: {
      auto const [low, high] = extent(pixel);
      return share_interval(axis, low, high, radial_);
    }
    case Splitting::full:
      return share_quadrilateral(axis, radial_quadrilateral(pixel),
                                 chi_corners_->quadrilateral(pixel), radial_);
  }
}

void PixelOutlines::share_azimuthally(std::size_t pixel) {
  if (splitting_ == Splitting::none) return azimuth_->share_point(chi_[pixel], azimuthal_);
  azimuth_->share_interval(places(pixel), azimuthal_);
}

void PixelOutlines::share(BinAxis const& axis, std::size_t pixel, GridShares& out) {
  out.share.clear();
  if (is_at_beam(pixel)) return;
  share_radially(axis, pixel);
  if (!azimuth_) {
    out.first_radial = radial_.first_bin;
    out.radial = radial_.share.size();
    out.share.swap(radial_.share);
    return;
  }
  if (radial_.share.empty()) {
    out.share.clear();
  } else if (splitting_ == Splitting::full) {
    share_overlaps(axis, *azimuth_, radial_quadrilateral(pixel), chi_corners_->quadrilateral(pixel),
                   radial_, out);
  } else {
    share_azimuthally(pixel);
    multiply(azimuthal_, radial_, out);
  }
}

}  // namespace xrdct::core
