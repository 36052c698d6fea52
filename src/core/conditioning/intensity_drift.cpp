// The intensity of the beam from the total scattering of each projection.
#include "core/conditioning/intensity_drift.hpp"

#include <cmath>

#include "core/conditioning/missing_samples.hpp"
#include "core/conditioning/robust_statistics.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr double least_significance = 10.0;  // of a total: below, its noise would be put in

struct Total {
  double value = 0.0, variance = 0.0;
};

Total total_of(SummedSinogram const& sinogram, std::size_t p) {
  Total total;
  for (std::size_t k = 0; k < sinogram.translations; ++k) {
    total.value += sinogram.at(p, k);
    if (sinogram.variance_known()) total.variance += sinogram.variance[sinogram.sample(p, k)];
  }
  return total;
}

std::string refusal_of(SummedSinogram const& sinogram, std::vector<Total> const& totals,
                       std::vector<std::size_t> const& measured) {
  if (measured.empty()) return "no projection was measured";
  for (auto const p : measured)
    if (!(totals[p].value > 0.0)) return "the total of a projection is not above 0 after air";
  if (!sinogram.variance_known()) return "";
  for (auto const p : measured)
    if (totals[p].value < least_significance * std::sqrt(totals[p].variance))
      return "the total of a projection is below ten times its error";
  return "";
}

/// Factors from the totals of a sinogram whose gaps are filled.
void set_factors(SummedSinogram const& full, std::vector<std::size_t> const& measured,
                 IntensityDrift& drift) {
  std::vector<Total> totals(full.projections());
  std::vector<double> values;
  for (auto const p : measured) {
    totals[p] = total_of(full, p);
    values.push_back(totals[p].value);
  }
  drift.refusal = refusal_of(full, totals, measured);
  if (!drift.usable()) return;
  double const middle = median(values);
  for (auto const p : measured) {
    drift.total[p] = totals[p].value;
    drift.factor[p] = middle / totals[p].value;
    if (full.variance_known())
      drift.relative_variance[p] = totals[p].variance / (totals[p].value * totals[p].value);
  }
  for (auto& value : values) value /= middle;
  drift.spread = robust_spread(std::move(values));
}

/// What is filled came from projections of another intensity: each sample is put right by the
/// factors of where it is from and where it goes.
SummedSinogram filled_evenly(SummedSinogram const& sinogram, IntensityDrift const& drift) {
  auto even = filled(without_drift(sinogram, drift));
  for (std::size_t p = 0; p < even.projections(); ++p) {
    for (std::size_t k = 0; k < even.translations; ++k) {
      std::size_t const i = even.sample(p, k);
      even.value[i] /= drift.factor[p];
      if (even.variance_known()) even.variance[i] /= drift.factor[p] * drift.factor[p];
    }
  }
  return even;
}

}  // namespace

IntensityDrift estimate_drift(SummedSinogram const& sinogram, Air const& air) {
  std::size_t const projections = sinogram.projections();
  IntensityDrift drift;
  drift.factor.assign(projections, 1.0);
  drift.total.assign(projections, 0.0);
  if (sinogram.variance_known()) drift.relative_variance.assign(projections, 0.0);
  if (!air.sample_inside()) {
    drift.refusal = "the sample reaches the end of the line: totals are not those of all of it";
    return drift;
  }
  std::vector<std::size_t> measured;
  for (std::size_t p = 0; p < projections; ++p)
    if (!sinogram.whole_missing(p)) measured.push_back(p);
  set_factors(filled(sinogram), measured, drift);
  if (drift.usable()) set_factors(filled_evenly(sinogram, drift), measured, drift);
  if (!drift.usable()) drift.factor.assign(projections, 1.0);
  return drift;
}

template <class Real>
void correct_drift(IntensityDrift const& drift, std::span<Real> values, std::span<Real> variances) {
  if (drift.factor.empty()) return;
  XRDCT_ASSERT(values.size() % drift.factor.size() == 0);
  XRDCT_ASSERT(variances.empty() || variances.size() == values.size());
  std::size_t const line = values.size() / drift.factor.size();
  for (std::size_t p = 0; p < drift.factor.size(); ++p) {
    double const factor = drift.factor[p], square = factor * factor;
    for (std::size_t i = p * line; i < (p + 1) * line; ++i)
      values[i] = static_cast<Real>(static_cast<double>(values[i]) * factor);
    for (std::size_t i = p * line; i < (p + 1) * line && !variances.empty(); ++i)
      variances[i] = static_cast<Real>(static_cast<double>(variances[i]) * square);
  }
}

template void correct_drift(IntensityDrift const&, std::span<float>, std::span<float>);
template void correct_drift(IntensityDrift const&, std::span<double>, std::span<double>);

SummedSinogram without_drift(SummedSinogram sinogram, IntensityDrift const& drift) {
  correct_drift(drift, std::span(sinogram.value), std::span(sinogram.variance));
  return sinogram;
}

}  // namespace xrdct::core
