// Shares of a pixel's azimuth in the bins of a ring.
#include "core/matrix/azimuth_bins.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double border_digits = 1e9;  // borders are multiples of 1e-9 deg
constexpr double widest_deg =
    360.0 * (1.0 + 0x1p-22);  // pyFAI's whole ring: float32(π) and the largest pixel inside

/// Adds `more` to `sum`; the bins between the two get the share 0.
void add(PixelShares const& more, std::size_t bins, PixelShares& sum) {
  if (more.share.empty()) return;
  if (sum.share.empty()) {
    sum = more;
    return;
  }
  std::vector<double> all(bins, 0.0);
  auto const put = [&all](PixelShares const& part) {
    for (std::size_t k = 0; k < part.share.size(); ++k)
      all[static_cast<std::size_t>(part.first_bin) + k] += part.share[k];
  };
  put(sum);
  put(more);
  sum.first_bin = 0;
  sum.share = std::move(all);
}

}  // namespace

double canonical_azimuth(double degrees) {
  double const rest = std::round(std::remainder(degrees, 360.0) * border_digits) / border_digits;
  return (rest == 180.0 ? -180.0 : rest) / 180.0 * pi;
}

AzimuthBins::AzimuthBins(std::pair<double, double> range_deg, std::size_t bins)
    : range_deg_(range_deg), axis_{0.0, 1.0, bins, false} {
  auto const [lower, upper] = range_deg;
  if (!std::isfinite(lower) || !std::isfinite(upper) || !(lower < upper) ||
      upper - lower > widest_deg)
    throw InputError({.what = "build azimuthal bins",
                      .expected = "a range with lower < upper <= lower + 360 deg",
                      .found = number_text(lower) + " to " + number_text(upper) + " deg",
                      .attempt = "across 180 deg write, for example, 170 to 190"});
  lower_ = canonical_azimuth(lower);
  start_ = std::remainder(lower, 360.0) / 180.0 * pi;
  double const width = upper - lower, end = canonical_azimuth(upper);
  whole_ = width >= 360.0 || (end == lower_ && width > 180.0);
  auto const n = static_cast<double>(bins);
  double const width_of_bins = whole_ ? std::max(width, 360.0) : width;
  bin_width_ = width_of_bins / 180.0 * pi / n;
  turn_ = n * 360.0 / width_of_bins;
  for (std::size_t k = 0; k < bins; ++k)
    borders_.push_back(canonical_azimuth(lower + width * static_cast<double>(k) / n));
  if (!whole_) borders_.push_back(end);
}

std::vector<double> AzimuthBins::centers_deg() const {
  double const width = (range_deg_.second - range_deg_.first) / static_cast<double>(size());
  std::vector<double> centers(size());
  for (std::size_t k = 0; k < size(); ++k)
    centers[k] = range_deg_.first + (static_cast<double>(k) + 0.5) * width;
  return centers;
}

PlaceInterval AzimuthBins::interval(double low, double width) const {
  double angle = low - start_;
  if (angle < 0.0 || angle >= 2.0 * pi) angle -= 2.0 * pi * std::floor(angle / (2.0 * pi));
  double const place = angle / bin_width_, begin = place < turn_ ? place : 0.0;
  return {begin, begin + width / bin_width_};
}

std::ptrdiff_t AzimuthBins::bin_of(double chi) const {
  if (!std::isfinite(chi)) return -1;
  if (chi >= pi) chi = -pi;
  auto const next = std::upper_bound(borders_.begin(), borders_.end(), chi,
                                     [this](double a, double b) { return before(a, b); });
  return !whole_ && next == borders_.end() ? -1 : next - borders_.begin() - 1;
}

void AzimuthBins::share_point(double chi, PixelShares& out) const {
  out.share.clear();
  out.first_bin = bin_of(chi);
  if (out.first_bin >= 0) out.share.push_back(1.0);
}

std::size_t AzimuthBins::bins_met(PlaceInterval const& interval) const {
  auto const last = static_cast<double>(size()) - 1.0;
  auto const met = [last](double begin, double end) {
    double const bins = std::min(std::floor(end), last) - std::max(std::floor(begin), 0.0) + 1.0;
    return bins > 0.0 ? static_cast<std::size_t>(bins) : 0;
  };
  return std::min(size(), met(interval.begin, interval.end) +
                              met(interval.begin - turn_, interval.end - turn_));
}

void AzimuthBins::share_interval(PlaceInterval const& interval, PixelShares& out) const {
  core::share_interval(axis_, interval.begin, interval.end, out);
  if (!(interval.end > turn_)) return;
  PixelShares wrapped;
  core::share_interval(axis_, interval.begin - turn_, interval.end - turn_, wrapped);
  add(wrapped, size(), out);
}

}  // namespace xrdct::core
