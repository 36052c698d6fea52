#pragma once
#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/clip_limit.hpp"
#include "core/words/patterns.hpp"

// What a team does with the pixels of one bin: device code for every back end. All members of the
// team call each function together.
namespace xrdct::kernels {

/// The sums of one bin of one frame over the pixels that are kept.
struct KeptSums : core::Moments<double> {
  std::int64_t pixels = 0;

  KOKKOS_FUNCTION KeptSums& operator+=(KeptSums const& other) {
    signal += other.signal;
    variance += other.variance;
    normalization += other.normalization;
    normalization2 += other.normalization2;
    count += other.count;
    pixels += other.pixels;
    return *this;
  }
};

/// The sums of a bin, as they are in a batch. \param k place of the bin in `sums`
inline void write_sums(KeptSums const& from, std::size_t k, core::PatternSums& sums) {
  core::each_field([k](double here, std::vector<double>& there) { there[k] = here; }, from, sums);
  sums.pixels[k] = static_cast<std::int32_t>(from.pixels);
}

/// The entry with the largest value, the first of equal ones; -1: none.
struct LargestEntry {
  double value;
  std::int64_t entry;

  KOKKOS_FUNCTION LargestEntry& operator+=(LargestEntry const& other) {
    bool const better =
        entry < 0 || other.value > value || (other.value == value && other.entry < entry);
    if (other.entry >= 0 && better) *this = other;
    return *this;
  }
};

}  // namespace xrdct::kernels

namespace Kokkos {
template <>
struct reduction_identity<xrdct::kernels::KeptSums> {
  KOKKOS_FORCEINLINE_FUNCTION static xrdct::kernels::KeptSums sum() { return {}; }
};
template <>
struct reduction_identity<xrdct::kernels::LargestEntry> {
  KOKKOS_FORCEINLINE_FUNCTION static xrdct::kernels::LargestEntry sum() { return {0.0, -1}; }
};
}  // namespace Kokkos

namespace xrdct::kernels {

struct BinPixels;

/// Sums over the first pixels of a bin.
struct RunningSums {
  double signal, normalization;
  std::int64_t pixels;

  KOKKOS_FUNCTION inline void add(BinPixels const& bin, int k);
  KOKKOS_FUNCTION double mean() const { return signal / normalization; }
};

/// The pixels of one bin in one frame, [entry] in pixel order. What is not `const` lies in memory
/// of the team.
struct BinPixels {
  int entries = 0;
  float const* coefficient = nullptr;
  float const* norm = nullptr;
  float* signal = nullptr;         //!< NaN: invalid or rejected
  double* value = nullptr;         //!< signal/norm
  double* variance = nullptr;      //!< nullptr: 0
  std::uint64_t* order = nullptr;  //!< [padded(entries)], for quantiles alone
  RunningSums* before = nullptr;   //!< [member of the team], for the azimuthal variance alone

  KOKKOS_FUNCTION bool kept(int k) const { return signal[k] == signal[k]; }
  KOKKOS_FUNCTION void reject(int k) const { signal[k] = NAN; }
  KOKKOS_FUNCTION double weight(int k) const {
    return static_cast<double>(coefficient[k]) * static_cast<double>(norm[k]);
  }
  KOKKOS_FUNCTION double variance_of(int k) const {
    return variance == nullptr ? 0.0 : variance[k];
  }
};

KOKKOS_FUNCTION inline void RunningSums::add(BinPixels const& bin, int k) {
  signal += static_cast<double>(bin.coefficient[k]) * static_cast<double>(bin.signal[k]);
  normalization += bin.weight(k);
  ++pixels;
}

/// The smallest power of two that is not below `entries`: what the sorting network takes.
KOKKOS_INLINE_FUNCTION int padded(int entries) {
  int size = 1;
  while (size < entries) size *= 2;
  return size;
}

/// Rejects all with |value − mean| > cut, and sums up what is kept; the variance is the propagated
/// one.
template <class Team>
KOKKOS_FUNCTION KeptSums sum_within(Team const& team, BinPixels const& bin, double mean,
                                    double cut) {
  KeptSums sums{};
  Kokkos::parallel_reduce(
      Kokkos::TeamThreadRange(team, bin.entries),
      [&](int k, KeptSums& part) {
        if (!bin.kept(k)) return;
        if (std::fabs(bin.value[k] - mean) > cut) return bin.reject(k);
        double const c = bin.coefficient[k], weight = bin.weight(k);
        part.signal += c * static_cast<double>(bin.signal[k]);
        part.variance += c * c * bin.variance_of(k);
        part.normalization += weight;
        part.normalization2 += weight * weight;
        part.count += c;
        ++part.pixels;
      },
      Kokkos::Sum<KeptSums>(sums));
  team.team_barrier();
  return sums;
}

template <class Team>
KOKKOS_FUNCTION KeptSums sum_all(Team const& team, BinPixels const& bin) {
  return sum_within(team, bin, 0.0, HUGE_VAL);
}

/*!
 * The azimuthal variance of what is kept, Σ_k ω_k²·(m_{k−1} − x_k)·(m_k − x_k), m_k the mean of the
 * first k pixels.
 *
 * Each member of the team takes a share of consecutive entries, and begins with the sums over those
 * before.
 */
template <class Team>
KOKKOS_FUNCTION double azimuthal_variance(Team const& team, BinPixels const& bin) {
  int const members = team.team_size(), share = (bin.entries + members - 1) / members;
  auto const each_kept = [&](int member, auto visit) {
    int const first = member * share,
              last = first + share < bin.entries ? first + share : bin.entries;
    for (int k = first; k < last; ++k)
      if (bin.kept(k)) visit(k);
  };
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, members), [&](int member) {
    RunningSums sums{0.0, 0.0, 0};
    if (member + 1 < members) each_kept(member, [&](int k) { sums.add(bin, k); });
    bin.before[member] = sums;
  });
  team.team_barrier();
  Kokkos::single(Kokkos::PerTeam(team), [&] {
    RunningSums running{0.0, 0.0, 0};
    for (int member = 0; member < members; ++member) {
      RunningSums const own = bin.before[member];
      bin.before[member] = running;
      running = {running.signal + own.signal, running.normalization + own.normalization,
                 running.pixels + own.pixels};
    }
  });
  team.team_barrier();
  double result = 0.0;
  Kokkos::parallel_reduce(
      Kokkos::TeamThreadRange(team, members),
      [&](int member, double& part) {
        RunningSums sums = bin.before[member];
        double before = sums.mean();
        each_kept(member, [&](int k) {
          sums.add(bin, k);
          double const weight = bin.weight(k), after = sums.mean();
          if (sums.pixels > 1)
            part += weight * weight * (before - bin.value[k]) * (after - bin.value[k]);
          before = after;
        });
      },
      Kokkos::Sum<double>(result));
  team.team_barrier();
  return result;
}

/// `core::SigmaClip`.
template <class Team>
KOKKOS_FUNCTION KeptSums clip(Team const& team, BinPixels const& bin,
                              core::SigmaClip const& settings, core::ErrorModel model) {
  bool const azimuthal = model == core::ErrorModel::azimuthal || model == core::ErrorModel::hybrid;
  KeptSums sums = sum_all(team, bin);
  for (int cycle = 0; cycle < settings.cycles && sums.pixels > 0; ++cycle) {
    double const variance = azimuthal ? azimuthal_variance(team, bin) : sums.variance;
    double const mean = sums.signal / sums.normalization,
                 deviation = std::sqrt(variance / sums.normalization2);
    double const sigmas = core::ClipLimit{settings.threshold, sums.count}.sigmas;
    KeptSums const kept = sum_within(team, bin, mean, sigmas * deviation);
    bool const same = kept.pixels == sums.pixels;
    sums = kept;
    if (same) break;
  }
  if (model == core::ErrorModel::azimuthal) sums.variance = azimuthal_variance(team, bin);
  return sums;
}

/// A number that orders entries by float(value), equal ones by entry; what is not kept comes last.
KOKKOS_INLINE_FUNCTION std::uint64_t sort_key(BinPixels const& bin, int k) {
  if (!bin.kept(k)) return ~std::uint64_t{0};
  float const value = static_cast<float>(bin.value[k]) + 0.0f;  // −0 becomes 0
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  bits = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  return static_cast<std::uint64_t>(bits) << 32 | static_cast<std::uint64_t>(k);
}

/// Sorts keys that all differ, ascending.
/// \param keys [padded] One thread of a host takes the library's sort; a team a bitonic network.
/// Source: Batcher (1968), doi:10.1145/1468075.1468121.
template <class Team>
KOKKOS_FUNCTION void sort(Team const& team, std::uint64_t* keys, int size) {
  if constexpr (std::is_same_v<typename Team::execution_space::memory_space, Kokkos::HostSpace>) {
    if (team.team_size() == 1) return std::sort(keys, keys + size);
  }
  for (int run = 2; run <= size; run *= 2) {
    for (int step = run / 2; step > 0; step /= 2) {
      Kokkos::parallel_for(Kokkos::TeamThreadRange(team, size / 2), [&](int pair) {
        int const low = pair / step * 2 * step + pair % step, high = low + step;
        std::uint64_t const a = keys[low], b = keys[high];
        if ((a > b) != ((low & run) == 0)) return;
        keys[low] = b;
        keys[high] = a;
      });
      team.team_barrier();
    }
  }
}

/*!
 * `core::Quantiles`: rejects what is not between them.
 *
 * The weights are summed up in the order of the sorted entries by one member of the team: their
 * rounding decides what is kept.
 * \param bin its `value` is used as scratch memory and formed again
 */
template <class Team>
KOKKOS_FUNCTION void keep_between(Team const& team, BinPixels const& bin,
                                  core::Quantiles const& quantiles) {
  int const size = padded(bin.entries);
  auto const entry = [&](int place) { return static_cast<int>(bin.order[place] & 0xffffffffu); };
  auto const valid = [&](int place) { return bin.order[place] != ~std::uint64_t{0}; };
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, size), [&](int k) {
    bin.order[k] = k < bin.entries ? sort_key(bin, k) : ~std::uint64_t{0};
  });
  team.team_barrier();
  sort(team, bin.order, size);
  double* const running = bin.value;
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, bin.entries), [&](int place) {
    running[place] = valid(place) ? static_cast<float>(bin.weight(entry(place))) : 0.0f;
  });
  team.team_barrier();
  Kokkos::single(Kokkos::PerTeam(team), [&] {
    for (int place = 1; place < bin.entries; ++place) running[place] += running[place - 1];
  });
  team.team_barrier();
  double const total = running[bin.entries - 1];
  auto const lower = static_cast<float>(quantiles.lower * total),
             upper = static_cast<float>(quantiles.upper * total);
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, bin.entries), [&](int place) {
    float const before = place == 0 ? 0.0f : static_cast<float>(running[place - 1]),
                after = static_cast<float>(running[place]);
    bool const between = (lower <= before && after <= upper) || (lower >= before && after >= upper);
    if (valid(place) && !between) bin.reject(entry(place));
  });
  team.team_barrier();
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, bin.entries), [&](int k) {
    bin.value[k] = static_cast<double>(bin.signal[k]) / static_cast<double>(bin.norm[k]);
  });
  team.team_barrier();
}

/// Σ float(float(ω)²) over what is kept.
template <class Team>
KOKKOS_FUNCTION double rounded_normalization2(Team const& team, BinPixels const& bin) {
  double result = 0.0;
  Kokkos::parallel_reduce(
      Kokkos::TeamThreadRange(team, bin.entries),
      [&](int k, double& part) {
        float const weight = static_cast<float>(bin.weight(k));
        if (bin.kept(k)) part += static_cast<double>(weight * weight);
      },
      Kokkos::Sum<double>(result));
  team.team_barrier();
  return result;
}

/// Signal, variance and norm of the first pixel with the largest value; count and number of all.
template <class Team>
KOKKOS_FUNCTION KeptSums largest(Team const& team, BinPixels const& bin) {
  KeptSums sums = sum_all(team, bin);
  LargestEntry best{0.0, -1};
  Kokkos::parallel_reduce(
      Kokkos::TeamThreadRange(team, bin.entries),
      [&](int k, LargestEntry& part) {
        if (bin.kept(k)) part += LargestEntry{bin.value[k], k};
      },
      Kokkos::Sum<LargestEntry>(best));
  team.team_barrier();
  if (best.entry < 0) return sums;
  int const k = static_cast<int>(best.entry);
  double const norm = bin.norm[k];
  return {{bin.signal[k], bin.variance_of(k), norm, norm * norm, sums.count}, sums.pixels};
}

/// The sums of one bin by the method of a reduction.
template <class Team>
KOKKOS_FUNCTION KeptSums reduce_bin(Team const& team, BinPixels const& bin, core::Method method,
                                    core::ErrorModel model, core::SigmaClip const& settings,
                                    core::Quantiles const& quantiles) {
  if (bin.entries == 0) return {};
  if (method == core::Method::sigma_clip) return clip(team, bin, settings, model);
  if (method == core::Method::maximum) return largest(team, bin);
  if (method == core::Method::quantile_mean) keep_between(team, bin, quantiles);
  KeptSums sums = sum_all(team, bin);
  if (method == core::Method::quantile_mean)
    sums.normalization2 = rounded_normalization2(team, bin);
  if (model == core::ErrorModel::azimuthal) sums.variance = azimuthal_variance(team, bin);
  return sums;
}

}  // namespace xrdct::kernels
