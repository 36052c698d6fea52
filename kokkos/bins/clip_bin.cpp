#include "kokkos/bins/clip_bin.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

constexpr double most_lost = 30.0;  // what may be taken off a sum, relative to the rest: 5 bits
constexpr double on_limit = 1e-11;  // relative distance from a limit that rounding can bridge
constexpr float margin = 1e-6f;     // relative error of limits in float32, generously

double chauvenet(double count) {
  return std::sqrt(2.0 * std::log(std::max(count, 3.0) / std::sqrt(2.0 * std::numbers::pi)));
}

// One valid entry of one lane.
struct LaneEntry {
  std::uint32_t entry;
  double coefficient, signal, norm, variance;
  bool kept = true;
  double weight() const { return coefficient * norm; }
  double value() const { return signal / norm; }
};

// Sums of one lane.
struct LaneSums {
  double signal = 0.0, variance = 0.0, normalization = 0.0, normalization2 = 0.0, count = 0.0;
  std::int32_t pixels = 0;
};

LaneSums sum_kept(std::vector<LaneEntry> const& entries, bool azimuthal) {
  LaneSums sums;
  for (LaneEntry const& e : entries) {
    if (!e.kept) continue;
    double const weight = e.weight(), before = sums.signal / sums.normalization;
    sums.signal += e.coefficient * e.signal;
    sums.normalization += weight;
    sums.normalization2 += weight * weight;
    sums.count += e.coefficient;
    if (!azimuthal) {
      sums.variance += e.coefficient * e.coefficient * e.variance;
    } else if (sums.pixels > 0) {
      sums.variance +=
          weight * weight * (before - e.value()) * (sums.signal / sums.normalization - e.value());
    }
    ++sums.pixels;
  }
  return sums;
}

LaneSums clip_entries(std::vector<LaneEntry>& entries, ClipRule const& rule) {
  auto const spread_before = [&](int cycles_left) {
    return cycles_left > 0 ? rule.spread_decides : rule.spread_remains;
  };
  LaneSums sums = sum_kept(entries, spread_before(rule.settings.cycles));
  for (int cycle = 0; cycle < rule.settings.cycles && sums.pixels > 0; ++cycle) {
    double const mean = sums.signal / sums.normalization,
                 cut = rule.cut(sums.count) * std::sqrt(sums.variance / sums.normalization2);
    bool any = false;
    for (LaneEntry& e : entries) {
      bool const rejected = e.kept && std::abs(e.value() - mean) > cut;
      e.kept = e.kept && !rejected;
      any = any || rejected;
    }
    if (!any) break;
    sums = sum_kept(entries, spread_before(rule.settings.cycles - cycle - 1));
  }
  return sum_kept(entries, rule.spread_remains);
}

class Clipping {
 public:
  Clipping(BinEntries const& bin, ClipRule const& rule, BinKernels const& kernels, BinMoments& sums,
           ClipScratch& scratch)
      : bin_(bin), rule_(rule), kernels_(kernels), sums_(sums), scratch_(scratch) {}

  void run(LaneMask lanes_used);

 private:
  struct Removed {
    double signal = 0.0, variance = 0.0, normalization2 = 0.0, count = 0.0;
  };

  void remove(std::uint32_t entry, std::size_t lane);
  bool is_accurate(std::size_t lane) const;
  void spread_of_all(LaneMask mask);
  void sum_again(LaneMask mask);
  LaneMask reject_once(LaneMask mask, LaneMask& undecided);
  void clip_by_entry(std::size_t lane);

  BinEntries const& bin_;
  ClipRule const& rule_;
  BinKernels const& kernels_;
  BinMoments& sums_;
  ClipScratch& scratch_;
  std::array<Removed, lanes> removed_{};  // since the sums were formed
};

void Clipping::run(LaneMask lanes_used) {
  std::fill_n(scratch_.rejected.data(), bin_.entries, LaneMask{0});
  LaneMask filled = 0;
  each_lane(lanes_used, [&](std::size_t lane) {
    filled |= sums_.pixels[lane] > 0 ? bit_of(lane) : LaneMask{0};
  });
  if (filled == 0) return;
  LaneMask undecided = rule_.norms_are_positive ? 0 : filled;
  auto left = static_cast<LaneMask>(filled & ~undecided);
  if (rule_.spread_decides || rule_.spread_remains) spread_of_all(left);
  for (int cycle = 0; cycle < rule_.settings.cycles && left != 0; ++cycle) {
    left = static_cast<LaneMask>(reject_once(left, undecided) & ~undecided);
    sum_again(left);
    each_lane(left, [&](std::size_t lane) {
      left = sums_.pixels[lane] > 0 ? left : static_cast<LaneMask>(left & ~bit_of(lane));
    });
  }
  if (rule_.spread_remains)
    each_lane(filled, [&](std::size_t lane) { sums_.variance[lane] = sums_.spread[lane]; });
  each_lane(undecided, [&](std::size_t lane) { clip_by_entry(lane); });
}

// All entries have the same norms in all lanes, but where some are invalid.
void Clipping::spread_of_all(LaneMask mask) {
  if (bin_.has_invalid) {
    BinMoments sums;
    kernels_.moments(bin_, scratch_.rejected.data(), mask, sums);
    sums_.spread = sums.spread;
    return;
  }
  double sum = 0.0;
  for (std::size_t e = 0; e < bin_.entries; ++e) {
    scratch_.before[e] = sum;
    sum += static_cast<double>(bin_.coefficient[e]) * static_cast<double>(bin_.norm[e]);
    scratch_.reciprocal[e] = scratch_.before[e] * sum;
  }
  for (std::size_t e = 0; e < bin_.entries; ++e)
    scratch_.reciprocal[e] = 1.0 / scratch_.reciprocal[e];
  scratch_.reciprocal[0] = 0.0;
  kernels_.spread(bin_, {scratch_.before.data(), scratch_.reciprocal.data()}, sums_);
}

void Clipping::remove(std::uint32_t entry, std::size_t lane) {
  double const c = bin_.coefficient[entry], weight = c * static_cast<double>(bin_.norm[entry]);
  float const raw = bin_.raw[entry * lanes + lane];
  double const signal = c * static_cast<double>(raw - bin_.dark[entry]);
  double const variance =
      c * c *
      (bin_.variance[entry] + (bin_.counts_vary ? static_cast<double>(std::max(raw, 1.0f)) : 0.0));
  scratch_.rejected[entry] |= bit_of(lane);
  sums_.signal[lane] -= signal;
  sums_.variance[lane] -= variance;
  sums_.normalization[lane] -= weight;
  sums_.normalization2[lane] -= weight * weight;
  sums_.count[lane] -= c;
  --sums_.pixels[lane];
  Removed& removed = removed_[lane];
  removed.signal += std::abs(signal);
  removed.variance += variance;
  removed.normalization2 += weight * weight;
  removed.count += c;
}

bool Clipping::is_accurate(std::size_t lane) const {
  Removed const& removed = removed_[lane];
  return removed.signal <= most_lost * std::abs(sums_.signal[lane]) &&
         removed.variance <= most_lost * sums_.variance[lane] &&
         removed.normalization2 <= most_lost * sums_.normalization2[lane] &&
         removed.count <= most_lost * sums_.count[lane];
}

// After a cycle: takes the sums as they are where what was removed is small, and forms them again
// elsewhere.
void Clipping::sum_again(LaneMask mask) {
  LaneMask inaccurate = 0;
  each_lane(mask, [&](std::size_t lane) {
    inaccurate |= sums_.pixels[lane] > 0 && is_accurate(lane) ? LaneMask{0} : bit_of(lane);
  });
  BinMoments sums;
  if (inaccurate != 0) kernels_.moments(bin_, scratch_.rejected.data(), inaccurate, sums);
  each_lane(inaccurate, [&](std::size_t lane) {
    for (auto field : {&BinMoments::signal, &BinMoments::variance, &BinMoments::normalization,
                       &BinMoments::normalization2, &BinMoments::count, &BinMoments::spread})
      (sums_.*field)[lane] = (sums.*field)[lane];
    removed_[lane] = {};
  });
  auto const accurate = static_cast<LaneMask>(mask & ~inaccurate);
  if (accurate == 0 || !(rule_.spread_decides || rule_.spread_remains)) return;
  kernels_.respread(bin_, scratch_.rejected.data(), accurate, sums);
  each_lane(accurate, [&](std::size_t lane) {
    sums_.signal[lane] = sums.signal[lane];
    sums_.normalization[lane] = sums.normalization[lane];
    sums_.spread[lane] = sums.spread[lane];
    removed_[lane].signal = 0.0;
  });
}

// One cycle of some lanes. Returns those that lost an entry; `undecided` gains those where rounding
// decides.
LaneMask Clipping::reject_once(LaneMask mask, LaneMask& undecided) {
  PerLane<double> mean{}, cut{};
  PerLane<float> lower, upper;
  lower.fill(-std::numeric_limits<float>::infinity());
  upper.fill(std::numeric_limits<float>::infinity());
  each_lane(mask, [&](std::size_t lane) {
    double const variance = rule_.spread_decides ? sums_.spread[lane] : sums_.variance[lane];
    mean[lane] = sums_.signal[lane] / sums_.normalization[lane];
    cut[lane] = rule_.cut(sums_.count[lane]) * std::sqrt(variance / sums_.normalization2[lane]);
    auto const low = static_cast<float>(mean[lane] - cut[lane]),
               high = static_cast<float>(mean[lane] + cut[lane]);
    lower[lane] = low + margin * std::abs(low);
    upper[lane] = high - margin * std::abs(high);
  });
  LaneMask changed = 0;
  std::size_t const number = kernels_.find(bin_, lower, upper, scratch_.found.data());
  for (std::size_t k = 0; k < number; ++k) {
    std::uint32_t const e = scratch_.found[k].entry;
    double const norm = bin_.norm[e];
    each_lane(
        static_cast<LaneMask>(scratch_.found[k].lanes & mask & ~scratch_.rejected[e] & ~undecided),
        [&](std::size_t lane) {
          double const signal = bin_.raw[e * lanes + lane] - bin_.dark[e];
          double const apart = std::abs(signal - norm * mean[lane]), limit = norm * cut[lane];
          double const slack = on_limit * (std::abs(signal) + norm * std::abs(mean[lane]) + limit);
          if (apart < limit - slack) return;
          if (!(apart > limit + slack)) {
            undecided |= bit_of(lane);
          } else {
            changed |= bit_of(lane);
            remove(e, lane);
          }
        });
  }
  return changed;
}

void Clipping::clip_by_entry(std::size_t lane) {
  std::vector<LaneEntry> entries;
  for (std::size_t e = 0; e < bin_.entries; ++e) {
    float const raw = bin_.raw[e * lanes + lane];
    scratch_.rejected[e] &= static_cast<LaneMask>(~bit_of(lane));
    if (raw != raw) continue;
    double const variance =
        bin_.variance[e] + (bin_.counts_vary ? static_cast<double>(std::max(raw, 1.0f)) : 0.0);
    entries.push_back({static_cast<std::uint32_t>(e), bin_.coefficient[e], raw - bin_.dark[e],
                       bin_.norm[e], variance});
  }
  LaneSums const sums = clip_entries(entries, rule_);
  for (LaneEntry const& e : entries)
    if (!e.kept) scratch_.rejected[e.entry] |= bit_of(lane);
  sums_.signal[lane] = sums.signal;
  sums_.variance[lane] = sums.variance;
  sums_.normalization[lane] = sums.normalization;
  sums_.normalization2[lane] = sums.normalization2;
  sums_.count[lane] = sums.count;
  sums_.pixels[lane] = sums.pixels;
}

}  // namespace

ClipRule::ClipRule(core::Reduction const& reduction, bool positive)
    : settings(reduction.clip),
      spread_decides(reduction.error_model == core::ErrorModel::azimuthal ||
                     reduction.error_model == core::ErrorModel::hybrid),
      spread_remains(reduction.error_model == core::ErrorModel::azimuthal),
      norms_are_positive(positive),
      threshold_holds_below((1.0 - 1e-9) * std::sqrt(2.0 * std::numbers::pi) *
                            std::exp(0.5 * settings.threshold * settings.threshold)) {}

double ClipRule::cut(double count) const {
  return std::max(count, 3.0) < threshold_holds_below
             ? settings.threshold
             : std::max(settings.threshold, chauvenet(count));
}

void clip_bin(BinEntries const& bin, ClipRule const& rule, BinKernels const& kernels,
              LaneMask lanes_used, BinMoments& sums, ClipScratch& scratch) {
  Clipping(bin, rule, kernels, sums, scratch).run(lanes_used);
}

}  // namespace xrdct::kernels
