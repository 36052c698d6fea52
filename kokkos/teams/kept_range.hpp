#pragma once
#include <Kokkos_Core.hpp>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>

// Which pixels of a bin are kept, as a range of their values: nothing has to be remembered of a
// pixel. Device code for every back end.
namespace xrdct::kernels {

/// About 1/norm; NaN where float(signal)·(1/norm) might be further from signal/norm than `slack`.
KOKKOS_INLINE_FUNCTION float rough_inverse(float norm) {
  return norm > 1e-30f && norm < 1e30f ? 1.0f / norm : NAN;
}

/// What a rough value can differ by from signal/norm or its float.
KOKKOS_INLINE_FUNCTION double slack(double value) { return 0x1p-20 * std::fabs(value) + FLT_MIN; }

/// A number that orders doubles but for NaN: neighbours differ by 1.
KOKKOS_INLINE_FUNCTION std::int64_t rank_of(double value) {
  std::int64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits >= 0 ? bits : INT64_MIN - bits;
}
KOKKOS_INLINE_FUNCTION double with_rank(std::int64_t rank) {
  std::int64_t const bits = rank >= 0 ? rank : INT64_MIN - rank;
  double value = 0.0;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// The largest finite value with value − mean ≤ cut, rounded as a double is.
/// \param cut ≥ 0, finite as `mean` is
KOKKOS_INLINE_FUNCTION double largest_within(double mean, double cut) {
  auto const within = [&](std::int64_t rank) { return with_rank(rank) - mean <= cut; };
  double const about = mean + cut;
  std::int64_t rank = rank_of(about < DBL_MAX ? about : DBL_MAX);
  for (int step = 0; step < 4; ++step) {
    if (!within(rank))
      --rank;
    else if (!within(rank + 1))
      return with_rank(rank);
    else
      ++rank;
  }
  // values may be much closer to each other than differences
  std::int64_t in = rank_of(mean), out = rank_of(HUGE_VAL);
  while (in + 1 < out) {
    std::int64_t const middle = (in >> 1) + (out >> 1) + (in & out & 1);
    (within(middle) ? in : out) = middle;
  }
  return with_rank(in);
}

/// A value as a float, or the end that it lies beyond.
KOKKOS_INLINE_FUNCTION float float_between(float least, double value, float most) {
  if (value < -FLT_MAX) return least;
  return value > FLT_MAX ? most : static_cast<float>(value);
}

/// Values signal/norm from `low` to `high`, or without a number.
struct KeptBetween {
  double low = -HUGE_VAL, high = HUGE_VAL;
  float surely_low = -HUGE_VALF, surely_high = HUGE_VALF;  //!< of rough values

  /// Whether the value of an entry is kept. \param rough float(signal)·rough_inverse(norm)
  KOKKOS_FUNCTION bool keeps(float signal, float rough, float norm, int) const {
    if (rough >= surely_low && rough <= surely_high) return true;
    double const value = static_cast<double>(signal) / static_cast<double>(norm);
    return !(value < low || value > high);
  }
  /// Whether all are kept whose rough values lie between these.
  KOKKOS_FUNCTION bool surely_keeps(float lowest, float highest) const {
    return lowest >= surely_low && highest <= surely_high;
  }
  /// Rejects |value − mean| > cut as well.
  KOKKOS_FUNCTION void narrow(double mean, double cut) {
    if (!(cut < HUGE_VAL) || mean != mean) return;
    bool const finite = std::fabs(mean) < HUGE_VAL;  // otherwise nothing lies within
    double const above = finite ? largest_within(mean, cut) : -HUGE_VAL,
                 below = finite ? -largest_within(-mean, cut) : HUGE_VAL;
    low = low > below ? low : below;
    high = high < above ? high : above;
    double const of_low = slack(low), of_high = slack(high),
                 most = of_low > of_high ? of_low : of_high;
    // an infinite rough value is never sure
    surely_low = float_between(-FLT_MAX, low + most, HUGE_VALF);
    surely_high = float_between(-HUGE_VALF, high - most, FLT_MAX);
  }
};

/// A number that orders entries by float(signal/norm), equal ones by entry. Never 0 nor
/// `after_all_keys`.
KOKKOS_INLINE_FUNCTION std::uint64_t sort_key(float signal, float norm, int entry) {
  float const value = static_cast<float>(static_cast<double>(signal) / static_cast<double>(norm)) +
                      0.0f;  // −0 becomes 0
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  bits = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  return static_cast<std::uint64_t>(bits) << 32 | static_cast<std::uint64_t>(entry);
}
constexpr std::uint64_t after_all_keys = ~std::uint64_t{0};

/// The entry of a key.
KOKKOS_INLINE_FUNCTION int entry_of(std::uint64_t key) {
  return static_cast<int>(key & 0xffffffffu);
}

/// Keys between two, and those from one to another.
struct KeptByKeys {
  std::uint64_t after = after_all_keys, before = 0;           //!< these are not kept
  std::uint64_t first = after_all_keys, last = 0;             //!< these are
  float surely_below = -HUGE_VALF, surely_above = HUGE_VALF;  //!< rough values that are not

  KOKKOS_FUNCTION bool keeps(float signal, float rough, float norm, int entry) const {
    if (rough < surely_below || rough > surely_above) return false;
    std::uint64_t const key = sort_key(signal, norm, entry);
    return (key > after && key < before) || (key >= first && key <= last);
  }
  /// Has to be called when the keys are set.
  KOKKOS_FUNCTION void find_rough_values() {
    std::uint64_t const lowest = after < first ? after : first,
                        highest = before > last ? before : last;
    if (lowest != 0) surely_below = value_of(lowest, -1.0);
    if (highest != after_all_keys) surely_above = value_of(highest, 1.0);
  }

 private:
  // The value of a key, and the slack on one side of it.
  KOKKOS_FUNCTION static float value_of(std::uint64_t key, double side) {
    auto const order = static_cast<std::uint32_t>(key >> 32);
    std::uint32_t const bits = (order & 0x80000000u) != 0 ? order & 0x7fffffffu : ~order;
    float value = 0.0f;
    std::memcpy(&value, &bits, sizeof(value));
    return float_between(-HUGE_VALF, value + side * slack(value), HUGE_VALF);
  }
};

}  // namespace xrdct::kernels
