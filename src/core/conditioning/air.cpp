// The level at the ends of the line, and whether it is air.
#include "core/conditioning/air.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/conditioning/robust_statistics.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t blocks_of_turn = 8;
constexpr double sure = 5.0;        // in units of the noise
constexpr double of_signal = 0.02;  // what does no harm
constexpr double share_below_signal = 0.95;

struct Sum {
  double value = 0.0, variance = 0.0;
  std::size_t count = 0;
  void add(double v, double var) {
    value += v;
    variance += var;
    ++count;
  }
  void add(Sum const& other) {
    value += other.value;
    variance += other.variance;
    count += other.count;
  }
  double mean() const { return count > 0 ? value / static_cast<double>(count) : 0.0; }
};

/// Sum of measured samples over translations [first, last).
Sum sum_of(SummedSinogram const& sinogram, std::size_t p, std::size_t first, std::size_t last) {
  Sum sum;
  for (std::size_t k = first; k < last; ++k)
    if (sinogram.there(p, k))
      sum.add(sinogram.at(p, k),
              sinogram.variance_known() ? sinogram.variance[sinogram.sample(p, k)] : 0.0);
  return sum;
}

/// Calls `visit(projection, sample)` for the measured samples of the ends that are air.
template <class Visit>
void for_each_air_sample(SummedSinogram const& sinogram, Air const& air, Visit const& visit) {
  for (std::size_t p = 0; p < sinogram.projections(); ++p) {
    for (std::size_t end = 0; end < air.ends.size(); ++end) {
      if (air.ends[end].holds_sample) continue;
      std::size_t const first = end == 0 ? 0 : sinogram.translations - air.columns;
      for (std::size_t k = first; k < first + air.columns; ++k)
        if (sinogram.there(p, k)) visit(p, sinogram.sample(p, k));
    }
  }
}

/// One contrast in all projections in the order of θ; those that lack samples are left out.
class Contrast {
 public:
  void add(Sum const& inner, Sum const& outer) {
    if (inner.count > 0 && outer.count > 0) values_.push_back(inner.mean() - outer.mean());
  }
  /// The highest mean over a block, or over all, where it is sure; else 0. `sign` −1: of the
  /// opposite contrast.
  double highest(double sign) const {
    double const noise = noise_of_series(values_);
    double most = 0.0;
    for (std::size_t const blocks : {std::size_t{1}, blocks_of_turn}) {
      std::size_t const length = std::max(values_.size() / blocks, std::size_t{1});
      for (std::size_t first = 0; first + length <= values_.size(); first += length) {
        double sum = 0.0;
        for (std::size_t i = first; i < first + length; ++i) sum += sign * values_[i];
        double const mean = sum / static_cast<double>(length);
        if (mean > sure * noise / std::sqrt(static_cast<double>(length)))
          most = std::max(most, mean);
      }
    }
    return most;
  }

 private:
  std::vector<double> values_;
};

/// Highest contrasts towards sample of the two ends.
std::array<double, 2> contrasts(SummedSinogram const& sinogram, std::size_t columns) {
  std::size_t const line = sinogram.translations;
  std::size_t const outer = (columns + 1) / 2;
  Contrast across, first_end, last_end;
  for (auto const p : by_angle(sinogram.angles)) {
    across.add(sum_of(sinogram, p, 0, columns), sum_of(sinogram, p, line - columns, line));
    first_end.add(sum_of(sinogram, p, outer, columns), sum_of(sinogram, p, 0, outer));
    last_end.add(sum_of(sinogram, p, line - columns, line - outer),
                 sum_of(sinogram, p, line - outer, line));
  }
  return {std::max(across.highest(1.0), first_end.highest(1.0)),
          std::max(across.highest(-1.0), last_end.highest(1.0))};
}

/// Sums over the ends of each projection that are air.
std::vector<Sum> sums_of_air(SummedSinogram const& sinogram, Air const& air) {
  std::vector<Sum> sums(sinogram.projections());
  for_each_air_sample(sinogram, air, [&](std::size_t p, std::size_t sample) {
    sums[p].add(sinogram.value[sample],
                sinogram.variance_known() ? sinogram.variance[sample] : 0.0);
  });
  return sums;
}

/// Variance of a sample of air, from the scatter about the means of projections.
double scatter_of_air(SummedSinogram const& sinogram, Air const& air,
                      std::vector<Sum> const& sums) {
  std::vector<double> rests;
  double count = 0.0;
  for_each_air_sample(sinogram, air, [&](std::size_t p, std::size_t sample) {
    rests.push_back(sinogram.value[sample] - sums[p].mean());
  });
  for (auto const& sum : sums) count += sum.count > 0 ? 1.0 : 0.0;
  double const samples = static_cast<double>(rests.size());
  double const spread = robust_spread(std::move(rests));
  return spread * spread * samples / std::max(samples - count, 1.0);  // each mean took a freedom
}

void measure_levels(SummedSinogram const& sinogram, Air& air) {
  std::size_t const projections = sinogram.projections();
  auto const sums = sums_of_air(sinogram, air);
  double const scatter = sinogram.variance_known() ? 0.0 : scatter_of_air(sinogram, air, sums);
  Sum all;
  for (auto const& sum : sums) all.add(sum);
  air.level.resize(projections);
  air.variance.resize(projections);
  for (std::size_t p = 0; p < projections; ++p) {
    // a projection without a sample of air takes the level of all
    auto const& sum = air.scope == AirScope::scan || sums[p].count == 0 ? all : sums[p];
    auto const count = static_cast<double>(std::max(sum.count, std::size_t{1}));
    air.level[p] = sum.mean();
    air.variance[p] = sinogram.variance_known() ? sum.variance / (count * count) : scatter / count;
  }
}

/// Mean and its variance of the air of each projection and channel: [projection][channel].
template <class Real>
std::vector<Sum> levels_of_channels(SummedSinogram const& sinogram, Air const& air,
                                    std::size_t channels, std::span<Real const> values,
                                    std::span<Real const> variances) {
  std::vector<Sum> sums(sinogram.projections() * channels), all(channels);
  for_each_air_sample(sinogram, air, [&](std::size_t p, std::size_t sample) {
    for (std::size_t c = 0; c < channels; ++c) {
      std::size_t const i = sample * channels + c;
      double const value = static_cast<double>(values[i]);
      double const variance = variances.empty() ? 0.0 : static_cast<double>(variances[i]);
      // a channel may miss a sample that others have
      if (!std::isfinite(value) || !std::isfinite(variance)) continue;
      sums[p * channels + c].add(value, variance);
      all[c].add(value, variance);
    }
  });
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (air.scope == AirScope::scan || sums[i].count == 0) sums[i] = all[i % channels];
    auto const count = static_cast<double>(std::max(sums[i].count, std::size_t{1}));
    sums[i].value /= count;
    sums[i].variance /= count * count;
  }
  return sums;
}

double signal_above(SummedSinogram const& sinogram, std::vector<double> const& level) {
  std::vector<double> above;
  for (std::size_t p = 0; p < sinogram.projections(); ++p)
    for (std::size_t k = 0; k < sinogram.translations; ++k)
      if (sinogram.there(p, k)) above.push_back(sinogram.at(p, k) - level[p]);
  return quantile(std::move(above), share_below_signal);
}

}  // namespace

std::size_t usual_air_columns(std::size_t translations) noexcept {
  auto const usual = std::clamp(translations / 40, std::size_t{2}, std::size_t{8});
  return std::clamp(usual, std::size_t{1}, std::max(translations / 4, std::size_t{1}));
}

Air estimate_air(SummedSinogram const& sinogram, std::size_t columns, AirScope scope) {
  XRDCT_ASSERT(columns >= 1 && 4 * columns <= sinogram.translations);
  Air air;
  air.columns = columns;
  air.scope = scope;
  measure_levels(sinogram, air);
  air.signal = signal_above(sinogram, air.level);
  auto const highest = contrasts(sinogram, columns);
  for (std::size_t end = 0; end < air.ends.size(); ++end) {
    bool const none = !(air.signal > 0.0);
    air.ends[end].excess = none ? 0.0 : highest[end] / air.signal;
    air.ends[end].holds_sample = highest[end] > 0.0 && (none || air.ends[end].excess > of_signal);
  }
  if (air.sample_inside()) return air;
  if (air.ends[0].holds_sample && air.ends[1].holds_sample) {
    air.refusal = "the sample reaches both ends of the line";
    air.level.assign(sinogram.projections(), 0.0);
    air.variance.assign(sinogram.projections(), 0.0);
  } else {
    measure_levels(sinogram, air);
    air.signal = signal_above(sinogram, air.level);
  }
  return air;
}

template <class Real>
void subtract_air(SummedSinogram const& sinogram, Air const& air, std::size_t channels,
                  std::span<Real> values, std::span<Real> variances) {
  XRDCT_ASSERT(values.size() == sinogram.samples() * channels);
  XRDCT_ASSERT(variances.empty() || variances.size() == values.size());
  if (!air.usable()) return;
  auto const levels = levels_of_channels<Real>(sinogram, air, channels, values, variances);
  std::size_t const line = sinogram.translations * channels;
  for (std::size_t p = 0; p < sinogram.projections(); ++p) {
    Sum const* const own = levels.data() + p * channels;
    for (std::size_t first = p * line; first < (p + 1) * line; first += channels) {
      for (std::size_t c = 0; c < channels; ++c)
        values[first + c] =
            static_cast<Real>(static_cast<double>(values[first + c]) - own[c].value);
      for (std::size_t c = 0; c < channels && !variances.empty(); ++c)
        variances[first + c] =
            static_cast<Real>(static_cast<double>(variances[first + c]) + own[c].variance);
    }
  }
}

template void subtract_air(SummedSinogram const&, Air const&, std::size_t, std::span<float>,
                           std::span<float>);
template void subtract_air(SummedSinogram const&, Air const&, std::size_t, std::span<double>,
                           std::span<double>);

SummedSinogram without_air(SummedSinogram sinogram, Air const& air) {
  for (std::size_t p = 0; p < sinogram.projections(); ++p) {
    for (std::size_t k = 0; k < sinogram.translations; ++k) {
      std::size_t const i = sinogram.sample(p, k);
      if (sinogram.missing[i] != 0) continue;
      sinogram.value[i] -= air.level[p];
      if (sinogram.variance_known()) sinogram.variance[i] += air.variance[p];
    }
  }
  return sinogram;
}

}  // namespace xrdct::core
