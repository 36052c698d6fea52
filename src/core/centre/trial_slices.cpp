// Small reconstructions about a centre that is tried.
#include "core/centre/trial_slices.hpp"

#include <algorithm>
#include <cmath>

#include "core/tomography/angle_weights.hpp"
#include "core/tomography/ramp_filter.hpp"

namespace xrdct::core {
namespace {

constexpr double most_voxels_across = 320.0;

/// The sinogram with `width` neighbouring translations added to one place, and every n-th of the
/// projections so that there are at most `most`.
SummedSinogram coarsened(SummedSinogram const& full, std::vector<std::size_t> const& part,
                         std::size_t width, std::size_t most) {
  std::size_t const stride = std::max<std::size_t>((part.size() + most - 1) / most, 1);
  SummedSinogram coarse;
  coarse.translations = full.translations / width;
  for (std::size_t i = 0; i < part.size(); i += stride) {
    coarse.angles.push_back(full.angles[part[i]]);
    for (std::size_t place = 0; place < coarse.translations; ++place) {
      double sum = 0.0;
      for (std::size_t k = place * width; k < (place + 1) * width; ++k) sum += full.at(part[i], k);
      coarse.value.push_back(sum);
    }
  }
  coarse.missing.assign(coarse.value.size(), 0);
  return coarse;
}

}  // namespace

TrialSlices::TrialSlices(SummedSinogram const& sinogram,
                         std::vector<std::size_t> const& projections, std::size_t width,
                         std::size_t most)
    : coarse_(coarsened(sinogram, projections, width, most)),
      width_(static_cast<double>(width)),
      radius_(static_cast<double>(coarse_.translations) / 2.0),
      spacing_(std::ceil(2.0 * radius_ / most_voxels_across)) {
  double total = 0.0;
  for (auto const value : coarse_.value) total += std::abs(value);
  for (double const angle : coarse_.angles) {
    cosine_.push_back(std::cos(angle));
    sine_.push_back(std::sin(angle));
  }
  mean_total_ = total / static_cast<double>(std::max<std::size_t>(coarse_.projections(), 1));
  filter();
}

double TrialSlices::negative_mass(double centre) {
  double const place = (centre + 0.5) / width_ - 0.5;
  double sum = 0.0;
  auto const reach = static_cast<std::int64_t>(radius_ / spacing_);
  for (std::int64_t row = -reach; row <= reach; ++row)
    sum += negative_of_row(static_cast<double>(row) * spacing_, place, reach);
  return mean_total_ > 0.0 ? sum * spacing_ * spacing_ / mean_total_ : 0.0;
}

void TrialSlices::filter() {
  std::size_t const line = coarse_.translations, wide = 3 * line;
  auto const ramp = ramp_filter(wide, 1.0, FilterWindow::hann);
  auto const weights = angle_weights(coarse_.angles).weight;
  filtered_.assign(coarse_.projections() * wide, 0.0);
  std::vector<double> taps(2 * wide);  // h[i − wide]
  for (std::size_t i = 0; i < wide; ++i) taps[wide + i] = taps[wide - i] = ramp[i];
  for (std::size_t p = 0; p < coarse_.projections(); ++p) {
    double* const out = filtered_.data() + p * wide;
    for (std::size_t m = 0; m < line; ++m) {
      double const value = coarse_.value[p * line + m] * weights[p];
      double const* const tap = taps.data() + (wide - line - m);
      for (std::size_t k = 0; k < wide; ++k) out[k] += value * tap[k];
    }
  }
}

/// Σ max(−x, 0) over the voxels of a row that are inside of the circle.
double TrialSlices::negative_of_row(double up, double centre, std::int64_t reach) {
  std::size_t const line = coarse_.translations, wide = 3 * line;
  auto const within = std::sqrt(std::max(radius_ * radius_ - up * up, 0.0)) / spacing_;
  auto const half = std::min(static_cast<std::int64_t>(within), reach);
  row_.assign(static_cast<std::size_t>(2 * half + 1), 0.0);
  for (std::size_t p = 0; p < coarse_.projections(); ++p) {
    double const cosine = cosine_[p], sine = sine_[p];
    double const* const values = filtered_.data() + p * wide;
    double const start = centre + up * sine + static_cast<double>(line) -
                         static_cast<double>(half) * spacing_ * cosine;
    for (std::size_t i = 0; i < row_.size(); ++i) {
      double const place = start + static_cast<double>(i) * spacing_ * cosine;
      if (!(place >= 0.0 && place < static_cast<double>(wide - 1))) continue;
      auto const k = static_cast<std::size_t>(place);
      double const share = place - static_cast<double>(k);
      row_[i] += (1.0 - share) * values[k] + share * values[k + 1];
    }
  }
  double sum = 0.0;
  for (auto const value : row_) sum += std::max(-value, 0.0);
  return sum;
}

}  // namespace xrdct::core
