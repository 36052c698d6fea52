#pragma once
#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kokkos/teams/bin_pixels.hpp"

// Finds which pixels of a bin lie between two quantiles: device code for every back end. All
// members of the team call each function together.
namespace xrdct::kernels {

/// Something of the pixels up to a key, and the keys on both sides of it.
struct KeysAround {
  double weight = 0.0;                       //!< Σ float(ω) up to it
  std::uint64_t up_to = 0;                   //!< the last one up to it
  std::uint64_t beyond = ~std::uint64_t{0};  //!< the first one beyond it

  KOKKOS_FUNCTION KeysAround& operator+=(KeysAround const& other) {
    weight += other.weight;
    up_to = up_to > other.up_to ? up_to : other.up_to;
    beyond = beyond < other.beyond ? beyond : other.beyond;
    return *this;
  }
};

}  // namespace xrdct::kernels

namespace Kokkos {
template <>
struct reduction_identity<xrdct::kernels::KeysAround> {
  KOKKOS_FORCEINLINE_FUNCTION static xrdct::kernels::KeysAround sum() { return {}; }
};
}  // namespace Kokkos

namespace xrdct::kernels {

/// A bound that sums of weights, rounded to float, reach or exceed.
struct WeightBound {
  float weight;
  bool exceed;

  KOKKOS_FUNCTION bool holds(double sum) const {
    auto const rounded = static_cast<float>(sum);
    return exceed ? rounded > weight : rounded >= weight;
  }
};

/// The keys of the valid pixels of a bin in one frame of its group.
struct BinKeys {
  BinPixels const& bin;
  int frame;
  std::uint64_t* keys;  //!< [entry] memory of the team; those of a member lie `members` apart
  int *all, *left;      //!< [member] how many it has, and still looks at

  KOKKOS_FUNCTION std::uint64_t key(int k) const {
    int const pixel = bin.pixel[k];
    float const raw = bin.group.value(pixel, frame),
                dark = bin.dark != nullptr ? bin.dark[pixel] : 0.0f;
    return raw == raw ? sort_key(raw - dark, bin.norm[k], k) : after_all_keys;
  }
  KOKKOS_FUNCTION double weight(std::uint64_t key) const {
    int const k = entry_of(key);
    return static_cast<float>(static_cast<double>(bin.coefficient[k]) *
                              static_cast<double>(bin.norm[k]));
  }
};

/// Each member takes every n-th entry.
template <class Team>
KOKKOS_FUNCTION void take_keys(Team const& team, BinKeys const& of) {
  int const members = team.team_size();
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, members), [&](int member) {
    int taken = 0;
    for (int k = member; k < of.bin.entries; k += members) {
      std::uint64_t const key = of.key(k);
      if (key != after_all_keys) of.keys[taken++ * members + member] = key;
    }
    of.all[member] = taken;
    of.left[member] = taken;
  });
  team.team_barrier();
}

/// Looks at the keys that are left. \param pivot the weights up to it are summed up
template <class Team>
KOKKOS_FUNCTION KeysAround look_around(Team const& team, BinKeys const& of, std::uint64_t pivot) {
  int const members = team.team_size();
  KeysAround around{};
  Kokkos::parallel_reduce(
      Kokkos::TeamThreadRange(team, members),
      [&](int member, KeysAround& part) {
        for (int k = 0; k < of.left[member]; ++k) {
          std::uint64_t const key = of.keys[k * members + member];
          if (key > pivot)
            part.beyond = key < part.beyond ? key : part.beyond;
          else
            part += {of.weight(key), key, after_all_keys};
        }
      },
      Kokkos::Sum<KeysAround>(around));
  team.team_barrier();
  return around;
}

/// Leaves those on one side of a key; each member moves them to the front of its own.
template <class Team>
KOKKOS_FUNCTION void leave(Team const& team, BinKeys const& of, std::uint64_t pivot, bool beyond) {
  int const members = team.team_size();
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, members), [&](int member) {
    int left = 0;
    for (int k = 0; k < of.left[member]; ++k) {
      std::uint64_t& here = of.keys[k * members + member];
      std::uint64_t const key = here;
      if ((key > pivot) != beyond) continue;
      std::uint64_t& front = of.keys[left++ * members + member];
      here = front;
      front = key;
    }
    of.left[member] = left;
  });
  team.team_barrier();
}

/// The first key up to which the weights reach a bound, and their sum up to it.
struct FoundKey {
  std::uint64_t key;
  double sum;
};

/// Halves the range of keys until one is left. \param all of all keys
template <class Team>
KOKKOS_FUNCTION FoundKey find_key(Team const& team, BinKeys const& of, KeysAround const& all,
                                  WeightBound const& bound) {
  if (!bound.holds(all.weight)) return {after_all_keys, all.weight};
  Kokkos::parallel_for(Kokkos::TeamThreadRange(team, team.team_size()),
                       [&](int member) { of.left[member] = of.all[member]; });
  team.team_barrier();
  std::uint64_t low = 0, high = all.up_to;
  double before = 0.0, reached = all.weight;
  while (low < high) {
    std::uint64_t const pivot = low + (high - low) / 2;
    KeysAround const around = look_around(team, of, pivot);
    bool const beyond = !bound.holds(before + around.weight);
    if (beyond) {
      before += around.weight;
      low = around.beyond;
    } else {
      reached = before + around.weight;
      high = around.up_to;
    }
    bool const all_left = beyond && around.up_to == 0;
    if (low < high && !all_left) leave(team, of, pivot, beyond);
  }
  return {low, reached};
}

/// The keys at a bound: the first that reaches it, and the first that exceeds it.
struct KeysAtBound {
  std::uint64_t reach = after_all_keys, exceed = after_all_keys;
};

template <class Team>
KOKKOS_FUNCTION KeysAtBound find_keys(Team const& team, BinKeys const& of, KeysAround const& all,
                                      float weight) {
  FoundKey const reach = find_key(team, of, all, {weight, false});
  WeightBound const exceed{weight, true};
  bool const same = reach.key == after_all_keys || exceed.holds(reach.sum);
  return {reach.key, same ? reach.key : find_key(team, of, all, exceed).key};
}

/// The same for keys that one thread has sorted. \param keys [valid]
KOKKOS_INLINE_FUNCTION KeysAtBound find_keys(BinKeys const& of, int valid, float weight) {
  KeysAtBound at;
  double sum = 0.0;
  for (int k = 0; k < valid && at.exceed == after_all_keys; ++k) {
    sum += of.weight(of.keys[k]);
    if (at.reach == after_all_keys && WeightBound{weight, false}.holds(sum)) at.reach = of.keys[k];
    if (WeightBound{weight, true}.holds(sum)) at.exceed = of.keys[k];
  }
  return at;
}

KOKKOS_INLINE_FUNCTION KeptByKeys range_of(KeysAtBound const& lower, bool lower_is_none,
                                           KeysAtBound const& upper) {
  KeptByKeys range{.after = lower_is_none ? 0 : lower.reach,
                   .before = upper.exceed,
                   .first = upper.reach,
                   .last = lower.exceed};
  range.find_rough_values();
  return range;
}

/*!
 * `core::Quantiles`: which entries lie between them.
 *
 * A team halves the range of keys until the one at a quantile is left, summing up the weights below
 * in an order of its own. One thread of a host sorts, and sums up in the order of the
 * specification: the rounding of the weights decides what is kept.
 */
template <class Team>
KOKKOS_FUNCTION KeptByKeys keys_between(Team const& team, BinKeys const& of,
                                        core::Quantiles const& quantiles) {
  take_keys(team, of);
  if constexpr (std::is_same_v<typename Team::execution_space::memory_space, Kokkos::HostSpace>) {
    if (team.team_size() == 1) {
      int const valid = of.all[0];
      std::sort(of.keys, of.keys + valid);
      double total = 0.0;
      for (int k = 0; k < valid; ++k) total += of.weight(of.keys[k]);
      auto const lower = static_cast<float>(quantiles.lower * total),
                 upper = static_cast<float>(quantiles.upper * total);
      KeysAtBound const at_lower = find_keys(of, valid, lower);
      return range_of(at_lower, lower <= 0.0f,
                      lower == upper ? at_lower : find_keys(of, valid, upper));
    }
  }
  KeysAround const all = look_around(team, of, after_all_keys);
  if (all.up_to == 0) return {};  // no pixel is valid
  auto const lower = static_cast<float>(quantiles.lower * all.weight),
             upper = static_cast<float>(quantiles.upper * all.weight);
  KeysAtBound const at_lower = find_keys(team, of, all, lower);
  return range_of(at_lower, lower <= 0.0f,
                  lower == upper ? at_lower : find_keys(team, of, all, upper));
}

}  // namespace xrdct::kernels
