// Registration of projections with their mirror images, half a turn later.
#include "core/centre/half_turn_pairs.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/conditioning/full_turn.hpp"
#include "core/conditioning/robust_statistics.hpp"

namespace xrdct::core {
namespace {

constexpr double widest_gap = std::numbers::pi / 60.0;  // 3°
constexpr double largest_move = 0.2;                    // [translations]
constexpr std::size_t pair_range = 4;  // steps of 2c about the common centre for one pair alone

/// The projections on both sides of half a turn from p, and how far they are; none: far away.
struct Sides {
  std::size_t before = 0, after = 0;
  double to_before = std::numbers::pi, to_after = std::numbers::pi;
};

Sides sides_of(SummedSinogram const& sinogram, std::vector<std::size_t> const& measured,
               std::size_t p) {
  Sides sides;
  for (auto const q : measured) {
    double const apart = nearest_turn(sinogram.angles[q] - sinogram.angles[p] - std::numbers::pi);
    if (apart <= 0.0 && -apart < sides.to_before) {
      sides.before = q;
      sides.to_before = -apart;
    }
    if (apart >= 0.0 && apart < sides.to_after) {
      sides.after = q;
      sides.to_after = apart;
    }
  }
  return sides;
}

std::vector<HalfTurnPair> find_pairs(SummedSinogram const& sinogram, double tolerance) {
  std::vector<std::size_t> measured;
  for (std::size_t p = 0; p < sinogram.projections(); ++p)
    if (!sinogram.whole_missing(p)) measured.push_back(p);
  std::vector<HalfTurnPair> pairs;
  for (auto const p : measured) {
    auto const sides = sides_of(sinogram, measured, p);
    bool const before_is_near = sides.to_before <= sides.to_after;
    double const gap = sides.to_before + sides.to_after;
    if (std::min(sides.to_before, sides.to_after) <= tolerance) {
      std::size_t const q = before_is_near ? sides.before : sides.after;
      bool const told = std::any_of(pairs.begin(), pairs.end(), [&](HalfTurnPair const& pair) {
        return pair.first == q && pair.before == p && pair.after == p;
      });
      if (!told) pairs.push_back({p, q, q, 0.0, 0.0});
    } else if (gap <= widest_gap) {
      pairs.push_back({p, sides.before, sides.after, sides.to_before / gap, 0.0});
    }
  }
  return pairs;
}

/// How much two projections vary, and vary together, over the samples that both have.
struct SharedSamples {
  double together = 0.0, first = 0.0, second = 0.0;

  /// 1 − correlation; 2, the worst, where there is nothing to compare.
  double unlikeness() const {
    double const spreads = first * second;
    return spreads > 0.0 ? 1.0 - together / std::sqrt(spreads) : 2.0;
  }
};

/// Of S[θ][k] and S[θ + π][twice − k]; zeros where they share too little.
SharedSamples shared_samples(SummedSinogram const& sinogram, HalfTurnPair const& pair,
                             std::size_t twice, std::size_t least_overlap) {
  std::size_t const last = sinogram.translations - 1;
  std::size_t const from = twice > last ? twice - last : 0, to = std::min(twice, last);
  double n = 0.0, a = 0.0, b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
  for (std::size_t k = from; k <= to; ++k) {
    std::size_t const other = twice - k;
    if (!sinogram.there(pair.first, k) || !sinogram.there(pair.before, other) ||
        !sinogram.there(pair.after, other))
      continue;
    double const x = sinogram.at(pair.first, k);
    double const y = (1.0 - pair.share) * sinogram.at(pair.before, other) +
                     pair.share * sinogram.at(pair.after, other);
    n += 1.0;
    a += x;
    b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  if (n < static_cast<double>(least_overlap)) return {};
  return {ab - a * b / n, std::max(0.0, aa - a * a / n), std::max(0.0, bb - b * b / n)};
}

/// Lowest point of a curve over 2c, refined by a parabola; `tried` has its places.
double lowest(std::vector<double> const& badness, std::size_t first, std::size_t last) {
  std::size_t best = first;
  for (std::size_t i = first; i <= last; ++i)
    if (badness[i] < badness[best]) best = i;
  double const shift = best > 0 && best + 1 < badness.size()
                           ? lowest_between(badness[best - 1], badness[best], badness[best + 1])
                           : 0.0;
  return (static_cast<double>(best) + shift) / 2.0;
}

double error_of(std::vector<HalfTurnPair> const& pairs) {
  if (pairs.size() < 2) return 0.0;
  std::vector<double> centres(pairs.size());
  std::transform(pairs.begin(), pairs.end(), centres.begin(),
                 [](HalfTurnPair const& pair) { return pair.centre; });
  // a median has 1.2533 times the error of a mean; the common centre lies between the two
  return 1.2533 * robust_spread(centres) / std::sqrt(static_cast<double>(pairs.size()));
}

}  // namespace

double half_turn_tolerance(std::size_t translations) noexcept {
  return largest_move / (static_cast<double>(translations) / 2.0);
}

HalfTurnPairs register_half_turns(SummedSinogram const& sinogram, double tolerance,
                                  std::size_t least_overlap) {
  HalfTurnPairs result;
  result.pairs = find_pairs(sinogram, tolerance);
  if (result.pairs.empty()) {
    result.estimate =
        refused("no two projections are half a turn apart, and none on both sides of it");
    return result;
  }
  std::size_t const places = 2 * sinogram.translations - 1;  // of 2c
  std::vector<std::vector<double>> alone(result.pairs.size(), std::vector<double>(places));
  std::vector<double> badness(places);
  for (std::size_t twice = 0; twice < places; ++twice) {
    SharedSamples all;
    for (std::size_t i = 0; i < alone.size(); ++i) {
      auto const shared = shared_samples(sinogram, result.pairs[i], twice, least_overlap);
      alone[i][twice] = shared.unlikeness();
      all.together += shared.together;
      all.first += shared.first;
      all.second += shared.second;
    }
    badness[twice] = all.unlikeness();
  }
  auto& estimate = result.estimate;
  double const centre = lowest(badness, 0, places - 1);
  auto const nearest = static_cast<std::size_t>(std::llround(2.0 * centre));
  for (std::size_t i = 0; i < alone.size(); ++i)
    result.pairs[i].centre = lowest(alone[i], nearest > pair_range ? nearest - pair_range : 0,
                                    std::min(nearest + pair_range, places - 1));
  for (std::size_t twice = 0; twice < places; ++twice) {
    if (badness[twice] >= 2.0) continue;
    estimate.tried.push_back(static_cast<double>(twice) / 2.0);
    estimate.badness.push_back(badness[twice]);
  }
  if (estimate.tried.empty()) {
    estimate.refusal = "projections half a turn apart share too few samples, or are flat";
    return result;
  }
  estimate.centre = centre;
  estimate.error = error_of(result.pairs);
  return result;
}

}  // namespace xrdct::core
