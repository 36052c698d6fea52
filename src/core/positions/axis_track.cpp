// Finds the places of one motor, and of each frame the one that it belongs to.
#include "core/positions/axis_track.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/positions/angles.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

constexpr double between_places = 0.35;    // [steps]
constexpr double most_between = 0.05;      // share of frames, from which it is a question
constexpr std::size_t longest_glitch = 2;  // frames
constexpr double glitch_reach = 0.8;       // [steps]

// Angles of several turns that complete each other to equal steps are put into one turn.
void try_folded(AxisTrack& axis) {
  auto folded = axis.x;
  fold_turns(folded);
  auto const places = find_places(folded, true);
  if (places.kind != AxisPlaces::Kind::equal) return;
  axis.x = std::move(folded);
  axis.places = places;
}

// A frame or two that jitter has put beside the place of those before and behind; at the ends of
// lines, where either place may be theirs, they have none.
void mend_glitches(AxisTrack& axis) {
  if (axis.places.kind != AxisPlaces::Kind::equal) return;
  auto& index = axis.index;
  if (axis.changes() * 5 > std::ssize(index)) return;  // lines of a few frames have no midst
  auto const off = [&](std::size_t i, std::int64_t place) {
    return std::abs(axis.places.distance(axis.x[i], place));
  };
  for (std::size_t first = 0, last = 0; first < index.size(); first = last) {
    last = first + 1;
    while (last < index.size() && index[last] == index[first]) ++last;
    if (last - first > longest_glitch || index[first] == no_place) continue;
    bool const within = first > 0 && last < index.size() && index[first - 1] == index[last] &&
                        index[last] != no_place;
    for (std::size_t i = first; i < last; ++i)
      if (within && off(i, index[last]) <= glitch_reach && off(i, index[first]) >= 0.2)
        index[i] = index[last];
      else if (off(i, index[first]) > between_places)
        index[i] = no_place;
  }
}

double position_of(AxisPlaces const& places, std::int64_t index) {
  if (places.kind == AxisPlaces::Kind::equal) return places.position_of(index);
  return places.listed[static_cast<std::size_t>(
      std::clamp<std::int64_t>(index, 0, std::ssize(places.listed) - 1))];
}

}  // namespace

std::int64_t AxisTrack::changes() const {
  std::int64_t changes = 0;
  for (std::size_t i = 1; i < index.size(); ++i) changes += index[i] != index[i - 1];
  return changes;
}

bool AxisTrack::never_returns() const {
  auto sorted = index;
  std::sort(sorted.begin(), sorted.end());
  return 10 * (std::unique(sorted.begin(), sorted.end()) - sorted.begin()) > 9 * std::ssize(index);
}

int AxisTrack::way() const {
  double up = 0.0, down = 0.0;
  for (std::size_t i = 1; i < index.size(); ++i) {
    if (index[i] == no_place || index[i - 1] == no_place) continue;
    up += index[i] > index[i - 1];
    down += index[i] < index[i - 1];
  }
  return up >= 0.8 * (up + down) ? 1 : down >= 0.8 * (up + down) ? -1 : 0;
}

void AxisTrack::place(std::size_t frames, std::optional<double> tolerance) {
  if (x.empty()) {
    places = {AxisPlaces::Kind::one, {}, {0.0}, false, 0.0};
    index.assign(frames, 0);
    return;
  }
  if (query.angle && may_wrap(x)) close_cut(x);
  places = find_places(x, query.angle);
  if (query.angle && !may_wrap(x) && places.kind != AxisPlaces::Kind::equal) try_folded(*this);
  if (tolerance && places.kind == AxisPlaces::Kind::listed) merge_places(places, *tolerance);
  index.resize(x.size());
  if (places.kind == AxisPlaces::Kind::none) return;
  for (std::size_t i = 0; i < x.size(); ++i) index[i] = index_of(places, x[i]);
  mend_glitches(*this);
}

void AxisTrack::apply_wish() {
  AxisWish const& wish = query.wish;
  if (x.empty()) {
    if (wish.start) places.listed = {*wish.start};
    return;
  }
  if (!wish.step) return;
  bool const found = places.kind == AxisPlaces::Kind::equal;
  Comb comb{wish.start.value_or(found ? places.comb.start : x.front()), *wish.step,
            places.comb.spread, 1.0, false};
  AxisPlaces wished{AxisPlaces::Kind::equal, comb, {}, false, 0.1};
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max(), highest = no_place;
  for (std::int64_t const held : index)
    if (held != no_place) {
      lowest = std::min(lowest, held);
      highest = std::max(highest, held);
    }
  double const drift = found && highest != no_place
                           ? std::abs(std::abs(*wish.step) / places.comb.step - 1.0) *
                                 static_cast<double>(highest - lowest)
                           : 1.0;
  for (std::size_t i = 0; i < index.size(); ++i)
    if (drift < 0.3 && index[i] != no_place)
      index[i] = wished.nearest(places.position_of(index[i]));
    else
      index[i] = wished.nearest(x[i]);
  places = wished;
}

double AxisTrack::keep_within(std::optional<double> tolerance) {
  if (places.kind != AxisPlaces::Kind::equal) return 0.0;
  std::size_t between = 0, frames = 0;
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (!range.contains(index[i])) continue;
    double const off = std::abs(places.distance(x[i], index[i]));
    ++frames;
    between += off > between_places;
    if (tolerance && off > *tolerance) index[i] = no_place;
  }
  return frames == 0 ? 0.0 : static_cast<double>(between) / static_cast<double>(frames);
}

void AxisTrack::ask_about_places(std::vector<std::string>& questions) const {
  if (!places.doubtful) return;
  if (places.kind == AxisPlaces::Kind::equal)
    questions.push_back("the positions of " + query.name +
                        " scatter so much that other steps than " + number_text(places.comb.step) +
                        " would fit as well; say scan." + query.key + ".step");
  if (places.kind == AxisPlaces::Kind::listed)
    questions.push_back("the positions of " + query.name +
                        " have no equal step, but some lie close "
                        "together, or as equal steps with much jitter would: " +
                        number_text(static_cast<double>(places.listed.size()), 12) +
                        " places of their own, or fewer? Say scan." + query.key +
                        ".start and .step, or scan.positions.tolerance (part of the usual gap, up "
                        "to which positions are one place)");
}

void AxisTrack::ask_about_share(double between, std::vector<std::string>& questions) const {
  if (between <= most_between) return;
  questions.push_back(
      number_text(100.0 * between, 2) + " % of the frames lie between two places of " + query.name +
      " (more than " + number_text(between_places) + " steps off): is the step " +
      number_text(places.comb.step) + " and the start " + number_text(places.comb.start) +
      " right? Say scan." + query.key + ".start and .step, or scan.positions.tolerance");
}

GridAxis AxisTrack::grid(MotorTrack const& track, std::optional<double> tolerance) const {
  GridAxis grid;
  grid.name = track.name;
  grid.angle = track.angle;
  bool const equal = places.kind == AxisPlaces::Kind::equal;
  for (std::int64_t k = 0; k < range.places; ++k)
    grid.positions.push_back(position_of(places, range.first + k));
  if (equal && range.places > 1) grid.step = places.comb.step;
  if (equal && query.wish.step) grid.step = *query.wish.step;
  double const found = found_tolerance(places);
  grid.tolerance = equal ? tolerance.value_or(found) : found;
  if (!equal && !std::isfinite(grid.tolerance)) grid.tolerance = 0.0;
  return grid;
}

}  // namespace xrdct::core
