// Puts angles into one turn without a cut where the scan is.
#include "core/positions/angles.hpp"

#include <algorithm>
#include <cmath>

namespace xrdct::core {
namespace {

double wrapped(double angle, double low) {
  double const turned = angle - full_turn * std::floor((angle - low) / full_turn);
  return turned < low + full_turn ? turned : low;
}

/// Gaps between angles, rising in position; the last one closes the circle.
struct Gap {
  double width, end;
};

bool narrower(Gap const& a, Gap const& b) { return a.width < b.width; }

std::vector<Gap> gaps_of(std::vector<double> const& sorted) {
  std::vector<Gap> gaps;
  for (std::size_t i = 1; i < sorted.size(); ++i)
    gaps.push_back({sorted[i] - sorted[i - 1], sorted[i]});
  gaps.push_back({sorted.front() + full_turn - sorted.back(), sorted.front()});
  return gaps;
}

/// The usual one of the gaps that part places, but for the largest; 0 where there are none.
double usual_gap(std::vector<Gap> const& gaps, double largest) {
  std::vector<double> wide;
  for (Gap const& gap : gaps)
    if (gap.width > 0.05 * largest && gap.width < largest) wide.push_back(gap.width);
  if (wide.empty()) return 0.0;
  auto const middle = wide.begin() + static_cast<long>(wide.size() / 2);
  std::nth_element(wide.begin(), middle, wide.end());
  return *middle;
}

/// The zero of an encoder: angles below `low` and above `high` are near it, those below `next` at
/// most two places on, those below `near` at most four, as where a scan takes several passes.
struct Zero {
  double low, high, next, near;

  /// Whether a stay just before the zero is part of one just behind it. A motor that really went
  /// from 360° to 0° flew back, from the last place of all.
  bool trembles(std::span<double const> angles) const {
    for (std::size_t first = 0, last = 0; first < angles.size(); first = last) {
      last = first + 1;
      if (angles[first] <= high) continue;
      while (last < angles.size() && angles[last] > high) ++last;
      bool const before = first == 0 || angles[first - 1] < next;
      bool const behind = last == angles.size() || angles[last] < next;
      bool const beside =
          (first > 0 && angles[first - 1] < low) || (last < angles.size() && angles[last] < low);
      if (before && behind && beside) return true;
    }
    return false;
  }

  /// Whether passes that begin or end at the zero do so just before it or just behind it, never on
  /// both sides: the place is one. A motor that really came to 360° has been at 0°, too.
  bool is_met_once_a_pass(std::span<double const> angles) const {
    bool before_zero = false;
    for (std::size_t first = 0, last = 0; first < angles.size(); first = last) {
      last = first + 1;
      if (angles[first] <= high) continue;
      while (last < angles.size() && angles[last] > high) ++last;
      bool on_this_side = false;
      for (std::size_t const neighbour : {first - 1, last}) {
        if (neighbour >= angles.size()) continue;  // first - 1 of the first frame, too
        if (angles[neighbour] < low) return false;
        on_this_side = on_this_side || angles[neighbour] < near;
      }
      if (!on_this_side) return false;
      before_zero = true;
    }
    return before_zero;
  }
};

/// \param wide from which a gap parts places
Zero zero_of(std::vector<Gap> const& gaps, double wide) {
  std::vector<double> middles;  // of the wide gaps, but for the one that closes the circle
  for (std::size_t i = 0; i + 1 < gaps.size(); ++i)
    if (gaps[i].width >= wide) middles.push_back(gaps[i].end - 0.5 * gaps[i].width);
  if (middles.empty()) return {-1e300, 1e300, 1e300, 1e300};
  auto const after = [&](std::size_t places) {
    return middles[std::min(places, middles.size() - 1)];
  };
  return {middles.front(), middles.back(), after(2), after(4)};
}

}  // namespace

bool may_wrap(std::span<double const> angles) {
  auto const [low, high] = std::minmax_element(angles.begin(), angles.end());
  return angles.empty() || *high - *low <= full_turn;
}

void fold_turns(std::span<double> angles, double low) {
  for (double& angle : angles) angle = wrapped(angle, low);
}

void fold_turns(std::span<double> angles) {
  fold_turns(angles, 0.0);
  std::vector<double> sorted(angles.begin(), angles.end());
  std::sort(sorted.begin(), sorted.end());
  auto const gaps = gaps_of(sorted);
  // Of equal ones the last, which closes the circle: angles from 0° on stay as they are.
  Gap const widest = *std::max_element(gaps.rbegin(), gaps.rend(), narrower);
  double const low = widest.end - 0.5 * widest.width;
  fold_turns(angles, low);
}

void close_cut(std::span<double> angles) {
  std::vector<double> sorted(angles.begin(), angles.end());
  std::sort(sorted.begin(), sorted.end());
  auto const gaps = gaps_of(sorted);
  Gap const cut = gaps.back();
  Gap const largest = *std::max_element(gaps.begin(), gaps.end(), narrower);
  if (largest.width > 4.0 * cut.width && largest.width > 2.5 * usual_gap(gaps, largest.width) &&
      largest.width > 0.05 * full_turn) {
    fold_turns(angles, largest.end - 0.5 * largest.width);
    return;
  }
  if (cut.width > 0.5 * largest.width) return;
  Zero const zero = zero_of(gaps, 0.5 * largest.width);
  bool const trembles = cut.width <= 0.25 * largest.width && zero.trembles(angles);
  if (!trembles && !zero.is_met_once_a_pass(angles)) return;
  for (double& angle : angles)
    if (angle > zero.high) angle -= full_turn;
}

}  // namespace xrdct::core
