// Areas that pixels share with bins in two dimensions.
#include "core/matrix/azimuthal_overlaps.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace xrdct::core {
namespace {

constexpr double negligible = 1e-11;  // of the extent of a pixel: areas below are rounding

/// Corners in (radial bins, azimuthal bins above the lowest corner).
struct Outline {
  std::array<double, 4> x{}, height{};
};

/// ∫ min(h, y) dx over a straight line from (0, h0) to (length, h1).
double area_below(double length, double h0, double h1, double y) {
  double const low = std::min(h0, h1), high = std::max(h0, h1);
  if (high <= y) return 0.5 * length * (low + high);
  if (low >= y) return length * y;
  double const below = (y - low) / (high - low);
  return length * (y - 0.5 * below * (y - low));
}

/// Area of the outline, with the sign of its sense, in radial bin `bin` and below y.
double area_below(Outline const& outline, double bin, double y) {
  double area = 0.0;
  for (std::size_t k = 0; k < 4; ++k) {
    std::size_t const next = (k + 1) % 4;
    double const x0 = outline.x[k], x1 = outline.x[next], h0 = outline.height[k],
                 h1 = outline.height[next];
    double const from = std::clamp(x0, bin, bin + 1.0), to = std::clamp(x1, bin, bin + 1.0);
    if (from == to) continue;
    double const slope = (h1 - h0) / (x1 - x0);
    area += area_below(to - from, h0 + slope * (from - x0), h0 + slope * (to - x0), y);
  }
  return area;
}

}  // namespace

void multiply(PixelShares const& azimuthal, PixelShares const& radial, GridShares& out) {
  out.first_azimuthal = azimuthal.first_bin;
  out.first_radial = radial.first_bin;
  out.azimuthal = azimuthal.share.size();
  out.radial = radial.share.size();
  out.share.clear();
  for (double const a : azimuthal.share)
    for (double const r : radial.share) out.share.push_back(a * r);
}

PlaceInterval places_of(AzimuthBins const& bins, std::array<double, 4> const& chi) {
  auto turned = chi;
  if (!unwrap(turned)) return {0.0, bins.bins_per_turn()};
  auto const [low, high] = std::minmax_element(turned.begin(), turned.end());
  return bins.interval(*low, *high - *low);
}

void share_overlaps(BinAxis const& axis, AzimuthBins const& bins, std::array<double, 4> const& x,
                    std::array<double, 4> const& chi, PixelShares const& radial, GridShares& out) {
  PixelShares even;
  auto const places = places_of(bins, chi);
  bins.share_interval(places, even);
  multiply(even, radial, out);
  Outline outline{{}, chi};
  bool const in_one_bin = places.begin < static_cast<double>(bins.size()) &&
                          std::floor(places.begin) == std::floor(places.end);
  if (even.share.empty() || in_one_bin || !unwrap(outline.height)) return;

  double const lowest = *std::min_element(outline.height.begin(), outline.height.end());
  for (std::size_t k = 0; k < 4; ++k) {
    outline.x[k] = axis.bin(x[k]);
    outline.height[k] =
        (outline.height[k] - lowest) / (2.0 * std::numbers::pi) * bins.bins_per_turn();
  }
  double const top = *std::max_element(outline.height.begin(), outline.height.end());
  if (crosses_itself(outline.x, outline.height)) return;
  for (std::size_t r = 0; r < radial.share.size(); ++r) {
    auto const bin = static_cast<double>(radial.first_bin + static_cast<std::ptrdiff_t>(r));
    double const whole = area_below(outline, bin, top);
    if (!(std::abs(whole) > negligible * top)) continue;
    auto const fraction = [&](double low) {  // of the azimuthal bin that begins at this height
      double const begin = std::clamp(low, 0.0, top), end = std::clamp(low + 1.0, 0.0, top);
      return begin < end ? (area_below(outline, bin, end) - area_below(outline, bin, begin)) / whole
                         : 0.0;
    };
    for (std::size_t a = 0; a < out.azimuthal; ++a) {
      if (even.share[a] == 0.0) continue;
      double const low =
          static_cast<double>(even.first_bin + static_cast<std::ptrdiff_t>(a)) - places.begin;
      double const part = fraction(low) + fraction(low + bins.bins_per_turn());
      out.share[a * out.radial + r] =
          part > negligible ? std::min(part, 1.0) * radial.share[r] : 0.0;
    }
  }
}

}  // namespace xrdct::core
