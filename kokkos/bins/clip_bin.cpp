// Clips one bin, pixel by pixel, for all frames of a group.
#include "kokkos/bins/clip_bin.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/words/clip_limit.hpp"
#include "kokkos/simd/lane_mask.hpp"

namespace xrdct::kernels {
namespace {

constexpr double most_lost = 30.0;  // what may be taken off a sum, relative to the rest: 5 bits
constexpr double on_limit = 1e-11;  // relative distance from a limit that rounding can bridge
constexpr float margin = 1e-6f;     // relative error of limits in float32, generously

// A limit beyond float32 may be one within it times a norm below 1.
float nearest_finite(double limit) {
  constexpr double most = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(limit, -most, most));
}

// One valid entry of one lane.
struct LaneEntry {
  std::uint32_t entry;
  double coefficient, signal, norm, variance;
  bool kept = true;
  double weight() const { return coefficient * norm; }
  double value() const { return signal / norm; }
};

core::BinSums sum_kept(std::vector<LaneEntry> const& entries, bool azimuthal) {
  core::BinSums sums;
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

core::BinSums clip_entries(std::vector<LaneEntry>& entries, ClipRule const& rule) {
  auto const azimuthal_before = [&](int cycles_left) {
    return cycles_left > 0 ? rule.azimuthal_decides : rule.azimuthal_remains;
  };
  core::BinSums sums = sum_kept(entries, azimuthal_before(rule.settings.cycles));
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
    sums = sum_kept(entries, azimuthal_before(rule.settings.cycles - cycle - 1));
  }
  return sum_kept(entries, rule.azimuthal_remains);
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
  void form_azimuthal_variance(LaneMask mask);
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
  if (rule_.azimuthal_decides || rule_.azimuthal_remains) form_azimuthal_variance(left);
  for (int cycle = 0; cycle < rule_.settings.cycles && left != 0; ++cycle) {
    left = static_cast<LaneMask>(reject_once(left, undecided) & ~undecided);
    sum_again(left);
    each_lane(left, [&](std::size_t lane) {
      left = sums_.pixels[lane] > 0 ? left : static_cast<LaneMask>(left & ~bit_of(lane));
    });
  }
  if (rule_.azimuthal_remains)
    each_lane(filled,
              [&](std::size_t lane) { sums_.variance[lane] = sums_.azimuthal_variance[lane]; });
  each_lane(undecided, [&](std::size_t lane) { clip_by_entry(lane); });
}

// All entries have the same norms in all lanes, but where some are invalid.
void Clipping::form_azimuthal_variance(LaneMask mask) {
  if (bin_.has_invalid) {
    BinMoments sums;
    kernels_.moments(bin_, scratch_.rejected.data(), mask, sums);
    sums_.azimuthal_variance = sums.azimuthal_variance;
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
  kernels_.azimuthal_variance_of_all(bin_, {scratch_.before.data(), scratch_.reciprocal.data()},
                                     sums_);
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
    core::each_field([lane](auto& to, auto const& from) { to[lane] = from[lane]; }, sums_, sums);
    sums_.azimuthal_variance[lane] = sums.azimuthal_variance[lane];
    removed_[lane] = {};
  });
  auto const accurate = static_cast<LaneMask>(mask & ~inaccurate);
  if (accurate == 0 || !(rule_.azimuthal_decides || rule_.azimuthal_remains)) return;
  kernels_.azimuthal_variance_of_kept(bin_, scratch_.rejected.data(), accurate, sums);
  each_lane(accurate, [&](std::size_t lane) {
    sums_.signal[lane] = sums.signal[lane];
    sums_.normalization[lane] = sums.normalization[lane];
    sums_.azimuthal_variance[lane] = sums.azimuthal_variance[lane];
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
    double const variance =
        rule_.azimuthal_decides ? sums_.azimuthal_variance[lane] : sums_.variance[lane];
    mean[lane] = sums_.signal[lane] / sums_.normalization[lane];
    cut[lane] = rule_.cut(sums_.count[lane]) * std::sqrt(variance / sums_.normalization2[lane]);
    auto const low = nearest_finite(mean[lane] - cut[lane]),
               high = nearest_finite(mean[lane] + cut[lane]);
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
  core::BinSums const sums = clip_entries(entries, rule_);
  for (LaneEntry const& e : entries)
    if (!e.kept) scratch_.rejected[e.entry] |= bit_of(lane);
  core::each_field([lane](auto& to, double from) { to[lane] = from; }, sums_, sums);
  sums_.pixels[lane] = sums.pixels;
}

}  // namespace

ClipRule::ClipRule(core::Reduction const& reduction, bool positive)
    : settings(reduction.clip),
      azimuthal_decides(reduction.error_model == core::ErrorModel::azimuthal ||
                        reduction.error_model == core::ErrorModel::hybrid),
      azimuthal_remains(reduction.error_model == core::ErrorModel::azimuthal),
      norms_are_positive(positive),
      threshold_holds_below((1.0 - 1e-9) * core::count_at_threshold(settings.threshold)) {}

double ClipRule::cut(double count) const {
  return std::max(count, 3.0) < threshold_holds_below
             ? settings.threshold
             : core::ClipLimit{settings.threshold, count}.sigmas;
}

void clip_bin(BinEntries const& bin, ClipRule const& rule, BinKernels const& kernels,
              LaneMask lanes_used, BinMoments& sums, ClipScratch& scratch) {
  Clipping(bin, rule, kernels, sums, scratch).run(lanes_used);
}

}  // namespace xrdct::kernels
