// The specification of all methods: plain loops in double.
#include "core/reference/reference_reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/words/clip_limit.hpp"
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

/// A pixel in one of its bins.
struct Entry {
  std::size_t pixel = 0;
  double coefficient = 0.0;
  double signal = 0.0;
  double norm = 0.0;
  double variance = 0.0;
  bool kept = true;

  double weight() const { return coefficient * norm; }
  double value() const { return signal / norm; }
};

enum class VarianceRule { propagated, azimuthal };

/// One pass in the order of the entries, which the azimuthal variance depends on where weights
/// differ.
BinSums sum_kept(std::vector<Entry> const& entries, VarianceRule rule) {
  BinSums sums;
  for (Entry const& e : entries) {
    if (!e.kept) continue;
    double const weight = e.weight(), before = sums.signal / sums.normalization;
    sums.signal += e.coefficient * e.signal;
    sums.normalization += weight;
    sums.normalization2 += weight * weight;
    sums.count += e.coefficient;
    if (rule == VarianceRule::propagated) {
      sums.variance += e.coefficient * e.coefficient * e.variance;
    } else if (sums.pixels > 0) {
      sums.variance +=
          weight * weight * (before - e.value()) * (sums.signal / sums.normalization - e.value());
    }
    ++sums.pixels;
  }
  return sums;
}

BinSums clip(std::vector<Entry>& entries, SigmaClip const& settings, ErrorModel model) {
  auto const rule_before = [&](int cycles_left) {
    bool const azimuthal =
        model == ErrorModel::azimuthal || (model == ErrorModel::hybrid && cycles_left > 0);
    return azimuthal ? VarianceRule::azimuthal : VarianceRule::propagated;
  };
  BinSums sums = sum_kept(entries, rule_before(settings.cycles));
  for (int cycle = 0; cycle < settings.cycles && sums.pixels > 0; ++cycle) {
    double const mean = sums.signal / sums.normalization,
                 deviation = std::sqrt(sums.variance / sums.normalization2);
    double const cut = ClipLimit{settings.threshold, sums.count}.sigmas * deviation;
    bool any = false;
    for (Entry& e : entries) {
      bool const rejected = e.kept && std::abs(e.value() - mean) > cut;
      e.kept = e.kept && !rejected;
      any = any || rejected;
    }
    if (!any) break;
    sums = sum_kept(entries, rule_before(settings.cycles - cycle - 1));
  }
  return sum_kept(entries, rule_before(0));
}

BinSums average_between(std::vector<Entry>& entries, Quantiles const& quantiles,
                        VarianceRule rule) {
  std::vector<Entry> sorted = entries;
  auto const value = [](Entry const& e) { return static_cast<float>(e.value()); };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](Entry const& a, Entry const& b) { return value(a) < value(b); });
  double total = 0.0;
  for (Entry const& e : sorted) total += static_cast<float>(e.weight());
  auto const lower = static_cast<float>(quantiles.lower * total),
             upper = static_cast<float>(quantiles.upper * total);
  double running = 0.0;
  float before = 0.0f;
  for (Entry& e : sorted) {
    running += static_cast<float>(e.weight());
    auto const after = static_cast<float>(running);
    e.kept = (lower <= before && after <= upper) || (lower >= before && after >= upper);
    before = after;
  }
  std::sort(sorted.begin(), sorted.end(),
            [](Entry const& a, Entry const& b) { return a.pixel < b.pixel; });
  entries = sorted;
  BinSums sums = sum_kept(entries, rule);
  sums.normalization2 = 0.0;
  for (Entry const& e : entries) {
    auto const weight = static_cast<float>(e.weight());
    if (e.kept) sums.normalization2 += weight * weight;
  }
  return sums;
}

BinSums largest(std::vector<Entry> const& entries) {
  BinSums sums;
  Entry const* best = nullptr;
  for (Entry const& e : entries) {
    if (best == nullptr || e.value() > best->value()) best = &e;
    sums.count += e.coefficient;
    ++sums.pixels;
  }
  if (best == nullptr) return sums;
  sums.signal = best->signal;
  sums.variance = best->variance;
  sums.normalization = best->norm;
  sums.normalization2 = best->norm * best->norm;
  return sums;
}

BinSums reduce_bin(std::vector<Entry>& entries, Reduction const& reduction) {
  VarianceRule const rule = reduction.error_model == ErrorModel::azimuthal
                                ? VarianceRule::azimuthal
                                : VarianceRule::propagated;
  switch (reduction.method) {
    case Method::mean:
    case Method::sum:
      return sum_kept(entries, rule);
    case Method::sigma_clip:
      return clip(entries, reduction.clip, reduction.error_model);
    case Method::quantile_mean:
      return average_between(entries, reduction.quantiles, rule);
    case Method::maximum:
      return largest(entries);
  }
  return {};
}

double variance_of(PixelCorrections const& corrections, ErrorModel model, float raw,
                   std::size_t pixel) {
  double const of_dark = corrections.dark_variance.empty() ? 0.0 : corrections.dark_variance[pixel];
  switch (model) {
    case ErrorModel::none:
    case ErrorModel::azimuthal:
      return 0.0;
    case ErrorModel::variance:
      return static_cast<double>(corrections.variance[pixel]) + of_dark;
    case ErrorModel::poisson:
    case ErrorModel::hybrid:
      return static_cast<double>(std::max(raw, 1.0f)) + of_dark;
  }
  return 0.0;
}

}  // namespace

void reference_reduce(ReductionPlan const& plan, Reduction const& reduction,
                      std::span<double const> frame, PatternSums& sums, PixelTally& tally) {
  BinMatrix const& matrix = reduction.matrix;
  PixelCorrections const& corrections = plan.corrections;
  XRDCT_ASSERT(frame.size() == matrix.pixels() && corrections.mask.size() == frame.size() &&
               corrections.normalization.size() == frame.size());
  XRDCT_ASSERT(sums.frames >= 1 && sums.bins == matrix.bins);
  XRDCT_ASSERT(reduction.error_model != ErrorModel::variance ||
               corrections.variance.size() == frame.size());
  tally = {};
  std::vector<std::vector<Entry>> bins(matrix.bins);
  for (std::size_t pixel = 0; pixel < frame.size(); ++pixel) {
    auto const raw = static_cast<float>(frame[pixel]);
    float const signal = corrections.dark.empty() ? raw : raw - corrections.dark[pixel];
    if (corrections.mask[pixel] != 0) {
      ++tally.masked;
    } else if (!plan.valid.contains(frame[pixel]) || !std::isfinite(signal)) {
      ++tally.invalid;
    } else if (!matrix.has_entry(pixel)) {
      ++tally.out_of_range;
    } else {
      ++tally.rejected;  // until a bin keeps it
      double const variance = variance_of(corrections, reduction.error_model, raw, pixel);
      for (std::size_t e = matrix.entry_begin[pixel]; e < matrix.entry_begin[pixel + 1]; ++e)
        bins[matrix.bin[e]].push_back(
            {pixel, matrix.coefficient[e], signal, corrections.normalization[pixel], variance});
    }
  }
  std::vector<bool> used(frame.size(), false);
  for (std::size_t bin = 0; bin < matrix.bins; ++bin) {
    BinSums const of_bin = reduce_bin(bins[bin], reduction);
    each_field([bin](double from, std::vector<double>& to) { to[bin] = from; }, of_bin, sums);
    sums.pixels[bin] = of_bin.pixels;
    for (Entry const& e : bins[bin]) {
      if (!e.kept || used[e.pixel]) continue;
      used[e.pixel] = true;
      ++tally.used;
      --tally.rejected;
    }
  }
}

}  // namespace xrdct::core
