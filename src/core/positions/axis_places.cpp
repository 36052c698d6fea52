// Finds the places of one axis by the gaps between positions, or by the comb under their jitter.
#include "core/positions/axis_places.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t most_gaps = std::size_t{1} << 18;  // that can part places
constexpr double clean_groups = 0.5;                     // widest group / narrowest gap
constexpr double closest_jittered = 0.3;  // likewise, where equal steps with jitter would fit
constexpr double closest_places = 0.15;   // of the usual gap in a list
constexpr double sparse = 0.1;            // of the usual number of positions

/// Positions that lie together, with a gap on either side.
struct Group {
  double first, last, mean;
  double count;
};

std::vector<Group> groups_at(std::vector<double> const& sorted, double gap) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || sorted[i] - sorted[i - 1] > gap) groups.push_back({sorted[i], 0.0, 0.0, 0.0});
    Group& group = groups.back();
    group.last = sorted[i];
    group.count += 1.0;
    group.mean += (sorted[i] - group.mean) / group.count;
  }
  return groups;
}

/// All ways to part the positions by gaps much wider than every group between them, coarsest
/// first.
std::vector<std::vector<Group>> clean_levels(std::vector<double> const& sorted) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i] > sorted[i - 1]) gaps.push_back(sorted[i] - sorted[i - 1]);
  std::size_t const looked_at = std::min(gaps.size(), most_gaps);
  std::partial_sort(gaps.begin(), gaps.begin() + static_cast<long>(looked_at), gaps.end(),
                    std::greater<>());
  gaps.resize(looked_at);
  gaps.push_back(0.0);
  std::vector<std::pair<double, std::size_t>> breaks;  // ratio of neighbours, index
  for (std::size_t i = 0; i + 1 < gaps.size(); ++i)
    if (gaps[i] >= 1.5 * gaps[i + 1])
      breaks.emplace_back(gaps[i + 1] > 0.0 ? gaps[i] / gaps[i + 1] : 1e300, i);
  std::size_t const most_breaks = std::min<std::size_t>(breaks.size(), 12);
  std::partial_sort(breaks.begin(), breaks.begin() + static_cast<long>(most_breaks), breaks.end(),
                    std::greater<>());
  breaks.resize(most_breaks);
  std::sort(breaks.begin(), breaks.end(),
            [](auto const& a, auto const& b) { return a.second < b.second; });
  std::vector<std::vector<Group>> levels;
  for (auto const& [ratio, i] : breaks) {
    auto groups = groups_at(sorted, 0.5 * (gaps[i] + gaps[i + 1]));
    double widest = 0.0;
    for (Group const& group : groups) widest = std::max(widest, group.last - group.first);
    if (widest <= clean_groups * gaps[i]) levels.push_back(std::move(groups));
  }
  return levels;
}

std::size_t group_of(std::vector<Group> const& groups, double position) {
  auto const behind =
      std::upper_bound(groups.begin(), groups.end(), position,
                       [](double x, Group const& group) { return x < group.first; });
  return static_cast<std::size_t>(behind - groups.begin()) - (behind == groups.begin() ? 0 : 1);
}

/// Whether so many groups were met so evenly that they are places, in whatever order: noise in
/// steps of an encoder meets its middle more often than its ends.
bool evenly_met(std::vector<Group> const& groups) {
  if (groups.size() < 6) return false;
  std::vector<double> counts;
  for (Group const& group : groups) counts.push_back(group.count);
  std::sort(counts.begin(), counts.end());
  return counts[counts.size() / 2] >= 0.8 * counts[counts.size() * 9 / 10];
}

/// Whether the mean of all parts of a scan is that of its beginning.
bool stays(std::span<double const> positions, std::vector<Group> const& groups, double mean,
           double variance) {
  constexpr std::size_t parts = 16;
  for (std::size_t part = 0; part < parts; ++part) {
    std::size_t const first = part * positions.size() / parts;
    std::size_t const last = (part + 1) * positions.size() / parts;
    double sum = 0.0;
    for (std::size_t i = first; i < last; ++i)
      sum += positions[i] - groups[group_of(groups, positions[i])].mean - mean;
    auto const n = static_cast<double>(last - first);
    if (n > 0.0 && std::abs(sum) > 6.0 * std::sqrt(variance * n) + 0.05 * std::sqrt(variance) * n)
      return false;
  }
  return true;
}

/// Whether distances from the groups come in no order at all: white noise, neither steps nor a
/// rhythm.
bool trembles(std::span<double const> positions, std::vector<Group> const& groups) {
  constexpr std::size_t most = 1024;
  if (positions.size() < 50) return false;
  auto const part = positions.subspan(0, std::min(most, positions.size()));
  std::vector<double> rest;
  for (double const x : part) rest.push_back(x - groups[group_of(groups, x)].mean);
  double const mean =
      std::accumulate(rest.begin(), rest.end(), 0.0) / static_cast<double>(rest.size());
  double power = 0.0;
  for (double& x : rest) {
    x -= mean;
    power += x * x;
  }
  if (power <= 0.0) return true;
  if (!stays(positions, groups, mean, power / static_cast<double>(rest.size()))) return false;
  for (std::size_t lag = 1; lag <= rest.size() / 3; ++lag) {
    double product = 0.0;
    for (std::size_t i = lag; i < rest.size(); ++i) product += rest[i] * rest[i - lag];
    double const n = static_cast<double>(rest.size());
    if (std::abs(product) / power > std::max(0.3, 5.0 / std::sqrt(n))) return false;
  }
  return true;
}

double median(std::vector<double> values) {
  auto const middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The groups with so much of the usual number of positions.
std::vector<Group> without_sparse(std::vector<Group> groups, double share) {
  std::vector<double> counts;
  for (Group const& group : groups) counts.push_back(group.count);
  double const enough = share * median(counts);
  std::erase_if(groups, [&](Group const& group) { return group.count < enough; });
  return groups;
}

std::optional<Comb> comb_of(std::vector<Group> const& groups) {
  if (groups.size() < 2) return {};
  std::vector<double> centres, weights(groups.size(), 1.0);
  for (Group const& group : groups) centres.push_back(group.mean);
  return fit_comb(centres, weights, 2 * groups.size());
}

/// The groups in the order in which the motor was at them.
std::vector<std::size_t> visits(std::span<double const> positions,
                                std::vector<Group> const& groups) {
  std::vector<std::size_t> order;
  for (double const x : positions) {
    std::size_t const group = group_of(groups, x);
    if (x < groups[group].first || x > groups[group].last) continue;  // on the way
    if (order.empty() || order.back() != group) order.push_back(group);
  }
  return order;
}

/// Whether distances from the comb grow evenly from visit to visit: angles that go round by an
/// increment that is no part of a turn, as golden ones, do so. Any number of them lies near a comb.
bool goes_round(std::vector<std::size_t> const& order, std::vector<Group> const& groups,
                Comb const& comb) {
  std::vector<bool> seen(groups.size());
  std::vector<double> off;
  for (std::size_t const group : order) {
    if (seen[group]) continue;
    seen[group] = true;
    double const at = comb.place_of(groups[group].mean);
    off.push_back(at - std::round(at));
  }
  double const n = static_cast<double>(off.size());
  double const middle = 0.5 * (n - 1.0), mean = std::accumulate(off.begin(), off.end(), 0.0) / n;
  double xx = 0.0, xy = 0.0, yy = 0.0;
  for (std::size_t i = 0; i < off.size(); ++i) {
    double const x = static_cast<double>(i) - middle, y = off[i] - mean;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  return n >= 6.0 && xy * xy > 0.7 * xx * yy;
}

/// Whether places that lie off a comb do so by jitter, and not because they are a list.
bool is_jitter(std::span<double const> positions, std::vector<Group> const& groups,
               Comb const& comb, bool angle) {
  double widest = 0.0;
  for (Group const& group : groups) widest = std::max(widest, group.last - group.first);
  if (comb.spread <= 0.03) return true;
  auto const order = visits(positions, groups);
  if (angle && goes_round(order, groups, comb)) return false;
  if (comb.spread <= std::max(0.05, widest / comb.step)) return true;
  // Jitter is another one at each visit: a group that is visited again and again has none.
  if (static_cast<double>(order.size()) > 1.6 * static_cast<double>(groups.size())) return false;
  double const n = static_cast<double>(groups.size());
  if (n * comb.coherence * comb.coherence > std::log(1.6 * n) + 6.0) return true;
  std::size_t in_order = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    double const steps = std::round(comb.place_of(groups[order[i]].mean)) -
                         std::round(comb.place_of(groups[order[i - 1]].mean));
    in_order += std::abs(steps) == 1.0;
  }
  return static_cast<double>(in_order) >= 0.8 * static_cast<double>(order.size() - 1);
}

/// The comb of the groups with many positions, where most of the others lie on it, too: frames
/// taken on the way from place to place are no places.
std::optional<Comb> regular_comb(std::span<double const> positions, std::vector<Group> const& level,
                                 bool angle) {
  for (double const share : {0.5, sparse}) {
    auto const groups = without_sparse(level, share);
    auto const comb = comb_of(groups);
    if (!comb || groups.size() < 4 || comb->spread > 0.1) continue;
    double off = 0.0;
    for (Group const& group : level) {
      double const at = comb->place_of(group.mean);
      if (std::abs(at - std::round(at)) > 0.25) off += group.count;
    }
    if (off <= 0.06 * static_cast<double>(positions.size()) &&
        is_jitter(positions, groups, *comb, angle))
      return comb;
  }
  return {};
}

AxisPlaces equal_places(std::span<double const> positions, Comb const& comb) {
  AxisPlaces places{AxisPlaces::Kind::equal, comb, {}, comb.rival, 0.0};
  std::vector<double> distances;
  std::size_t const every = std::max<std::size_t>(1, positions.size() / 100000);
  for (std::size_t i = 0; i < positions.size(); i += every)
    distances.push_back(std::abs(places.distance(positions[i], places.nearest(positions[i]))));
  places.spread = 1.4826 * median(distances);
  return places;
}

std::vector<double> gaps_of(std::vector<double> const& listed) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < listed.size(); ++i) gaps.push_back(listed[i] - listed[i - 1]);
  return gaps;
}

/// The narrowest gap of a list, in usual gaps.
double closest_gap(std::vector<double> const& listed) {
  auto const gaps = gaps_of(listed);
  return gaps.empty() ? 1.0 : *std::min_element(gaps.begin(), gaps.end()) / median(gaps);
}

AxisPlaces listed_places(std::vector<Group> const& groups) {
  AxisPlaces places;
  places.kind = groups.size() == 1 ? AxisPlaces::Kind::one : AxisPlaces::Kind::listed;
  for (Group const& group : groups) {
    places.listed.push_back(group.mean);
    places.spread = std::max(places.spread, 0.5 * (group.last - group.first));
  }
  places.doubtful = closest_gap(places.listed) < closest_places;
  return places;
}

/// A few positions far outside, where a motor was parked: not part of what a comb is fitted to.
std::span<double const> without_parked(std::vector<double> const& sorted) {
  std::span<double const> inner(sorted);
  double const few = 0.02 * static_cast<double>(sorted.size());
  for (std::size_t i = 1; static_cast<double>(i) <= few; ++i)
    if (sorted[i] - sorted[i - 1] > 0.2 * (sorted.back() - sorted[i])) inner = inner.subspan(i);
  std::size_t drop = 0;
  for (std::size_t i = 1; static_cast<double>(i) <= few && i + 1 < inner.size(); ++i) {
    std::size_t const at = inner.size() - i;
    if (inner[at] - inner[at - 1] > 0.2 * (inner[at - 1] - inner.front())) drop = i;
  }
  return inner.first(inner.size() - drop);
}

}  // namespace

std::ptrdiff_t AxisPlaces::nearest(double position) const {
  if (kind == Kind::equal)
    return static_cast<std::ptrdiff_t>(std::llround(comb.place_of(position)));
  auto const behind = std::lower_bound(listed.begin(), listed.end(), position);
  if (behind == listed.begin()) return 0;
  if (behind == listed.end()) return std::ssize(listed) - 1;
  return behind - listed.begin() - (position - behind[-1] < behind[0] - position ? 1 : 0);
}

double AxisPlaces::position_of(std::ptrdiff_t place) const {
  return kind == Kind::equal ? comb.start + static_cast<double>(place) * comb.step
                             : listed[static_cast<std::size_t>(place)];
}

double AxisPlaces::distance(double position, std::ptrdiff_t place) const {
  double const distance = position - position_of(place);
  return kind == Kind::equal ? distance / comb.step : distance;
}

void merge_places(AxisPlaces& places, double part) {
  if (places.listed.size() < 3) return;
  double const near = part * median(gaps_of(places.listed));
  std::vector<double> merged;
  for (std::size_t first = 0, last = 0; first < places.listed.size(); first = last) {
    double sum = 0.0;
    do sum += places.listed[last++];
    while (last < places.listed.size() && places.listed[last] - places.listed[last - 1] < near);
    merged.push_back(sum / static_cast<double>(last - first));
  }
  if (merged.size() < places.listed.size()) places.spread = std::max(places.spread, 0.5 * near);
  places.listed = std::move(merged);
  places.doubtful = false;
}

double found_tolerance(AxisPlaces const& places) {
  if (places.kind == AxisPlaces::Kind::equal) return std::clamp(6.0 * places.spread, 0.25, 0.5);
  if (places.listed.size() < 2) return std::numeric_limits<double>::infinity();
  double narrowest = places.listed[1] - places.listed[0];
  for (std::size_t i = 2; i < places.listed.size(); ++i)
    narrowest = std::min(narrowest, places.listed[i] - places.listed[i - 1]);
  return std::clamp(6.0 * places.spread, 0.25 * narrowest, 0.5 * narrowest);
}

std::int64_t index_of(AxisPlaces const& places, double position) {
  std::ptrdiff_t const place = places.nearest(position);
  // Nothing is farther from a comb than half a step: rounding must not decide there.
  double const tolerance = found_tolerance(places);
  bool const always = places.kind == AxisPlaces::Kind::equal && tolerance >= 0.5;
  return always || std::abs(places.distance(position, place)) <= tolerance ? place : no_place;
}

AxisPlaces find_places(std::span<double const> positions, bool angle) {
  XRDCT_ASSERT(!positions.empty());
  std::vector<double> sorted(positions.begin(), positions.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<Group> best = groups_at(sorted, sorted.back() - sorted.front());
  // Below this, differences are those of rounding.
  double const smallest = 1e-9 * std::max(std::abs(sorted.front()), std::abs(sorted.back()));
  if (sorted.back() - sorted.front() <= smallest) return listed_places(best);
  auto const levels = clean_levels(sorted);
  bool const even = std::any_of(levels.begin(), levels.end(), [&](auto const& level) {
    return 2 * level.size() <= positions.size() && evenly_met(level);
  });
  if (!even && trembles(positions, best)) return listed_places(best);
  bool clean = false;
  for (auto const& level : levels) {
    bool const often = 2 * level.size() <= positions.size();
    if (!often && !(level.size() == positions.size() && positions.size() < 5000)) continue;
    if (clean && !evenly_met(level) && trembles(positions, best)) break;
    auto const heavy = without_sparse(level, sparse);
    if (heavy.size() == 1) {  // all but a few parked positions: the places are in there
      std::vector<double> inside;
      for (double const x : positions)
        if (x >= heavy.front().first && x <= heavy.front().last) inside.push_back(x);
      return find_places(inside, angle);
    }
    if (auto const comb = regular_comb(positions, level, angle))
      return equal_places(positions, *comb);
    if (!often) continue;
    best = level;
    clean = true;
  }
  if (clean) {
    auto const heavy = without_sparse(best, sparse);
    auto const comb = comb_of(heavy);
    if (comb && is_jitter(positions, heavy, *comb, angle)) return equal_places(positions, *comb);
    auto listed = listed_places(heavy);
    // Equal steps with jitter would fit, too: few places, seen once, may do so by chance.
    auto const order = visits(positions, heavy);
    if (comb && 10 * order.size() <= 16 * heavy.size() &&
        !(angle && goes_round(order, heavy, *comb)))
      listed.doubtful = listed.doubtful || closest_gap(listed.listed) < closest_jittered;
    return listed;
  }
  auto const inner = without_parked(sorted);
  if (inner.size() < 2 || inner.front() == inner.back()) return listed_places({best});
  std::vector<double> const weights(inner.size(), 1.0);
  if (auto const comb = fit_comb(inner, weights, std::min<std::size_t>(2 * inner.size(), 1 << 17)))
    return equal_places(positions, *comb);
  return {};
}

}  // namespace xrdct::core
