// Places the frames of a scan by the positions of its motors.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/positions/angles.hpp"
#include "core/positions/axis_places.hpp"
#include "core/positions/axis_range.hpp"
#include "core/positions/axis_track.hpp"
#include "core/positions/inner_axis.hpp"
#include "core/positions/placed_scan.hpp"
#include "core/positions/scan_course.hpp"
#include "core/positions/scan_lines.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

constexpr double fewest_placed = 0.5;    // share of places with a frame, likewise
constexpr double fewest_reached = 0.65;  // share of the places that a usual line reaches

void check_wish(std::string const& key, AxisWish const& wish) {
  if (wish.step && !(std::isfinite(*wish.step) && *wish.step != 0.0))
    throw InputError(
        Problem{"place frames", "scan." + key + ".step other than 0", number_text(*wish.step), {}});
  if (wish.start && !std::isfinite(*wish.start))
    throw InputError(Problem{
        "place frames", "a number as scan." + key + ".start", number_text(*wish.start), {}});
  if (wish.points && *wish.points == 0)
    throw InputError(Problem{"place frames", "scan.shape." + key + " of 1 or more", "0", {}});
}

class FramePlacer {
 public:
  FramePlacer(ScanTracks& tracks, PlacementWishes const& wishes)
      : tracks_(tracks), wishes_(wishes) {
    check();
    height_.query = query_of("height", tracks.height, wishes.height);
    slow_.query = query_of("slow", tracks.slow, wishes.slow);
    fast_.query = query_of("fast", tracks.fast, wishes.fast);
    gather();
  }

  PlacedScan run() {
    place(height_);
    choose_roles();
    cut();
    take_middles();
    auto inner = index_inner(inner_->x, lines_, inner_->query);
    inner_->places = std::move(inner.places);
    inner_->index = std::move(inner.index);
    add_questions(inner.questions);
    scan_.course.direction_offset = inner.direction_offset;
    for (AxisTrack* axis : {&height_, &slow_, &fast_}) {
      axis->apply_wish();
      axis->ask_about_places(scan_.questions);
    }
    choose_ranges();
    ask_about_shifted_lines();
    compose();
    for (std::size_t l = 0; l < lines_.size(); ++l)
      lines_[l].outer = outer_->index[lines_[l].first];
    scan_.course.fast_is_fast = inner_ == &fast_;
    describe_course(scan_, lines_, inner.turns_on);
    if (!inner.in_order) scan_.course.way = ScanCourse::Way::not_in_order;
    ask_about_the_whole();
    return std::move(scan_);
  }

 private:
  AxisQuery query_of(std::string key, MotorTrack const& track, AxisWish const& wish) const {
    return {std::move(key), track.name,    track.angle,
            wish,           wishes_.taken, wishes_.tolerance.has_value()};
  }

  void check() const {
    check_wish("height", wishes_.height);
    check_wish("slow", wishes_.slow);
    check_wish("fast", wishes_.fast);
    if (wishes_.tolerance && !(*wishes_.tolerance > 0.0 && *wishes_.tolerance <= 0.5))
      throw InputError(Problem{"place frames",
                               "scan.positions.tolerance above 0, up to 0.5 steps",
                               number_text(*wishes_.tolerance),
                               {}});
    std::size_t const frames = tracks_.fast.positions.size();
    for (MotorTrack const* track : {&tracks_.slow, &tracks_.height})
      if (track->positions.size() != frames &&
          !(track == &tracks_.height && track->positions.empty()))
        throw InputError(Problem{"place frames",
                                 number_text(static_cast<double>(frames), 12) + " positions of " +
                                     track->name + ", as many as of " + tracks_.fast.name,
                                 number_text(static_cast<double>(track->positions.size()), 12),
                                 {}});
  }

  /// Takes the frames whose positions are all known.
  void gather() {
    std::size_t const frames = tracks_.fast.positions.size();
    auto const& height = tracks_.height.positions;
    for (std::size_t i = 0; i < frames; ++i)
      if (std::isfinite(tracks_.fast.positions[i]) && std::isfinite(tracks_.slow.positions[i]) &&
          (height.empty() || std::isfinite(height[i])))
        known_.push_back(i);
    if (known_.empty())
      throw InputError(Problem{"place frames",
                               "positions of " + tracks_.slow.name + " and " + tracks_.fast.name,
                               frames == 0 ? "none" : "no number among them",
                               {}});
    scan_.course.unknown = frames - known_.size();
    auto const take = [&](MotorTrack const& track, AxisTrack& axis) {
      if (track.positions.empty()) return;
      axis.x.reserve(known_.size());
      for (std::size_t const i : known_) axis.x.push_back(track.positions[i]);
    };
    take(tracks_.height, height_);
    take(tracks_.slow, slow_);
    take(tracks_.fast, fast_);
  }

  void place(AxisTrack& axis) const { axis.place(known_.size(), wishes_.tolerance); }

  /// Which of the two axes moves within lines.
  void choose_roles() {
    place(slow_);
    auto const frames = static_cast<std::int64_t>(known_.size());
    bool const slow_placed = slow_.places.kind != AxisPlaces::Kind::none;
    if (slow_placed && 3 * slow_.changes() <= frames) return;
    AxisTrack fast = fast_;
    place(fast);
    if (fast.places.kind == AxisPlaces::Kind::none) {
      if (slow_placed && 2 * slow_.changes() > frames && slow_.never_returns())
        slow_.places.kind = AxisPlaces::Kind::none;
      return;
    }
    auto const slow_changes = slow_placed ? slow_.changes() : frames;
    // Both are somewhere else in every frame, and the slow one never comes back: a spiral.
    if (2 * fast.changes() > frames && 2 * slow_changes > frames && slow_.never_returns()) {
      slow_.places.kind = AxisPlaces::Kind::none;
      return;
    }
    if (10 * fast.changes() >= 6 * slow_changes) return;
    fast_ = std::move(fast);
    inner_ = &slow_;
    outer_ = &fast_;
  }

  void cut() {
    if (outer_->places.kind == AxisPlaces::Kind::none) place_by_lines();
    bool const wraps = inner_->query.angle && may_wrap(inner_->x);
    std::vector<double> raw;
    if (wraps) raw = inner_->x;
    lines_ = cut_lines(inner_->x, keys(), wraps);
    std::size_t straight = 0;
    for (ScanLine const& line : lines_)
      if (line.direction != 0) straight += line.frames();
    // Angles in no order were not unwrapped but mixed up.
    if (wraps && 2 * straight < raw.size()) inner_->x = std::move(raw);
  }

  /// One number for the place of height and outer axis [frame].
  std::vector<std::int64_t> keys() const {
    std::vector<std::int64_t> keys(known_.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
      keys[i] = height_.index[i] == no_place || outer_->index[i] == no_place
                    ? no_place
                    : height_.index[i] * (std::int64_t{1} << 32) + outer_->index[i];
    return keys;
  }

  /// An outer motor that moves on during the lines: each line is at its mean position.
  void place_by_lines() {
    auto x = inner_->x;
    auto lines = cut_lines(x, height_.index, inner_->query.angle && may_wrap(x));
    if (inner_->query.angle) lines = cut_turns(x, lines);
    std::vector<double> means;
    for (ScanLine const& line : lines) {
      double sum = 0.0;
      for (std::size_t i = line.first; i < line.last; ++i) sum += outer_->x[i];
      means.push_back(sum / static_cast<double>(line.frames()));
    }
    outer_->places = find_places(means, outer_->query.angle);
    if (outer_->places.kind == AxisPlaces::Kind::none || lines.size() < 2) {
      scan_.questions.push_back("the positions of " + outer_->query.name +
                                " gather at no places: does it stand still, or move on during the "
                                "lines? Say scan." +
                                outer_->query.key +
                                ".start and .step, or "
                                "use no positions for it");
      outer_->places = {AxisPlaces::Kind::one,
                        {},
                        {std::accumulate(outer_->x.begin(), outer_->x.end(), 0.0) /
                         static_cast<double>(outer_->x.size())},
                        false,
                        0.0};
      outer_->index.assign(known_.size(), 0);
      return;
    }
    scan_.course.slow_moves_on = true;
    for (std::size_t l = 0; l < lines.size(); ++l)
      for (std::size_t i = lines[l].first; i < lines[l].last; ++i)
        outer_->index[i] = outer_->places.nearest(means[l]);
  }

  /// Lines of a rotation that keeps turning end with each turn.
  static std::vector<ScanLine> cut_turns(std::vector<double> const& x,
                                         std::vector<ScanLine> const& lines) {
    std::vector<ScanLine> turns;
    for (ScanLine const& line : lines) {
      ScanLine turn = line;
      for (std::size_t i = line.first; i < line.last; ++i) {
        // A little early: the first frame of a turn may lie a little before it.
        double const step = i > line.first ? std::abs(x[i] - x[i - 1]) : 0.0;
        if (std::abs(x[i] - x[turn.first]) + 0.3 * step < full_turn) continue;
        turn.last = i;
        turns.push_back(turn);
        turn = {i, line.last, line.outer, line.direction};
      }
      turn.last = line.last;
      turns.push_back(turn);
    }
    return turns;
  }

  /// Positions of the middle of the exposure, by the neighbours in the line.
  void take_middles() {
    if (wishes_.taken == MomentTaken::middle) return;
    core::take_middles(inner_->x, lines_, wishes_.taken == MomentTaken::start);
  }

  void choose_ranges() {
    std::vector<std::int64_t> met;
    std::size_t whole = 0;
    for (ScanLine const& line : lines_) {
      std::size_t const before = met.size();
      auto const first = met.begin() + static_cast<long>(before);
      met.insert(first, inner_->index.begin() + static_cast<long>(line.first),
                 inner_->index.begin() + static_cast<long>(line.last));
      auto const begin = met.begin() + static_cast<long>(before);
      std::sort(begin, met.end());
      met.erase(std::unique(begin, met.end()), met.end());
      whole += line.outer != no_place;
    }
    inner_->range = range_of(*inner_, count_places(std::move(met)), whole, 0);
    for (AxisTrack* axis : {&height_, outer_}) {
      auto const counts = count_places(axis->index);
      axis->range = range_of(*axis, counts, 0, axis->way());
    }
  }

  AxisRange range_of(AxisTrack const& axis, std::vector<PlaceCount> const& counts,
                     std::size_t lines, int way) {
    std::int64_t const first =
        axis.query.wish.start && !axis.x.empty() ? axis.places.nearest(*axis.query.wish.start) : 0;
    bool const given = axis.query.wish.start && !axis.x.empty();
    return choose_range(counts, lines, way, axis.query, given ? &first : nullptr, scan_.questions);
  }

  /// Lines forth that end a place later than lines back, and begin a place later: so do positions
  /// of the start of the exposure, and a motor with slack of a step.
  void ask_about_shifted_lines() {
    AxisRange const& range = inner_->range;
    if (inner_->query.wish.start && inner_->query.wish.points) return;
    std::int64_t const last = range.first + range.places - 1;
    double forth = 0.0, back = 0.0, pattern[2][2] = {{0, 0}, {0, 0}};  // [way][end]
    for (std::size_t l = 0; l < lines_.size(); ++l) {
      ScanLine const& line = lines_[l];
      // Where a line is repeated, the frame at which it turns round may be of either.
      bool const repeated = (l > 0 && lines_[l - 1].outer == line.outer) ||
                            (l + 1 < lines_.size() && lines_[l + 1].outer == line.outer);
      if (line.direction == 0 || repeated ||
          2 * static_cast<std::int64_t>(line.frames()) < range.places)
        continue;
      (line.direction > 0 ? forth : back) += 1.0;
      bool low = false, high = false;
      for (std::size_t i = line.first; i < line.last; ++i) {
        low = low || inner_->index[i] == range.first;
        high = high || inner_->index[i] == last;
      }
      pattern[line.direction > 0][0] += low;
      pattern[line.direction > 0][1] += high;
    }
    if (forth < 1.0 || back < 1.0) return;
    constexpr double few = 0.35, many = 0.55;
    double const forth_low = pattern[1][0] / forth, forth_high = pattern[1][1] / forth;
    double const back_low = pattern[0][0] / back, back_high = pattern[0][1] / back;
    bool const later = forth_low < few && back_low > many && forth_high > many && back_high < few;
    bool const earlier = forth_low > many && back_low < few && forth_high < few && back_high > many;
    if (!later && !earlier) return;
    scan_.questions.push_back(
        "lines of " + inner_->query.name +
        " that run back reach other places than those that run "
        "forth, by a place at both ends: positions taken at the start or the end of the exposure, "
        "or a motor with slack? Say scan.positions.taken, or scan." +
        inner_->query.key + ".start and .step with scan.shape." + inner_->query.key +
        " if the places are right");
  }

  /// Many frames between places are a question, where no tolerance was given.
  void keep_within_tolerance(AxisTrack& axis) {
    double const between = axis.keep_within(wishes_.tolerance);
    bool const moves_on = &axis == outer_ && scan_.course.slow_moves_on;
    if (!wishes_.tolerance && !moves_on) axis.ask_about_share(between, scan_.questions);
  }

  GridAxis grid_of(AxisTrack const& axis, MotorTrack& track) const {
    auto grid = axis.grid(track, wishes_.tolerance);
    grid.measured = std::move(track.positions);
    if (axis.x.empty()) return grid;
    for (std::size_t i = 0; i < known_.size(); ++i) {
      grid.measured[known_[i]] = axis.x[i];
      if (scan_.place[known_[i]] >= 0)
        grid.largest_deviation = std::max(grid.largest_deviation,
                                          std::abs(axis.places.distance(axis.x[i], axis.index[i])));
    }
    return grid;
  }

  void add_questions(std::vector<std::string> const& questions) {
    scan_.questions.insert(scan_.questions.end(), questions.begin(), questions.end());
  }

  void compose() {
    scan_.place.assign(tracks_.fast.positions.size(), -1);
    for (AxisTrack* axis : {&height_, &slow_, &fast_}) keep_within_tolerance(*axis);
    for (std::size_t i = 0; i < known_.size(); ++i) {
      if (!height_.range.contains(height_.index[i]) || !slow_.range.contains(slow_.index[i]) ||
          !fast_.range.contains(fast_.index[i]))
        continue;
      std::int64_t const line = (height_.index[i] - height_.range.first) * slow_.range.places +
                                slow_.index[i] - slow_.range.first;
      scan_.place[known_[i]] = line * fast_.range.places + fast_.index[i] - fast_.range.first;
    }
    scan_.height = grid_of(height_, tracks_.height);
    scan_.slow = grid_of(slow_, tracks_.slow);
    scan_.fast = grid_of(fast_, tracks_.fast);
  }

  void ask_about_the_whole() {
    auto const places = static_cast<double>(scan_.shape().places());
    auto const filled = places - static_cast<double>(scan_.course.empty_places);
    if (filled < fewest_placed * places && !(wishes_.slow.points && wishes_.fast.points))
      scan_.questions.push_back(
          "only " + number_text(100.0 * filled / places, 2) + " % of the places have a frame (" +
          number_text(static_cast<double>(scan_.shape().slow), 12) + " × " +
          number_text(static_cast<double>(scan_.shape().fast), 12) +
          "): is the grid right? Say scan.shape, or .start and .step of scan.slow and scan.fast");
    ask_about_coverage();
    if (5 * scan_.course.repeated_frames > 3 * scan_.course.placed)
      scan_.questions.push_back(
          number_text(static_cast<double>(scan_.course.repeated_frames), 12) +
          " frames lie on places that have one already (" +
          number_text(static_cast<double>(scan_.shape().slow), 12) + " × " +
          number_text(static_cast<double>(scan_.shape().fast), 12) +
          " places): does a motor not move, or another one? Say other motors in scan.positions, "
          "or .start and .step of scan.slow and scan.fast");
    if (10 * scan_.course.outside > scan_.course.frames)
      scan_.questions.push_back(
          number_text(static_cast<double>(scan_.course.outside), 12) +
          " frames have no place: is the grid right? Say scan.shape, or .start and .step of "
          "scan.slow and scan.fast");
  }

  /// Lines that each reach half of the places: two grids beside each other, or halves of a turn.
  void ask_about_coverage() {
    if (inner_->query.wish.start && inner_->query.wish.points) return;
    auto const shape = scan_.shape();
    std::vector<std::size_t> reached(shape.height * shape.slow * shape.fast);
    for (std::int64_t const place : scan_.place)
      if (place >= 0) reached[static_cast<std::size_t>(place)] = 1;
    bool const fast = inner_ == &fast_;
    std::size_t const inner = fast ? shape.fast : shape.slow;
    std::vector<std::size_t> filled(reached.size() / inner);
    for (std::size_t place = 0; place < reached.size(); ++place)
      filled[fast ? place / shape.fast
                  : place / (shape.slow * shape.fast) * shape.fast + place % shape.fast] +=
          reached[place];
    std::erase(filled, 0u);
    if (filled.empty() || inner < 4) return;
    auto const middle = filled.begin() + static_cast<long>(filled.size() / 2);
    std::nth_element(filled.begin(), middle, filled.end());
    if (static_cast<double>(*middle) >= fewest_reached * static_cast<double>(inner)) return;
    scan_.questions.push_back(
        "a usual line reaches " + number_text(static_cast<double>(*middle), 12) + " of " +
        number_text(static_cast<double>(inner), 12) + " places of " + inner_->query.name +
        ": do the lines lie beside each other's places (a motor with slack, another part of the "
        "turn)? Say scan." +
        inner_->query.key + ".start and .step and scan.shape." + inner_->query.key);
  }

  ScanTracks& tracks_;
  PlacementWishes const& wishes_;
  std::vector<std::size_t> known_;
  AxisTrack height_, slow_, fast_;
  AxisTrack *inner_ = &fast_, *outer_ = &slow_;
  std::vector<ScanLine> lines_;
  PlacedScan scan_;
};

}  // namespace

PlacedScan place_frames(ScanTracks tracks, PlacementWishes const& wishes) {
  return FramePlacer(tracks, wishes).run();
}

}  // namespace xrdct::core
