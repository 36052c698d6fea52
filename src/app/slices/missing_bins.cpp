// Samples that were not measured, of all bins or of one alone: filled, or without weight.
#include "app/slices/missing_bins.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "core/conditioning/missing_samples.hpp"
#include "kokkos/space/host_work.hpp"

namespace xrdct::app {
namespace {

/// Samples that a bin misses and its height does not: [projection × bin].
std::vector<std::vector<std::size_t>> missing_of_bins(HeightFindings const& found,
                                                      UnitSinogram const& sinogram) {
  std::vector<std::vector<std::size_t>> of_projection(sinogram.projections * sinogram.bins);
  bool const has_errors = sinogram.has_errors();
  kernels::share_on_host("xrdct::slices gaps", sinogram.projections, [&](std::size_t p) {
    for (std::size_t s = p * sinogram.translations; s < (p + 1) * sinogram.translations; ++s) {
      if (found.sum.missing[s] != 0) continue;
      for (std::size_t b = 0; b < sinogram.bins; ++b) {
        float const value = sinogram.value[s * sinogram.lanes + b];
        float const variance = has_errors ? sinogram.variance[s * sinogram.lanes + b] : 0.0F;
        if (!std::isfinite(value) || !std::isfinite(variance))
          of_projection[p * sinogram.bins + b].push_back(s);
      }
    }
  });
  return of_projection;
}

void clear_bin(UnitSinogram& sinogram, std::size_t b) {
  for (std::size_t s = 0; s < sinogram.samples(); ++s) {
    sinogram.value[s * sinogram.lanes + b] = 0.0F;
    if (sinogram.has_errors()) sinogram.variance[s * sinogram.lanes + b] = 0.0F;
  }
}

/// Does something to the samples of one bin: `by(channel)`.
template <class By>
void change_bin(UnitSinogram const& sinogram, kernels::LargeFloats& of, std::size_t b,
                By const& by) {
  std::vector<float> channel(sinogram.samples());
  for (std::size_t s = 0; s < channel.size(); ++s) channel[s] = of[s * sinogram.lanes + b];
  by(std::span<float>(channel));
  for (std::size_t s = 0; s < channel.size(); ++s) of[s * sinogram.lanes + b] = channel[s];
}

/// \param own samples that this bin misses beside those of the height
void fill_bin(HeightFindings const& found, HeightWork const& work,
              std::vector<std::size_t> const& own, std::size_t b, UnitSinogram& sinogram) {
  auto sum = found.sum;
  for (auto const s : own) sum.missing[s] = 1;
  auto const imputation = core::impute(sum, work.geometry.centres);
  change_bin(sinogram, sinogram.value, b,
             [&](std::span<float> values) { core::fill(imputation, 1, values); });
  if (sinogram.has_errors())
    change_bin(sinogram, sinogram.variance, b,
               [&](std::span<float> values) { core::fill_variance(imputation, 1, values); });
}

}  // namespace

SolvedBins fill_missing(HeightFindings const& found, HeightWork const& work,
                        UnitSinogram& sinogram) {
  auto const of_projection = missing_of_bins(found, sinogram);
  core::fill(work.imputation, sinogram.lanes, sinogram.values());
  if (sinogram.has_errors())
    core::fill_variance(work.imputation, sinogram.lanes, sinogram.variances());
  std::size_t const of_height = work.imputation.missing;
  SolvedBins solved;
  solved.status.assign(sinogram.bins, core::SliceStatus::good);
  solved.imputed.assign(sinogram.bins, static_cast<double>(of_height));
  for (std::size_t b = 0; b < sinogram.bins; ++b) {
    std::vector<std::size_t> own;
    for (std::size_t p = 0; p < sinogram.projections; ++p) {
      auto const& more = of_projection[p * sinogram.bins + b];
      own.insert(own.end(), more.begin(), more.end());
    }
    if (own.empty()) continue;
    solved.imputed[b] += static_cast<double>(own.size());
    if (own.size() + of_height == sinogram.samples()) {
      solved.status[b] = core::SliceStatus::empty;
      clear_bin(sinogram, b);
    } else {
      fill_bin(found, work, own, b, sinogram);
    }
  }
  return solved;
}

SolvedBins weigh_measured(HeightFindings const& found, UnitSinogram const& sinogram,
                          kernels::LargeFloats& weights) {
  std::size_t const samples = sinogram.samples();
  weights.resize(samples * sinogram.lanes);
  std::vector<double> measured(sinogram.bins, 0.0);
  for (std::size_t s = 0; s < samples; ++s)
    for (std::size_t b = 0; b < sinogram.lanes; ++b) {
      std::size_t const i = s * sinogram.lanes + b;
      bool const good = b < sinogram.bins && found.sum.missing[s] == 0 &&
                        std::isfinite(sinogram.value[i]) &&
                        (!sinogram.has_errors() || std::isfinite(sinogram.variance[i]));
      weights[i] = good ? 1.0F : 0.0F;
      if (good) measured[b] += 1.0;
    }
  SolvedBins solved;
  for (double const count : measured) {
    solved.status.push_back(count == 0.0 ? core::SliceStatus::empty : core::SliceStatus::good);
    solved.imputed.push_back(static_cast<double>(samples) - count);
  }
  return solved;
}

}  // namespace xrdct::app
