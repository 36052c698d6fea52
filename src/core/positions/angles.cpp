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

/// Middles of the wide gaps, rising, but for the one that closes the circle: they part places.
std::vector<double> middles_of(std::vector<Gap> const& gaps, double wide) {
  std::vector<double> middles;
  for (std::size_t i = 0; i + 1 < gaps.size(); ++i)
    if (gaps[i].width >= wide) middles.push_back(gaps[i].end - 0.5 * gaps[i].width);
  return middles;
}

/// Whether a stay just before the zero of an encoder is part of one just behind it. A motor that
/// really went from 360° to 0° flew back, from the last place of all.
bool trembles_about_zero(std::span<double const> angles, std::vector<double> const& middles) {
  double const low = middles.front(), high = middles.back(),
               next = middles[std::min<std::size_t>(2, middles.size() - 1)];
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

/// Whether the places just before and just behind the zero are together met as often as one of the
/// others: turns that begin there do so on this or that side. A motor that came to 360° has been at
/// 0°, too.
bool is_one_place_about_zero(std::span<double const> angles, std::vector<double> const& middles) {
  if (middles.size() < 3) return false;
  std::vector<std::size_t> stays(middles.size() + 1);
  std::size_t here = stays.size();
  for (double const angle : angles) {
    auto const place = static_cast<std::size_t>(
        std::upper_bound(middles.begin(), middles.end(), angle) - middles.begin());
    if (place != here) ++stays[place];
    here = place;
  }
  auto const both = stays.front() + stays.back();
  auto const middle = stays.begin() + static_cast<long>(stays.size() / 2);
  std::nth_element(stays.begin() + 1, middle, stays.end() - 1);
  return both <= *middle;
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
  auto const middles = middles_of(gaps, 0.5 * largest.width);
  if (middles.empty()) return;
  bool const trembles = cut.width <= 0.25 * largest.width && trembles_about_zero(angles, middles);
  if (!trembles && !is_one_place_about_zero(angles, middles)) return;
  for (double& angle : angles)
    if (angle > middles.back()) angle -= full_turn;
}

}  // namespace xrdct::core
