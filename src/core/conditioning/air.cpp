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

/// Sum over the ends of a projection that are air.
Sum air_of(SummedSinogram const& sinogram, Air const& air, std::size_t p) {
  std::size_t const line = sinogram.translations;
  Sum sum;
  for (std::size_t end = 0; end < air.ends.size(); ++end) {
    if (air.ends[end].holds_sample) continue;
    std::size_t const first = end == 0 ? 0 : line - air.columns;
    sum.add(sum_of(sinogram, p, first, first + air.columns));
  }
  return sum;
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

/// Variance of a sample at the ends, from its scatter about the mean of its projection.
double scatter_of_ends(SummedSinogram const& sinogram, Air const& air) {
  std::vector<double> rests;
  std::size_t const line = sinogram.translations;
  for (std::size_t p = 0; p < sinogram.projections(); ++p) {
    for (std::size_t end = 0; end < air.ends.size(); ++end) {
      if (air.ends[end].holds_sample) continue;
      std::size_t const first = end == 0 ? 0 : line - air.columns;
      double const level = sum_of(sinogram, p, first, first + air.columns).mean();
      for (std::size_t k = first; k < first + air.columns; ++k)
        if (sinogram.there(p, k)) rests.push_back(sinogram.at(p, k) - level);
    }
  }
  double const spread = robust_spread(std::move(rests));
  auto const columns = static_cast<double>(air.columns);
  return spread * spread * columns / std::max(columns - 1.0, 1.0);  // the mean took one freedom
}

void measure_levels(SummedSinogram const& sinogram, Air& air) {
  std::size_t const projections = sinogram.projections();
  double const scatter = sinogram.variance_known() ? 0.0 : scatter_of_ends(sinogram, air);
  std::vector<Sum> sums(projections);
  Sum all;
  for (std::size_t p = 0; p < projections; ++p) {
    sums[p] = air_of(sinogram, air, p);
    all.add(sums[p]);
  }
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

double signal_above(SummedSinogram const& sinogram, std::vector<double> const& level) {
  std::vector<double> above;
  for (std::size_t p = 0; p < sinogram.projections(); ++p)
    for (std::size_t k = 0; k < sinogram.translations; ++k)
      if (sinogram.there(p, k)) above.push_back(sinogram.at(p, k) - level[p]);
  return quantile(std::move(above), share_below_signal);
}

}  // namespace

std::size_t usual_air_columns(std::size_t translations) noexcept {
  return std::clamp(translations / 40, std::size_t{2}, std::size_t{8});
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
  SummedSinogram channel{
      sinogram.angles, sinogram.translations, sinogram.value, {}, sinogram.missing};
  if (!variances.empty()) channel.variance.resize(sinogram.samples());
  Air own = air;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < sinogram.samples(); ++i) {
      channel.value[i] = static_cast<double>(values[i * channels + c]);
      if (!variances.empty())
        channel.variance[i] = static_cast<double>(variances[i * channels + c]);
    }
    measure_levels(channel, own);
    for (std::size_t i = 0; i < sinogram.samples(); ++i) {
      std::size_t const p = i / sinogram.translations;
      values[i * channels + c] = static_cast<Real>(channel.value[i] - own.level[p]);
      if (!variances.empty())
        variances[i * channels + c] = static_cast<Real>(channel.variance[i] + own.variance[p]);
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
