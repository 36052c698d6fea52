// Shares of a pixel in radial bins, by bounding box or by area.
#include "core/matrix/pixel_shares.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace xrdct::core {
namespace {

/// Share of the rectangle around a quadrilateral below which its area tells little: float32 areas
/// are differences of numbers that are larger by far.
constexpr double least_filled = 1.0 / 64.0;

/// Bins [first, last] that [begin, end] (in bins) meets, cut to the axis; false when there are
/// none.
bool bins_met(BinAxis const& axis, double begin, double end, std::ptrdiff_t& first,
              std::ptrdiff_t& last) {
  auto const bins = static_cast<double>(axis.bins);
  if (!std::isfinite(begin) || !std::isfinite(end) || end < 0.0 || begin >= bins) return false;
  first = static_cast<std::ptrdiff_t>(std::floor(std::max(begin, 0.0)));
  last = static_cast<std::ptrdiff_t>(std::floor(std::min(end, bins - 1.0)));
  return true;
}

/// Adds ∫ y dx under the edge, bin by bin, in float32; `area[0]` is bin `first`.
void add_edge(double bins, std::ptrdiff_t first, double x0, double y0, double x1, double y1,
              std::vector<double>& area) {
  if (x0 == x1) return;
  double const sign = x0 < x1 ? 1.0 : -1.0;
  if (x0 > x1) {
    std::swap(x0, x1);
    std::swap(y0, y1);
  }
  double const slope = (y1 - y0) / (x1 - x0);
  double const end = std::min(x1, bins);
  for (double x = std::max(x0, 0.0); x < end;) {
    double const bin = std::floor(x);
    double const next = std::min(bin + 1.0, end);
    double& sum = area[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(bin) - first)];
    sum = static_cast<float>(sum + sign * (y0 + slope * (0.5 * (x + next) - x0)) * (next - x));
    x = next;
  }
}

using Corners = std::array<double, 4>;

double extent_of(Corners const& values) {
  auto const [low, high] = std::minmax_element(values.begin(), values.end());
  return *high - *low;
}

/// ∫ χ dx around the pixel.
double area_of(Corners const& x, Corners const& chi) {
  double area = 0.0;
  for (std::size_t k = 0; k < 4; ++k)
    area += 0.5 * (chi[k] + chi[(k + 1) % 4]) * (x[(k + 1) % 4] - x[k]);
  return area;
}

}  // namespace

bool crosses_itself(std::array<double, 4> const& x, std::array<double, 4> const& y) {
  int left = 0, right = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    std::size_t const b = (k + 1) % 4, c = (k + 2) % 4;
    double const turn = (x[b] - x[k]) * (y[c] - y[b]) - (y[b] - y[k]) * (x[c] - x[b]);
    left += turn > 0.0;
    right += turn < 0.0;
  }
  return left == 2 && right == 2;
}

bool unwrap(std::array<double, 4>& chi) {
  constexpr double pi = std::numbers::pi;
  auto const step = [](double from, double to) {
    double const d = to - from;
    return d > pi ? d - 2.0 * pi : d < -pi ? d + 2.0 * pi : d;
  };
  std::array<double, 4> const wrapped = chi;
  for (std::size_t k = 1; k < 4; ++k) chi[k] = chi[k - 1] + step(wrapped[k - 1], wrapped[k]);
  if (std::abs(chi[3] + step(wrapped[3], wrapped[0]) - chi[0]) > pi) return false;
  double const mean = 0.25 * (chi[0] + chi[1] + chi[2] + chi[3]);
  double const shift = mean > pi ? -2.0 * pi : mean <= -pi ? 2.0 * pi : 0.0;
  for (double& value : chi) value += shift;
  return true;
}

void share_point(BinAxis const& axis, double x, PixelShares& out) {
  out.share.clear();
  double const bin = std::floor(axis.bin(x));
  if (!(bin >= 0.0 && bin < static_cast<double>(axis.bins))) return;
  out.first_bin = static_cast<std::ptrdiff_t>(bin);
  out.share.push_back(1.0);
}

void share_interval(BinAxis const& axis, double low, double high, PixelShares& out) {
  out.share.clear();
  double const begin = axis.bin(low), end = axis.bin(high);
  std::ptrdiff_t last = 0;
  if (!bins_met(axis, begin, end, out.first_bin, last)) return;
  double const first_edge = std::floor(begin), last_edge = std::floor(end);
  bool const folded = axis.positive && axis.lower == 0.0 && begin < 0.0;
  if (first_edge == last_edge || (folded && last_edge == 0.0)) {
    out.share.push_back(1.0);
    return;
  }
  double const density = 1.0 / (end - begin);
  for (std::ptrdiff_t bin = out.first_bin; bin <= last; ++bin) {
    auto const b = static_cast<double>(bin);
    bool const holds_begin = b == first_edge || (folded && bin == 0);
    out.share.push_back(holds_begin      ? density * (b + 1.0 - begin)
                        : b == last_edge ? density * (end - b)
                                         : density);
  }
}

void share_quadrilateral(BinAxis const& axis, std::array<double, 4> const& x,
                         std::array<double, 4> const& chi, PixelShares& out) {
  out.share.clear();
  std::array<double, 4> bin{}, turned = chi;
  for (std::size_t k = 0; k < 4; ++k) bin[k] = axis.bin(x[k]);
  auto const [begin, end] = std::minmax_element(bin.begin(), bin.end());
  std::ptrdiff_t last = 0;
  if (!bins_met(axis, *begin, *end, out.first_bin, last)) return;
  if (std::floor(*begin) == std::floor(*end)) {
    out.share.push_back(1.0);
    return;
  }
  bool const has_outline = unwrap(turned);
  double const whole = area_of(bin, turned);
  double const filled = std::abs(whole) / (extent_of(bin) * extent_of(turned));
  if (!has_outline || !(filled > least_filled) || crosses_itself(bin, turned)) {
    auto const [low, high] = std::minmax_element(x.begin(), x.end());
    share_interval(axis, *low, *high, out);
    return;
  }
  out.share.assign(static_cast<std::size_t>(last - out.first_bin + 1), 0.0);
  for (std::size_t k = 0; k < 4; ++k) {
    std::size_t const next = (k + 1) % 4;
    add_edge(static_cast<double>(axis.bins), out.first_bin, bin[k], turned[k], bin[next],
             turned[next], out.share);
  }
  for (double& share : out.share) share = std::max(share / whole, 0.0);
  // A pixel wholly on the axis is divided by the sum of its shares, so that the rounding of its
  // areas loses nothing; no pixel gives more than itself.
  double const sum = std::accumulate(out.share.begin(), out.share.end(), 0.0);
  bool const whole_on_axis = *begin >= 0.0 && *end < static_cast<double>(axis.bins);
  if (!whole_on_axis && !(sum > 1.0)) return;
  for (double& share : out.share) share /= sum;
}

}  // namespace xrdct::core
