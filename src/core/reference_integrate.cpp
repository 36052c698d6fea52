#include "core/reference_integrate.hpp"

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"

namespace xrdct::core {
namespace {

void clear_frame(PatternSums& sums) {
  auto const n = static_cast<std::ptrdiff_t>(sums.bins);
  for (auto* field : {&sums.signal, &sums.variance, &sums.normalization, &sums.normalization2, &sums.count})
    std::fill(field->begin(), field->begin() + n, 0.0);
  std::fill(sums.pixels.begin(), sums.pixels.begin() + n, 0);
}

void add_pixel(BinMatrix const& matrix, std::size_t pixel, double signal, double variance, double norm, PatternSums& sums) {
  auto bin = static_cast<std::size_t>(matrix.first_bin[pixel]);
  for (std::size_t entry = matrix.entry_begin[pixel]; entry < matrix.entry_begin[pixel + 1]; ++entry, ++bin) {
    double const c = matrix.coefficient[entry];
    double const weight = c * norm;
    sums.signal[bin] += c * signal;
    sums.variance[bin] += c * c * variance;
    sums.normalization[bin] += weight;
    sums.normalization2[bin] += weight * weight;
    sums.count[bin] += c;
    ++sums.pixels[bin];
  }
}

}  // namespace

void reference_integrate(ReductionPlan const& plan, Reduction const& reduction, std::span<double const> frame, PatternSums& sums, PixelTally& tally) {
  BinMatrix const& matrix = reduction.matrix;
  PixelCorrections const& corrections = plan.corrections;
  XRDCT_ASSERT(frame.size() == matrix.pixels() && corrections.mask.size() == frame.size() && corrections.normalization.size() == frame.size());
  XRDCT_ASSERT(sums.frames >= 1 && sums.bins == matrix.bins);
  clear_frame(sums);
  tally = {};
  for (std::size_t pixel = 0; pixel < frame.size(); ++pixel) {
    auto const raw = static_cast<float>(frame[pixel]);
    float const signal = corrections.dark.empty() ? raw : raw - corrections.dark[pixel];
    if (corrections.mask[pixel] != 0) {
      ++tally.masked;
    } else if (!plan.valid.contains(frame[pixel]) || !std::isfinite(signal)) {
      ++tally.invalid;
    } else if (matrix.entry_begin[pixel] == matrix.entry_begin[pixel + 1]) {
      ++tally.out_of_range;
    } else {
      ++tally.used;
      float const variance = reduction.error_model == ErrorModel::poisson ? std::max(raw, 1.0f) : 0.0f;
      add_pixel(matrix, pixel, signal, variance, corrections.normalization[pixel], sums);
    }
  }
}

}  // namespace xrdct::core
