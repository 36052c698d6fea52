#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "core/matrix/reduction_plan.hpp"
#include "core/words/clip_limit.hpp"
#include "kokkos/teams/coded_frames.hpp"
#include "kokkos/teams/kept_range.hpp"
#include "kokkos/teams/kept_sums.hpp"

// What a team does with the pixels of one bin in the frames of a group: device code for every back
// end. All members of the team call each function together. Which pixels are kept is said by a
// range for each frame, so that pixels are looked at where they lie, as often as the method asks.
namespace xrdct::kernels {

/// An entry of a bin, and its pixel in each frame.
struct BinEntry {
  int pixel;
  double coefficient, weight;  //!< c, c·norm
  float norm, rough;           //!< rough: 1/norm
  float dark;
  double given_variance, dark_variance;  //!< the former where it is not that of counts
  float raw[frames_of_group];            //!< NaN: invalid

  KOKKOS_FUNCTION bool valid(int frame) const { return raw[frame] == raw[frame]; }
  KOKKOS_FUNCTION float signal(int frame) const { return raw[frame] - dark; }
  KOKKOS_FUNCTION double value(int frame) const {
    return static_cast<double>(signal(frame)) / static_cast<double>(norm);
  }
  template <class Range>
  KOKKOS_FUNCTION bool kept_by(Range const& range, int frame, int k) const {
    return valid(frame) && range.keeps(signal(frame), signal(frame) * rough, norm, k);
  }
};

/// Where the variance of a pixel comes from.
enum class VarianceOf { nothing, counts, image };

/// The pixels of one bin in the frames of a group.
struct BinPixels {
  int entries = 0;
  int const* pixel = nullptr;  //!< [entry], ascending
  float const *coefficient = nullptr, *norm = nullptr;
  float const *dark = nullptr, *variance = nullptr, *dark_variance = nullptr;  //!< nullptr: none
  VarianceOf variance_of = VarianceOf::nothing;
  CodedGroup group;

  KOKKOS_FUNCTION BinEntry entry(int k) const {
    BinEntry e;
    e.pixel = pixel[k];
    group.values(e.pixel, e.raw);
    e.norm = norm[k];
    e.rough = rough_inverse(e.norm);
    e.coefficient = coefficient[k];
    e.weight = e.coefficient * static_cast<double>(e.norm);
    e.dark = dark != nullptr ? dark[e.pixel] : 0.0f;
    bool const propagated = variance_of != VarianceOf::nothing;
    e.given_variance = variance_of == VarianceOf::image ? variance[e.pixel] : 0.0f;
    e.dark_variance = propagated && dark_variance != nullptr ? dark_variance[e.pixel] : 0.0f;
    return e;
  }
  KOKKOS_FUNCTION double variance_at(BinEntry const& e, int frame) const {
    if (variance_of == VarianceOf::nothing) return 0.0;
    double const of_frame = variance_of == VarianceOf::image ? e.given_variance
                            : e.raw[frame] < 1.0f            ? 1.0f
                                                             : e.raw[frame];
    return of_frame + e.dark_variance;
  }
};

/// Frames of a group: bit f.
using FrameSet = unsigned;
constexpr FrameSet all_of_group = (1u << frames_of_group) - 1;
KOKKOS_INLINE_FUNCTION bool contains(FrameSet set, int frame) { return (set >> frame & 1u) != 0; }

/// Sums over what is kept of a frame, and between which rough values it lies.
struct KeptOfFrame {
  KeptSums sums;
  float lowest = HUGE_VALF, highest = -HUGE_VALF;

  KOKKOS_FUNCTION KeptOfFrame& operator+=(KeptOfFrame const& other) {
    sums += other.sums;
    lowest = lowest < other.lowest ? lowest : other.lowest;
    highest = highest > other.highest ? highest : other.highest;
    return *this;
  }
};

/// Sums up what is kept of some frames; the variance is the propagated one.
/// \param rounded N2 = Σ float(float(ω)²)
template <class Team, class Range>
KOKKOS_FUNCTION OfGroup<KeptOfFrame> sum_kept(Team const& team, BinPixels const& bin,
                                              OfGroup<Range> const& ranges, FrameSet frames,
                                              bool rounded) {
  OfGroup<KeptOfFrame> result{};
  Kokkos::parallel_reduce(
      Kokkos::TeamThreadRange(team, bin.entries),
      [&](int k, OfGroup<KeptOfFrame>& part) {
        BinEntry const e = bin.entry(k);
        double const c = e.coefficient, weight = e.weight;
        float const as_float = static_cast<float>(weight);
        double const weight2 = rounded ? static_cast<double>(as_float * as_float) : weight * weight;
        for (int f = 0; f < frames_of_group; ++f) {
          if (!contains(frames, f) || !e.kept_by(ranges.of_frame[f], f, k)) continue;
          float const about = e.signal(f) * e.rough,
                      rough = about == about ? about : -HUGE_VALF;  // then none is sure
          part.of_frame[f] += {{{c * static_cast<double>(e.signal(f)),
                                 c * c * bin.variance_at(e, f), weight, weight2, c},
                                1},
                               rough,
                               rough};
        }
      },
      Kokkos::Sum<OfGroup<KeptOfFrame>>(result));
  team.team_barrier();
  return result;
}

/// Sums over the first pixels of a bin.
struct RunningSums {
  double signal = 0.0, normalization = 0.0;
  std::int64_t pixels = 0;

  KOKKOS_FUNCTION RunningSums& operator+=(RunningSums const& other) {
    signal += other.signal;
    normalization += other.normalization;
    pixels += other.pixels;
    return *this;
  }
  KOKKOS_FUNCTION double mean() const { return signal / normalization; }
};

/*!
 * The azimuthal variance of what is kept of some frames, Σ_k ω_k²·(m_{k−1} − x_k)·(m_k − x_k), m_k
 * the mean of the first k pixels.
 *
 * Each member of the team takes a share of consecutive entries, and begins with the sums over those
 * before.
 * \param before [member] memory of the team
 */
template <class Team, class Range>
KOKKOS_FUNCTION OfGroup<double> azimuthal_variance(Team const& team, BinPixels const& bin,
                                                   OfGroup<Range> const& ranges, FrameSet frames,
                                                   OfGroup<RunningSums>* before) {
  int const members = team.team_size(), share = (bin.entries + members - 1) / members;
  auto const each_kept = [&](int member, auto visit) {
    int const first = member * share,
              last = first + share < bin.entries ? first + share : bin.entries;
    for (int k = first; k < last; ++k) {
      BinEntry const e = bin.entry(k);
      for (int f = 0; f < frames_of_group; ++f)
        if (contains(frames, f) && e.kept_by(ranges.of_frame[f], f, k)) visit(e, f);
    }
  };
  auto const sums_at = [](BinEntry const& e, int f) {
    return RunningSums{e.coefficient * static_cast<double>(e.signal(f)), e.weight, 1};
  };
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, members), [&](int member) {
    OfGroup<RunningSums> sums{};
    if (member + 1 < members)
      each_kept(member, [&](BinEntry const& e, int f) { sums.of_frame[f] += sums_at(e, f); });
    before[member] = sums;
  });
  team.team_barrier();
  Kokkos::single(Kokkos::PerTeam(team), [&] {
    OfGroup<RunningSums> running{};
    for (int member = 0; member < members; ++member) {
      OfGroup<RunningSums> const own = before[member];
      before[member] = running;
      running += own;
    }
  });
  team.team_barrier();
  OfGroup<double> result{};
  Kokkos::parallel_reduce(
      Kokkos::TeamThreadRange(team, members),
      [&](int member, OfGroup<double>& part) {
        OfGroup<RunningSums> sums = before[member];
        OfGroup<double> mean{};
        for (int f = 0; f < frames_of_group; ++f) mean.of_frame[f] = sums.of_frame[f].mean();
        each_kept(member, [&](BinEntry const& e, int f) {
          sums.of_frame[f] += sums_at(e, f);
          double const value = e.value(f), after = sums.of_frame[f].mean();
          if (sums.of_frame[f].pixels > 1)
            part.of_frame[f] += e.weight * e.weight * (mean.of_frame[f] - value) * (after - value);
          mean.of_frame[f] = after;
        });
      },
      Kokkos::Sum<OfGroup<double>>(result));
  team.team_barrier();
  return result;
}

/// What the methods are told.
struct BinRule {
  core::Method method;
  core::ErrorModel error_model;
  core::SigmaClip clip;
};

/// What a team remembers of a bin, in its fast memory. Written by few of its members.
template <class Range>
struct BinState {
  OfGroup<Range> ranges;     //!< in: everything, for quantiles what lies between them; out: kept
  OfGroup<KeptOfFrame> all;  //!< its sums
  OfGroup<double> variance;
  FrameSet narrowed, lost;  //!< frames that may lose pixels, and that have lost some. Two, so that
                            //!< none is written while members still read it
  OfGroup<RunningSums>* before;  //!< [member], where the azimuthal variance is asked for
};

template <class Team, class Range>
KOKKOS_FUNCTION void sum_up(Team const& team, BinPixels const& bin, BinState<Range>& state,
                            bool rounded) {
  OfGroup<KeptOfFrame> const all = sum_kept(team, bin, state.ranges, all_of_group, rounded);
  Kokkos::single(Kokkos::PerTeam(team), [&] { state.all = all; });
  team.team_barrier();
}

template <class Team, class Range>
KOKKOS_FUNCTION void find_azimuthal_variance(Team const& team, BinPixels const& bin,
                                             FrameSet frames, BinState<Range>& state) {
  OfGroup<double> const variance =
      azimuthal_variance(team, bin, state.ranges, frames, state.before);
  Kokkos::single(Kokkos::PerTeam(team), [&] {
    for (int f = 0; f < frames_of_group; ++f)
      if (contains(frames, f)) state.variance.of_frame[f] = variance.of_frame[f];
  });
  team.team_barrier();
}

/// Narrows the range of a frame by its sums. \return whether a pixel may be lost
KOKKOS_INLINE_FUNCTION bool narrow(KeptOfFrame const& of, double variance, double threshold,
                                   KeptBetween& range) {
  if (of.sums.pixels == 0) return false;
  double const mean = of.sums.signal / of.sums.normalization,
               deviation = std::sqrt(variance / of.sums.normalization2);
  double const sigmas = core::ClipLimit{threshold, of.sums.count}.sigmas;
  range.narrow(mean, sigmas * deviation);
  return !range.surely_keeps(of.lowest, of.highest);
}

/// `core::SigmaClip`.
/// \return frames that have lost pixels since their azimuthal variance was formed
template <bool azimuthal, class Team>
KOKKOS_FUNCTION FrameSet clip(Team const& team, BinPixels const& bin, core::SigmaClip const& rule,
                              BinState<KeptBetween>& state) {
  FrameSet left = all_of_group;
  for (int cycle = 0; cycle < rule.cycles; ++cycle) {
    if constexpr (azimuthal) find_azimuthal_variance(team, bin, left, state);
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      state.narrowed = 0;
      for (int f = 0; f < frames_of_group; ++f) {
        KeptOfFrame const& of = state.all.of_frame[f];
        double const variance = azimuthal ? state.variance.of_frame[f] : of.sums.variance;
        if (contains(left, f) && narrow(of, variance, rule.threshold, state.ranges.of_frame[f]))
          state.narrowed |= 1u << f;
      }
    });
    team.team_barrier();
    left = state.narrowed;
    if (left == 0) break;
    OfGroup<KeptOfFrame> const kept = sum_kept(team, bin, state.ranges, left, false);
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      state.lost = 0;
      for (int f = 0; f < frames_of_group; ++f) {
        if (!contains(left, f)) continue;
        KeptOfFrame& of = state.all.of_frame[f];
        if (kept.of_frame[f].sums.pixels != of.sums.pixels) state.lost |= 1u << f;
        of = kept.of_frame[f];
      }
    });
    team.team_barrier();
    left = state.lost;
    if (left == 0) break;
  }
  return left;
}

/// The entry with the largest value, the first of equal ones; -1: none.
struct LargestEntry {
  double value = 0.0;
  std::int64_t entry = -1;

  KOKKOS_FUNCTION LargestEntry& operator+=(LargestEntry const& other) {
    bool const better =
        entry < 0 || other.value > value || (other.value == value && other.entry < entry);
    if (other.entry >= 0 && better) *this = other;
    return *this;
  }
};

/// Signal, variance and norm of the first pixel with the largest value; count and number of all.
template <class Team>
KOKKOS_FUNCTION void take_largest(Team const& team, BinPixels const& bin,
                                  BinState<KeptBetween>& state) {
  OfGroup<LargestEntry> best{};
  Kokkos::parallel_reduce(
      Kokkos::TeamThreadRange(team, bin.entries),
      [&](int k, OfGroup<LargestEntry>& part) {
        BinEntry const e = bin.entry(k);
        for (int f = 0; f < frames_of_group; ++f)
          if (e.valid(f)) part.of_frame[f] += {e.value(f), k};
      },
      Kokkos::Sum<OfGroup<LargestEntry>>(best));
  Kokkos::single(Kokkos::PerTeam(team), [&] {
    for (int f = 0; f < frames_of_group; ++f) {
      if (best.of_frame[f].entry < 0) continue;
      BinEntry const e = bin.entry(static_cast<int>(best.of_frame[f].entry));
      double const norm = e.norm;
      KeptSums& sums = state.all.of_frame[f].sums;
      sums.signal = e.signal(f);
      sums.variance = bin.variance_at(e, f);
      sums.normalization = norm;
      sums.normalization2 = norm * norm;
    }
  });
  team.team_barrier();
}

/// The sums of one bin by the method of a reduction, into `state.all`.
/// \tparam azimuthal whether the azimuthal variance is asked for, while clipping at least
template <bool azimuthal, class Team, class Range>
KOKKOS_FUNCTION void reduce_bin(Team const& team, BinPixels const& bin, BinRule const& rule,
                                BinState<Range>& state) {
  constexpr bool by_value = std::is_same_v<Range, KeptBetween>;
  FrameSet without_variance = all_of_group;
  sum_up(team, bin, state, !by_value);
  if constexpr (by_value) {
    if (rule.method == core::Method::sigma_clip)
      without_variance = clip<azimuthal>(team, bin, rule.clip, state);
    if (rule.method == core::Method::maximum) return take_largest(team, bin, state);
  }
  if constexpr (azimuthal) {
    if (rule.error_model != core::ErrorModel::azimuthal) return;
    if (without_variance != 0) find_azimuthal_variance(team, bin, without_variance, state);
    Kokkos::single(Kokkos::PerTeam(team), [&] {
      for (int f = 0; f < frames_of_group; ++f)
        state.all.of_frame[f].sums.variance = state.variance.of_frame[f];
    });
    team.team_barrier();
  }
}

}  // namespace xrdct::kernels
