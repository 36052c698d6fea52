// Finds the axes of a scan among its motors.
#include "core/positions/find_axes.hpp"

#include <algorithm>
#include <cmath>

#include "core/positions/angles.hpp"
#include "core/positions/axis_places.hpp"
#include "core/positions/line_comb.hpp"
#include "core/positions/scan_lines.hpp"
#include "core/words/names.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t most_frames = 400'000, runs = 40;
constexpr double mostly = 0.6, together = 0.8;
constexpr double least_filled = 0.4;         // of a grid of two motors
constexpr double straight_function = 0.999;  // |correlation|

/// What a motor did, frame by frame.
struct Motion {
  std::size_t motor = 0;
  std::vector<double> x;
  AxisPlaces places;
  std::vector<std::int64_t> index;  //!< [frame]
  std::vector<std::uint8_t> moves;  //!< [frame] 1: at another place than the frame before
  std::vector<std::uint8_t> turns;  //!< [frame] 1: begins a new way
  std::size_t changes = 0, points = 0;
  bool revisits() const { return 2 * points < changes; }  //!< as a motor does that goes to and fro
  bool equal() const { return places.kind == AxisPlaces::Kind::equal; }
};

/// The positions looked at: all, or runs spread evenly over a long scan. Unknown ones are those of
/// the frame before.
std::vector<double> looked_at(std::vector<double> const& positions) {
  std::vector<double> x;
  std::size_t const frames = positions.size();
  std::size_t const parts = frames > most_frames ? runs : 1;
  std::size_t const each = std::min(frames, most_frames) / parts;
  double last = 0.0;
  for (double const p : positions)
    if (std::isfinite(p)) {
      last = p;
      break;
    }
  for (std::size_t part = 0; part < parts; ++part) {
    std::size_t const first = parts > 1 ? part * (frames - each) / (parts - 1) : 0;
    for (std::size_t i = first; i < first + each; ++i) {
      if (std::isfinite(positions[i])) last = positions[i];
      x.push_back(last);
    }
  }
  return x;
}

bool is_known(MotorTrack const& motor) {
  auto const known = std::count_if(motor.positions.begin(), motor.positions.end(),
                                   [](double x) { return std::isfinite(x); });
  return 10 * static_cast<std::size_t>(known) >= 9 * motor.positions.size() && known > 1;
}

void note_turns(Motion& motion, bool angle) {
  std::vector<std::int64_t> const one_place(motion.x.size());
  auto x = motion.x;
  motion.turns.assign(x.size(), 0);
  for (ScanLine const& line : cut_lines(x, one_place, angle && may_wrap(x)))
    motion.turns[line.first] = 1;
  // A rotation that turns on begins anew with every turn.
  if (angle)
    for (std::size_t i = 1; i < x.size(); ++i)
      if (std::floor((x[i] - x[0]) / full_turn + 1e-3) !=
          std::floor((x[i - 1] - x[0]) / full_turn + 1e-3))
        motion.turns[i] = 1;
}

std::size_t different(std::vector<std::int64_t> values) {
  std::sort(values.begin(), values.end());
  return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
}

/// Places of a motor that goes to and fro in equal steps, each line with a start of its own.
/// \returns whether it does
bool index_by_lines(Motion& motion, bool angle) {
  std::vector<std::int64_t> const one_place(motion.x.size());
  auto inner = motion.x;
  auto const lines = cut_lines(inner, one_place, angle && may_wrap(inner));
  auto const fit = lines.size() < 3 ? std::nullopt : fit_lines(inner, lines);
  if (!fit) return false;
  for (double const x : motion.x)
    motion.index.push_back(static_cast<std::int64_t>(std::llround(x / fit->step)));
  return true;
}

/// What a motor did, or nothing where it did not move in steps.
std::optional<Motion> motion_of(MotorTrack const& motor, std::size_t number) {
  Motion motion;
  motion.motor = number;
  motion.x = looked_at(motor.positions);
  auto x = motion.x;
  if (motor.angle) {
    if (may_wrap(x))
      close_cut(x);
    else
      fold_turns(x);
  }
  motion.places = find_places(x, motor.angle);
  if (motion.places.kind == AxisPlaces::Kind::one) return {};
  if (motion.places.kind == AxisPlaces::Kind::none) {
    if (!index_by_lines(motion, motor.angle)) return {};
  } else {
    for (double const position : x) motion.index.push_back(motion.places.nearest(position));
  }
  motion.moves.assign(x.size(), 0);
  for (std::size_t i = 1; i < x.size(); ++i)
    motion.moves[i] = motion.index[i] != motion.index[i - 1];
  motion.points = different(motion.index);
  motion.changes =
      static_cast<std::size_t>(std::count(motion.moves.begin(), motion.moves.end(), 1));
  if (motion.changes == 0) return {};
  note_turns(motion, motor.angle);
  return motion;
}

double correlation(std::vector<double> const& a, std::vector<double> const& b) {
  auto const n = static_cast<double>(a.size());
  double mean_a = 0.0, mean_b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    mean_a += a[i] / n;
    mean_b += b[i] / n;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb) : 0.0;
}

/// The part of the moves of `slow` that `fast` makes too, or begins a way with.
double shared(Motion const& slow, std::vector<std::uint8_t> const& fast) {
  std::size_t both = 0;
  for (std::size_t i = 0; i < slow.moves.size(); ++i) both += slow.moves[i] && fast[i];
  return static_cast<double>(both) / static_cast<double>(slow.changes);
}

bool are_twins(Motion const& a, Motion const& b) {
  return shared(a, b.moves) > together && shared(b, a.moves) > together &&
         std::abs(correlation(a.x, b.x)) > straight_function;
}

/// Whether a is the better one to place frames by.
bool is_better(Motion const& a, Motion const& b) {
  if (a.revisits() != b.revisits()) return a.revisits();
  if (a.equal() != b.equal()) return a.equal();
  if (a.equal() && std::abs(a.places.spread - b.places.spread) > 0.02)
    return a.places.spread < b.places.spread;
  return a.motor < b.motor;
}

/// Whether most stays of a motor are equally long.
bool is_even(Motion const& slow) {
  std::vector<std::size_t> stays;
  std::size_t last = 0;
  for (std::size_t i = 1; i < slow.moves.size(); ++i)
    if (slow.moves[i]) {
      stays.push_back(i - last);
      last = i;
    }
  std::sort(stays.begin(), stays.end());
  std::size_t const usual = stays[stays.size() / 2];
  auto const even = std::count_if(stays.begin(), stays.end(), [&](std::size_t stay) {
    return stay + 1 >= usual && stay <= usual + 1;
  });
  return usual > 1 && static_cast<double>(even) >= mostly * static_cast<double>(stays.size());
}

/// Whether a motor takes its steps where the faster one has finished a line; what drifts does so at
/// any time.
bool follows(Motion const& slow, Motion const& fast) {
  return shared(slow, fast.turns) >= mostly || is_even(slow);
}

void leave_out_twins(std::vector<Motion>& motions, AxesFound& found) {
  std::vector<Motion> kept;
  for (Motion& motion : motions) {
    auto const twin = std::find_if(kept.begin(), kept.end(),
                                   [&](Motion const& other) { return are_twins(motion, other); });
    if (twin == kept.end()) {
      kept.push_back(std::move(motion));
      continue;
    }
    if (is_better(motion, *twin)) std::swap(motion, *twin);
    for (MotorTwin& earlier : found.twins)
      if (earlier.taken == motion.motor) earlier.taken = twin->motor;
    found.twins.push_back({twin->motor, motion.motor});
  }
  motions = std::move(kept);
}

/// Different combinations of places, and which part they are of all combinations.
struct Grid {
  std::size_t met = 0;
  double filled = 0.0;
};

Grid grid_of(std::vector<Motion const*> const& axes) {
  std::vector<std::int64_t> keys(axes.front()->index.size());
  double all = 1.0;
  for (Motion const* axis : axes) {
    std::int64_t const low = *std::min_element(axis->index.begin(), axis->index.end());
    std::int64_t const high = *std::max_element(axis->index.begin(), axis->index.end());
    for (std::size_t i = 0; i < keys.size(); ++i)
      keys[i] = keys[i] * (high - low + 1) + axis->index[i] - low;
    all *= static_cast<double>(axis->points);
  }
  std::size_t const met = different(std::move(keys));
  return {met, static_cast<double>(met) / all};
}

/// The axes among the motors that moved.
struct Choice {
  Motion const *fast = nullptr, *slow = nullptr, *height = nullptr;
  std::size_t met = 0;

  void try_pair(Motion const& one, Motion const& other) {
    Motion const& faster = one.changes >= other.changes ? one : other;
    Motion const& slower = one.changes >= other.changes ? other : one;
    if (!follows(slower, faster)) return;
    Grid const grid = grid_of({&faster, &slower});
    if (grid.filled < least_filled || grid.met <= met) return;
    fast = &faster;
    slow = &slower;
    met = grid.met;
  }

  void try_height(Motion const& motion) {
    if (&motion == fast || &motion == slow || motion.changes > slow->changes) return;
    if (shared(motion, slow->moves) < mostly && shared(motion, fast->turns) < mostly) return;
    Grid const grid = grid_of({fast, slow, &motion});
    if (grid.filled < least_filled || 2 * grid.met < 3 * met) return;
    height = &motion;
    met = grid.met;
  }

  bool holds(Motion const& motion) const {
    return &motion == fast || &motion == slow || &motion == height;
  }
  /// Whether a motor moves whenever one of the axes does, and never else.
  bool led(Motion const& motion) const {
    for (Motion const* axis : {fast, slow, height})
      if (axis != nullptr && shared(motion, axis->moves) > together &&
          shared(*axis, motion.moves) > together)
        return true;
    return false;
  }
};

Choice choose(std::vector<Motion> const& motions) {
  Choice choice;
  for (std::size_t i = 0; i < motions.size(); ++i)
    for (std::size_t k = i + 1; k < motions.size(); ++k) choice.try_pair(motions[i], motions[k]);
  if (choice.slow != nullptr)
    for (Motion const& motion : motions) choice.try_height(motion);
  else if (!motions.empty())
    choice.fast = &*std::min_element(motions.begin(), motions.end(), is_better);
  return choice;
}

}  // namespace

AxesFound find_axes(std::span<MotorTrack const> motors) {
  std::size_t frames = 0;
  for (MotorTrack const& motor : motors) frames = std::max(frames, motor.positions.size());
  AxesFound found;
  std::vector<Motion> motions;
  for (std::size_t m = 0; m < motors.size() && frames > 1; ++m)
    if (motors[m].positions.size() == frames && is_known(motors[m]))
      if (auto motion = motion_of(motors[m], m)) motions.push_back(std::move(*motion));
  leave_out_twins(motions, found);
  std::stable_sort(motions.begin(), motions.end(),
                   [](Motion const& a, Motion const& b) { return a.changes > b.changes; });
  Choice const choice = choose(motions);
  std::vector<std::string> others;
  for (Motion const& motion : motions) {
    bool const axis = choice.holds(motion);
    if (!axis && (choice.led(motion) || !is_even(motion))) continue;
    found.moved.push_back(motion.motor);
    if (!axis) others.push_back(motors[motion.motor].name);
  }
  if (choice.fast != nullptr) found.fast = choice.fast->motor;
  if (choice.slow != nullptr) found.slow = choice.slow->motor;
  if (choice.height != nullptr) found.height = choice.height->motor;
  if (!others.empty())
    found.questions.push_back(listed(others, " and ") + " moved, too, beside " +
                              motors[*found.fast].name +
                              (found.slow ? " and " + motors[*found.slow].name : "") +
                              ": which motors are the axes? Say scan.positions.fast and .slow");
  return found;
}

}  // namespace xrdct::core
