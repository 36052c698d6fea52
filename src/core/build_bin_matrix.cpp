#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/errors.hpp"
#include "core/number_text.hpp"
#include "core/pixel_shares.hpp"
#include "core/plan_building.hpp"

namespace xrdct::core {
namespace {

/// Radial and azimuthal coordinates of the pixels, as far as a splitting needs them.
class PixelOutlines {
 public:
  PixelOutlines(Geometry const& geometry, Binning const& binning)
      : splitting_(binning.splitting), columns_(geometry.shape().columns), stride_(columns_ + 1) {
    if (splitting_ != Splitting::full) centers_ = geometry.radial_centers(binning.unit);
    if (splitting_ != Splitting::none) corners_ = geometry.radial_corner_grid(binning.unit);
    if (splitting_ == Splitting::full) chi_ = geometry.chi_corner_grid();
  }

  /// Lowest and highest radial value of a pixel.
  std::pair<double, double> extent(std::size_t pixel) const {
    if (splitting_ == Splitting::none) return {centers_[pixel], centers_[pixel]};
    auto const corners = radial(pixel);
    if (splitting_ == Splitting::full) return {*std::min_element(corners.begin(), corners.end()), *std::max_element(corners.begin(), corners.end())};
    double const width = half_width(centers_[pixel], corners);
    return {centers_[pixel] - width, centers_[pixel] + width};
  }

  void share(BinAxis const& axis, std::size_t pixel, PixelShares& out) const {
    switch (splitting_) {
      case Splitting::none:
        return share_point(axis, centers_[pixel], out);
      case Splitting::bounding_box: {
        auto const [low, high] = extent(pixel);
        return share_interval(axis, low, high, out);
      }
      case Splitting::full:
        return share_quadrilateral(axis, radial(pixel), pixel_corners(chi_, stride_, pixel / columns_, pixel % columns_), out);
    }
  }

 private:
  std::array<double, 4> radial(std::size_t pixel) const { return pixel_corners(corners_, stride_, pixel / columns_, pixel % columns_); }

  Splitting splitting_;
  std::size_t columns_, stride_;
  std::vector<double> centers_;
  std::vector<float> corners_, chi_;
};

bool used(std::span<std::uint8_t const> mask, std::size_t pixel) { return mask.empty() || mask[pixel] == 0; }

/// Lowest and highest value that the unmasked pixels take.
std::pair<double, double> extent_of_pixels(PixelOutlines const& outlines, std::span<std::uint8_t const> mask, std::size_t pixels) {
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    if (!used(mask, pixel)) continue;
    auto const [low, high] = outlines.extent(pixel);
    if (!std::isfinite(low) || !std::isfinite(high)) continue;
    lowest = std::min(lowest, low);
    highest = std::max(highest, high);
  }
  if (lowest > highest)
    throw InputError("cannot build a radial axis: expected pixels to use, found all " + std::to_string(pixels) + " masked; look at the masks");
  return {lowest, highest};
}

std::string range_text(double lower, double upper, Unit unit) {
  double const scale = scale_of(unit);
  return number_text(lower * scale) + " to " + number_text(upper * scale) + " " + std::string(symbol_of(unit));
}

BinAxis axis_of(PixelOutlines const& outlines, std::span<std::uint8_t const> mask, std::size_t pixels, Binning const& binning) {
  auto const [lowest, highest] = extent_of_pixels(outlines, mask, pixels);
  double lower = lowest, upper = highest;
  if (binning.radial_range) {
    auto const [a, b] = *binning.radial_range;
    lower = std::min(a, b) / scale_of(binning.unit);
    upper = std::max(a, b) / scale_of(binning.unit);
    if (!(lower <= highest && upper >= lowest))
      throw InputError("cannot build a radial axis: expected a radial range with pixels inside, found " + range_text(lower, upper, binning.unit) +
                       "; the pixels reach from " + range_text(lowest, highest, binning.unit));
  }
  lower = std::max(lower, 0.0);
  upper = std::max(upper, 0.0) * (1.0 + 0x1p-23);  // bins are half-open: the largest pixel has to be inside
  if (!(upper > lower) || !std::isfinite(upper))
    throw InputError("cannot build a radial axis: expected a range above 0, found " + range_text(lower, upper, binning.unit) +
                     "; look at the radial range");
  return {lower, (upper - lower) / static_cast<double>(binning.bins), binning.bins};
}

std::vector<double> centers_of(BinAxis const& axis, double scale) {
  double const first = axis.lower + 0.5 * axis.width;
  std::vector<double> centers(axis.bins);
  for (std::size_t bin = 0; bin < axis.bins; ++bin) centers[bin] = (first + static_cast<double>(bin) * axis.width) * scale;
  return centers;
}

/// Number of coefficients, or a little more, so that they are allocated once.
std::size_t count_entries(PixelOutlines const& outlines, BinAxis const& axis, std::span<std::uint8_t const> mask, std::size_t pixels) {
  auto const last = static_cast<double>(axis.bins) - 1.0;
  std::size_t entries = 0;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    if (!used(mask, pixel)) continue;
    auto const [low, high] = outlines.extent(pixel);
    double const first_bin = std::max(std::floor(axis.bin(low)), 0.0), last_bin = std::min(std::floor(axis.bin(high)), last);
    if (first_bin <= last_bin) entries += static_cast<std::size_t>(last_bin - first_bin) + 1;
  }
  if (entries > std::numeric_limits<std::uint32_t>::max())
    throw InputError("cannot build the matrix of a reduction: expected at most 4294967295 coefficients, found " + std::to_string(entries) +
                     "; use fewer bins");
  return entries;
}

/// Appends the coefficients of a pixel without the zeros at both ends, so that a bin has an entry only of pixels that reach into it.
void append(PixelShares const& shares, BinMatrix& matrix) {
  std::size_t begin = 0, end = shares.share.size();
  while (begin < end && static_cast<float>(shares.share[begin]) == 0.0f) ++begin;
  while (end > begin && static_cast<float>(shares.share[end - 1]) == 0.0f) --end;
  if (begin == end) return;
  double sum = 0.0;
  for (std::size_t k = begin; k < end; ++k) {
    auto const coefficient = static_cast<float>(shares.share[k]);
    matrix.bin.push_back(static_cast<std::uint32_t>(static_cast<std::size_t>(shares.first_bin) + k));
    matrix.coefficient.push_back(coefficient);
    sum += coefficient;
  }
  matrix.lost += 1.0 - sum;
}

}  // namespace

BinMatrix build_bin_matrix(Geometry const& geometry, std::span<std::uint8_t const> mask, Binning const& binning) {
  std::size_t const pixels = geometry.shape().pixels();
  XRDCT_ASSERT(mask.empty() || mask.size() == pixels);
  XRDCT_ASSERT(binning.bins > 0 && binning.bins <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()));
  PixelOutlines const outlines(geometry, binning);
  BinAxis const axis = axis_of(outlines, mask, pixels, binning);

  BinMatrix matrix;
  matrix.bins = binning.bins;
  matrix.radial_axis = centers_of(axis, scale_of(binning.unit));
  matrix.entry_begin.assign(pixels + 1, 0);
  std::size_t const entries = count_entries(outlines, axis, mask, pixels);
  matrix.bin.reserve(entries);
  matrix.coefficient.reserve(entries);
  PixelShares shares;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    if (used(mask, pixel)) {
      outlines.share(axis, pixel, shares);
      append(shares, matrix);
    }
    matrix.entry_begin[pixel + 1] = static_cast<std::uint32_t>(matrix.coefficient.size());
  }
  return matrix;
}

}  // namespace xrdct::core
