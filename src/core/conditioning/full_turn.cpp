// Angles on the full circle, where a ray and the same ray from its other end are two.
#include "core/conditioning/full_turn.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/conditioning/robust_statistics.hpp"

namespace xrdct::core {
namespace {

constexpr double turn = 2.0 * std::numbers::pi;
constexpr double same_angle = 1e-9;       // [rad]
constexpr double wide_gap = turn / 18.0;  // 20°
constexpr double wide_gap_in_usual = 8.0;

}  // namespace

double modulo_full_turn(double angle) noexcept {
  double const rest = std::fmod(angle, turn);
  double const place = rest < 0.0 ? rest + turn : rest;
  return place < turn ? place : 0.0;
}

double nearest_turn(double angle) noexcept {
  double const place = modulo_full_turn(angle);
  return place < std::numbers::pi ? place : place - turn;
}

TurnCoverage turn_coverage(std::span<double const> angles) {
  TurnCoverage coverage{turn, 0.0, turn, false};
  if (angles.empty()) return coverage;
  std::vector<double> place(angles.size());
  std::transform(angles.begin(), angles.end(), place.begin(), modulo_full_turn);
  std::sort(place.begin(), place.end());
  place.erase(std::unique(place.begin(), place.end(),
                          [](double a, double b) { return b - a <= same_angle; }),
              place.end());
  std::vector<double> gaps(place.size());  // before each angle
  for (std::size_t i = 0; i < place.size(); ++i)
    gaps[i] = i > 0 ? place[i] - place[i - 1] : place.front() + turn - place.back();
  auto const widest = std::max_element(gaps.begin(), gaps.end());
  coverage.largest_gap = *widest;
  coverage.start = place[static_cast<std::size_t>(widest - gaps.begin())];
  coverage.usual_gap = median(gaps);
  coverage.full_turn =
      place.size() > 2 &&
      coverage.largest_gap <= std::max(wide_gap, wide_gap_in_usual * coverage.usual_gap) &&
      coverage.largest_gap < turn / 4.0;
  return coverage;
}

}  // namespace xrdct::core
