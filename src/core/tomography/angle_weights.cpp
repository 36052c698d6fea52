// The share of each projection in the half turn.
#include "core/tomography/angle_weights.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>

namespace xrdct::core {
namespace {

constexpr double half_turn = std::numbers::pi;
constexpr double same_angle = 1e-9;  // [rad]

double modulo_half_turn(double angle) {
  double const rest = std::fmod(angle, half_turn);
  return rest < 0.0 ? rest + half_turn : rest;
}

/// Different angles modulo π, rising, and how many projections each has.
struct Directions {
  std::vector<double> angle;
  std::vector<std::size_t> projections;
  std::vector<std::size_t> of_projection;
};

Directions directions_of(std::span<double const> angles) {
  std::vector<double> rest(angles.size());
  std::transform(angles.begin(), angles.end(), rest.begin(), modulo_half_turn);
  std::vector<std::size_t> order(angles.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return rest[a] < rest[b]; });
  Directions found;
  found.of_projection.resize(angles.size());
  for (auto const p : order) {
    if (found.angle.empty() || rest[p] - found.angle.back() > same_angle) {
      found.angle.push_back(rest[p]);
      found.projections.push_back(0);
    }
    ++found.projections.back();
    found.of_projection[p] = found.angle.size() - 1;
  }
  // the last ones may be the first ones, half a turn later
  if (found.angle.size() > 1 &&
      found.angle.front() + half_turn - found.angle.back() <= same_angle) {
    found.projections.front() += found.projections.back();
    std::size_t const last = found.angle.size() - 1;
    std::replace(found.of_projection.begin(), found.of_projection.end(), last, std::size_t{0});
    found.angle.pop_back();
    found.projections.pop_back();
  }
  return found;
}

double median(std::vector<double> values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

AngleWeights angle_weights(std::span<double const> angles) {
  AngleWeights weights;
  weights.weight.resize(angles.size());
  if (angles.empty()) return weights;
  auto const directions = directions_of(angles);
  std::size_t const count = directions.angle.size();
  std::vector<double> gap(count);  // after each direction
  for (std::size_t i = 0; i < count; ++i)
    gap[i] = i + 1 < count ? directions.angle[i + 1] - directions.angle[i]
                           : directions.angle.front() + half_turn - directions.angle[i];
  weights.largest_gap = *std::max_element(gap.begin(), gap.end());
  double const limit = std::max(least_wedge, 8.0 * half_turn / static_cast<double>(count));
  weights.wedge_missing = weights.largest_gap > limit;
  double const usual = median(gap);
  std::replace_if(
      gap.begin(), gap.end(), [&](double width) { return width > limit; }, usual);
  for (std::size_t p = 0; p < angles.size(); ++p) {
    std::size_t const i = directions.of_projection[p];
    double const width = (gap[(i + count - 1) % count] + gap[i]) / 2.0;
    weights.weight[p] = width / static_cast<double>(directions.projections[i]);
  }
  for (std::size_t i = 0; i < count; ++i) weights.covered += gap[i];
  return weights;
}

}  // namespace xrdct::core
