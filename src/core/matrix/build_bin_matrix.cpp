// Builds the matrix of a reduction, pixel by pixel.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/matrix/pixel_outlines.hpp"
#include "core/matrix/plan_building.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

bool used(std::span<std::uint8_t const> mask, std::size_t pixel) {
  return mask.empty() || mask[pixel] == 0;
}

/// Lowest and highest value that the unmasked pixels take.
std::pair<double, double> extent_of_pixels(PixelOutlines const& outlines,
                                           std::span<std::uint8_t const> mask, std::size_t pixels) {
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    if (!used(mask, pixel)) continue;
    auto const [low, high] = outlines.extent(pixel);
    if (!std::isfinite(low) || !std::isfinite(high)) continue;
    lowest = std::min(lowest, low);
    highest = std::max(highest, high);
  }
  if (lowest > highest)
    throw InputError(
        {.what = "build a radial axis",
         .expected = "pixels to use",
         .found = "all " + std::to_string(pixels) + " masked",
         .attempt = "look at the masks, and at what dark, flat and the other images mask"});
  return {lowest, highest};
}

std::string range_text(double lower, double upper, Unit unit) {
  double const scale = scale_of(unit);
  return number_text(lower * scale) + " to " + number_text(upper * scale) + " " +
         std::string(symbol_of(unit));
}

/// The next value above, with the distance of pyFAI's: bins are half-open, and the largest pixel
/// has to be inside.
double upper_border(double largest) {
  return largest > 0.0 ? largest * (1.0 + 0x1p-23) : largest / (1.0 + 0x1p-23);
}

BinAxis axis_of(PixelOutlines const& outlines, std::span<std::uint8_t const> mask,
                std::size_t pixels, Binning const& binning, std::size_t bins) {
  auto const [lowest, highest] = extent_of_pixels(outlines, mask, pixels);
  double lower = lowest, upper = highest;
  if (binning.radial_range) {
    auto const [a, b] = *binning.radial_range;
    if (std::isfinite(std::min(a, b))) lower = std::min(a, b) / scale_of(binning.unit);
    if (std::isfinite(std::max(a, b))) upper = std::max(a, b) / scale_of(binning.unit);
    if (!(lower <= highest && upper >= lowest))
      throw InputError(
          {.what = "build a radial axis",
           .expected = "a radial range with pixels inside",
           .found = range_text(lower, upper, binning.unit),
           .attempt = "the pixels reach from " + range_text(lowest, highest, binning.unit)});
  }
  bool const positive = !has_negative_values(binning.unit);
  if (positive) {
    lower = std::max(lower, 0.0);
    upper = std::max(upper, 0.0);
  }
  upper = upper_border(upper);
  if (!(upper > lower) || !std::isfinite(upper))
    throw InputError(
        {.what = "build a radial axis",
         .expected = "a range " + std::string(positive ? "above 0" : "that is not empty"),
         .found = range_text(lower, upper, binning.unit),
         .attempt = "look at the radial range"});
  return {lower, (upper - lower) / static_cast<double>(bins), bins, positive};
}

/// The bins in χ of a reduction; nothing when the whole ring is one bin.
std::optional<AzimuthBins> azimuth_of(Binning const& binning) {
  auto const range = binning.azimuth_range_deg.value_or(std::pair{-180.0, 180.0});
  AzimuthBins const bins(range, binning.kind == PatternKind::radial ? 1 : binning.azimuthal_bins);
  if (binning.kind == PatternKind::radial && bins.is_ring()) return {};
  return bins;
}

std::vector<double> centers_of(BinAxis const& axis, double scale) {
  double const first = axis.lower + 0.5 * axis.width;
  std::vector<double> centers(axis.bins);
  for (std::size_t bin = 0; bin < axis.bins; ++bin)
    centers[bin] = (first + static_cast<double>(bin) * axis.width) * scale;
  return centers;
}

/// Number of coefficients, or a little more, so that they are allocated once.
std::size_t count_entries(PixelOutlines const& outlines, BinAxis const& axis,
                          std::span<std::uint8_t const> mask, std::size_t pixels) {
  std::size_t entries = 0;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    if (used(mask, pixel)) entries += outlines.bins_met(axis, pixel);
  }
  if (entries > std::numeric_limits<std::uint32_t>::max())
    throw InputError({.what = "build the matrix of a reduction",
                      .expected = "at most 4294967295 coefficients",
                      .found = std::to_string(entries),
                      .attempt = "use fewer bins"});
  return entries;
}

/// What the shares of a pixel that lies whole on the axis may miss of 1.
constexpr double rounding = 1e-9;

/// Appends the coefficients of a pixel; bins that it does not reach have no entry.
void append(GridShares const& shares, BinMatrix& matrix) {
  if (shares.share.empty()) return;
  std::size_t const radial_bins = matrix.radial_axis.size(), before = matrix.entries();
  double sum = 0.0;
  auto share = shares.share.begin();
  for (std::size_t azimuthal = 0; azimuthal < shares.azimuthal; ++azimuthal) {
    std::size_t const first =
        (static_cast<std::size_t>(shares.first_azimuthal) + azimuthal) * radial_bins +
        static_cast<std::size_t>(shares.first_radial);
    for (std::size_t radial = 0; radial < shares.radial; ++radial, ++share) {
      auto const coefficient = static_cast<float>(*share);
      if (!(coefficient > 0.0f)) continue;
      matrix.bin.push_back(static_cast<std::uint32_t>(first + radial));
      matrix.coefficient.push_back(coefficient);
      sum += *share;
    }
  }
  double const outside = 1.0 - sum;
  if (matrix.entries() > before && outside > rounding) matrix.lost += outside;
}

}  // namespace

BinMatrix build_bin_matrix(Geometry const& geometry, std::span<std::uint8_t const> mask,
                           Binning const& binning) {
  std::size_t const pixels = geometry.shape().pixels();
  XRDCT_ASSERT(mask.empty() || mask.size() == pixels);
  std::size_t const radial_bins = binning.kind == PatternKind::azimuthal ? 1 : binning.bins;
  std::size_t const azimuthal_bins =
      binning.kind == PatternKind::radial ? 1 : binning.azimuthal_bins;
  constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
  XRDCT_ASSERT(radial_bins > 0 && azimuthal_bins > 0 && radial_bins <= most);
  if (azimuthal_bins > most / radial_bins)
    throw InputError({.what = "build the matrix of a reduction",
                      .expected = "at most 2147483647 bins",
                      .found = std::to_string(azimuthal_bins) + " x " + std::to_string(radial_bins),
                      .attempt = "use fewer bins"});
  auto const azimuth = azimuth_of(binning);
  PixelOutlines outlines(geometry, binning.unit, binning.splitting, azimuth);
  BinAxis const axis = axis_of(outlines, mask, pixels, binning, radial_bins);

  BinMatrix matrix;
  matrix.bins = radial_bins * azimuthal_bins;
  matrix.radial_axis = centers_of(axis, scale_of(binning.unit));
  if (binning.kind != PatternKind::radial) matrix.azimuthal_axis = azimuth->centers_deg();
  matrix.entry_begin.assign(pixels + 1, 0);
  std::size_t const entries = count_entries(outlines, axis, mask, pixels);
  matrix.bin.reserve(entries);
  matrix.coefficient.reserve(entries);
  GridShares shares;
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
