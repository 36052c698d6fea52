// Makes scans that went wrong in every way they can, with the truth beside.
#include "tests/core/positions/made_scan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <set>

namespace xrdct::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// All that is chosen for a scan.
struct Choice {
  std::int64_t heights = 1;
  std::vector<double> slow, fast;
  double slow_step = 1.0, fast_step = 1.0;  //!< nearest neighbours
  bool fast_angle = false;                  //!< else slow is
  bool zigzag = false, turning = false, wrapped = false;
  bool closed = false;  //!< N + 1 per turn
  int slow_passes = 1, fast_passes = 1;
  std::size_t missing_lines = 0, repeated_lines = 0;
  double missing_frames = 0.0, unknown = 0.0;
  bool aborted = false, before = false, after = false, line_ends = false, between = false;
  double fast_jitter = 0.0, slow_jitter = 0.0, slow_noise = 0.0;  //!< [steps]
  double backlash = 0.0, drift = 0.0;                             //!< [steps]
  bool continuous = false;
  core::MomentTaken taken = core::MomentTaken::middle;
  bool told = true;
};

std::vector<double> equal_steps(double start, double step, std::int64_t points) {
  std::vector<double> list;
  for (std::int64_t k = 0; k < points; ++k) list.push_back(start + static_cast<double>(k) * step);
  return list;
}

std::vector<double> rotation_list(Dice& dice, Choice& c, std::string& what) {
  std::int64_t const points = dice.whole(12, 90);
  double const start = dice.chance(0.6) ? 0.0 : dice.uniform(-180.0, 180.0);
  double const kind = dice.uniform();
  double const range = kind < 0.35 ? 180.0 : kind < 0.8 ? 360.0 : dice.uniform(60.0, 340.0);
  c.closed = range >= 180.0 && dice.chance(0.4);
  double const step = range / static_cast<double>(points);
  what += std::to_string(points) + (c.closed ? "+1" : "") + " rotations over " +
          std::to_string(range) + " from " + std::to_string(start);
  return equal_steps(start, step, points + (c.closed ? 1 : 0));
}

/// Angles that keep no equal step.
std::vector<double> irregular_angles(Dice& dice, std::string& what) {
  std::int64_t const points = dice.whole(15, 80);
  std::vector<double> list;
  if (dice.chance(0.5)) {
    what += std::to_string(points) + " golden angles";
    for (std::int64_t k = 0; k < points; ++k)
      list.push_back(std::fmod(static_cast<double>(k) * 137.50776405, 360.0));
    return list;
  }
  what += std::to_string(points) + " irregular angles";
  double at = 0.0;
  for (std::int64_t k = 0; k < points; ++k) list.push_back(at += dice.uniform(0.5, 3.5));
  for (std::size_t i = list.size() - 1; i > 0; --i)
    std::swap(list[i], list[static_cast<std::size_t>(dice.whole(0, static_cast<int>(i)))]);
  return list;
}

double nearest_step(std::vector<double> list) {
  std::sort(list.begin(), list.end());
  double step = list.size() > 1 ? 1e300 : 1.0;
  for (std::size_t i = 1; i < list.size(); ++i) step = std::min(step, list[i] - list[i - 1]);
  return step;
}

/// 0, p, 2p, …, 1, p+1, …: the order of p passes.
std::vector<std::int64_t> pass_order(std::int64_t points, int passes) {
  std::vector<std::int64_t> order;
  for (std::int64_t first = 0; first < passes; ++first)
    for (std::int64_t k = first; k < points; k += passes) order.push_back(k);
  return order;
}

Choice choose(Dice& dice, MadeScan& scan) {
  Choice c;
  c.fast_angle = dice.chance(0.5);
  bool const irregular = dice.chance(0.1);
  auto angles = irregular ? irregular_angles(dice, scan.what) : rotation_list(dice, c, scan.what);
  std::int64_t const points = dice.whole(8, 50);
  scan.what += " × " + std::to_string(points) + " translations";
  double const step = dice.uniform(0.001, 0.5) * (dice.chance(0.2) ? 100.0 : 1.0);
  auto lengths = equal_steps(dice.uniform(-10.0, 10.0), step, points);
  if (dice.chance(0.1)) std::reverse(lengths.begin(), lengths.end());
  c.fast = c.fast_angle ? angles : lengths;
  c.slow = c.fast_angle ? lengths : angles;
  c.fast_step = nearest_step(c.fast);
  c.slow_step = nearest_step(c.slow);
  c.heights = dice.chance(0.75) ? 1 : dice.whole(2, 3);
  c.zigzag = dice.chance(0.4);
  double const range = c.fast_step * static_cast<double>(c.fast.size());
  c.turning = c.fast_angle && !irregular && !c.zigzag &&
              std::abs(range - 360.0) < 1.5 * c.fast_step && dice.chance(0.5);
  if (dice.chance(0.2) && !(irregular && !c.fast_angle))
    c.slow_passes = static_cast<int>(dice.whole(2, 4));
  if (dice.chance(0.08) && !irregular && !c.turning && !c.zigzag && c.fast.size() > 16)
    c.fast_passes = static_cast<int>(dice.whole(2, 3));
  c.wrapped = dice.chance(0.3) && !irregular;
  c.continuous = !irregular && c.fast_passes == 1 && dice.chance(0.4);
  if (c.continuous) {
    c.taken = static_cast<core::MomentTaken>(dice.whole(0, 2));
    c.told = dice.chance(0.6);
  }
  bool const quiet = dice.chance(0.35);
  double const most = irregular ? 0.05 : 0.28;
  c.fast_jitter = quiet || dice.chance(0.4) ? 1e-3 : dice.uniform(0.0, most);
  c.slow_jitter = quiet || dice.chance(0.6) ? 1e-3 : dice.uniform(0.0, most);
  c.slow_noise = quiet || dice.chance(0.6) ? 1e-3 : dice.uniform(0.0, irregular ? 0.02 : 0.1);
  if (c.zigzag && dice.chance(0.3)) c.backlash = dice.uniform(-0.3, 0.3);
  if (!irregular && dice.chance(0.2)) c.drift = dice.uniform(-0.25, 0.25);
  if (dice.chance(0.35)) c.missing_lines = static_cast<std::size_t>(dice.whole(1, 3));
  if (dice.chance(0.25)) c.repeated_lines = static_cast<std::size_t>(dice.whole(1, 2));
  if (dice.chance(0.35)) c.missing_frames = dice.uniform(0.0, 0.02);
  if (dice.chance(0.25)) c.unknown = dice.uniform(0.0, 0.01);
  c.aborted = dice.chance(0.25);
  c.before = dice.chance(0.2);
  c.after = dice.chance(0.2);
  c.line_ends = dice.chance(0.15);
  c.between =
      dice.chance(0.12) && c.slow_noise < 0.03 && c.slow_jitter < 0.03 && c.slow_passes == 1;
  auto const say = [&](bool said, std::string const& words) {
    if (said) scan.what += ", " + words;
  };
  say(c.heights > 1, std::to_string(c.heights) + " heights");
  scan.what += c.fast_angle ? ", rotation fast" : ", translation fast";
  say(c.zigzag, "zigzag");
  say(c.turning, "turning on");
  say(c.wrapped, "wrapped");
  say(c.slow_passes > 1, "slow passes " + std::to_string(c.slow_passes));
  say(c.fast_passes > 1, "fast passes " + std::to_string(c.fast_passes));
  say(c.continuous,
      "continuous taken " + std::string(core::name_of(c.taken)) + (c.told ? "" : " untold"));
  scan.what += ", fast jitter " + std::to_string(c.fast_jitter) + ", slow jitter " +
               std::to_string(c.slow_jitter) + ", slow noise " + std::to_string(c.slow_noise);
  say(c.backlash != 0.0, "backlash " + std::to_string(c.backlash));
  say(c.drift != 0.0, "drift " + std::to_string(c.drift));
  say(c.missing_lines > 0, "missing lines");
  say(c.repeated_lines > 0, "repeated lines");
  say(c.missing_frames > 0, "missing frames");
  say(c.unknown > 0, "unknown");
  say(c.aborted, "aborted");
  say(c.before, "before");
  say(c.after, "after");
  say(c.line_ends, "line ends");
  say(c.between, "between");
  return c;
}

class Maker {
 public:
  Maker(std::uint64_t seed, MadeScan& scan) : dice_(seed), scan_(scan), c_(choose(dice_, scan)) {}

  void make() {
    scan_.tracks.fast = {c_.fast_angle ? "rot" : "dty", {}, c_.fast_angle};
    scan_.tracks.slow = {c_.fast_angle ? "dty" : "rot", {}, !c_.fast_angle};
    scan_.tracks.height = {"dtz", {}, false};
    scan_.slow_list = c_.slow;
    scan_.fast_list = c_.fast;
    plan_lines();
    if (c_.before)
      add_extra(c_.slow.front(), c_.fast.front() - dice_.uniform(20.0, 50.0) * c_.fast_step, 0);
    for (std::size_t l = 0; l < lines_.size(); ++l) make_line(l);
    if (c_.after) add_extra(c_.slow.back() + 7.31 * c_.slow_step, c_.fast.front(), c_.heights - 1);
    disturb();
    scan_.wishes.taken = c_.told ? c_.taken : core::MomentTaken::middle;
    scan_.must_ask = !c_.told && c_.zigzag && c_.taken != core::MomentTaken::middle;
    if (c_.heights == 1 && dice_.chance(0.6)) scan_.tracks.height.positions.clear();
  }

 private:
  struct Line {
    std::int64_t height, slow;
  };

  void plan_lines() {
    auto const order = pass_order(std::ssize(c_.slow), c_.slow_passes);
    std::set<std::size_t> missing;
    for (std::size_t i = 0; i < c_.missing_lines; ++i)
      missing.insert(static_cast<std::size_t>(dice_.whole(1, std::ssize(order) - 2)));
    std::set<std::size_t> repeated;
    for (std::size_t i = 0; i < c_.repeated_lines; ++i)
      repeated.insert(static_cast<std::size_t>(dice_.whole(1, std::ssize(order) - 2)));
    for (std::int64_t h = 0; h < c_.heights; ++h)
      for (std::size_t i = 0; i < order.size(); ++i) {
        if (missing.count(i) && h == 0) continue;
        lines_.push_back({h, order[i]});
        if (repeated.count(i)) lines_.push_back({h, order[i]});
      }
  }

  void add(TruePlace place, double slow, double fast, std::int64_t height) {
    scan_.truth.push_back(place);
    scan_.slow_at.push_back(slow);
    scan_.fast_at.push_back(fast);
    scan_.tracks.slow.positions.push_back(slow);
    scan_.tracks.fast.positions.push_back(fast);
    scan_.tracks.height.positions.push_back(3.0 + 0.5 * static_cast<double>(height));
  }

  void add_extra(double slow, double fast, std::int64_t height) { add({}, slow, fast, height); }

  void make_line(std::size_t l) {
    Line const line = lines_[l];
    bool const back = c_.zigzag && l % 2 == 1;
    auto order = pass_order(std::ssize(c_.fast), c_.fast_passes);
    if (back) std::reverse(order.begin(), order.end());
    bool const last = l + 1 == lines_.size();
    std::size_t const end = last && c_.aborted
                                ? static_cast<std::size_t>(dice_.whole(1, std::ssize(order) - 1))
                                : order.size();
    double const slow = c_.slow[static_cast<std::size_t>(line.slow)];
    double const slow_here = slow + c_.slow_step * jitter(c_.slow_jitter);
    double const turns = c_.turning ? 360.0 * static_cast<double>(l) : 0.0;
    double way = (c_.fast.back() > c_.fast.front() ? 1.0 : -1.0) * (back ? -1.0 : 1.0);
    double const moment = c_.taken == core::MomentTaken::start ? -0.5
                          : c_.taken == core::MomentTaken::end ? 0.5
                                                               : 0.0;
    double const drift =
        c_.drift * (static_cast<double>(l) / static_cast<double>(lines_.size()) - 0.5) * 2.0;
    double const offset = (drift + (back ? c_.backlash : 0.0) + way * moment) * c_.fast_step;
    if (c_.between && l > 0 && dice_.chance(0.3) && lines_[l - 1].height == line.height) {
      double const before = c_.slow[static_cast<std::size_t>(lines_[l - 1].slow)];
      if (std::abs(before - slow) > 0.5 * c_.slow_step)
        add_extra(0.5 * (before + slow),
                  c_.fast[static_cast<std::size_t>(order.front())] + offset + turns, line.height);
    }
    for (std::size_t i = 0; i < end; ++i) {
      if (dice_.chance(c_.missing_frames)) continue;
      auto const f = static_cast<std::size_t>(order[i]);
      add({line.height, line.slow, order[i]}, slow, c_.fast[f], line.height);
      scan_.tracks.fast.positions.back() += offset + turns + c_.fast_step * jitter(c_.fast_jitter);
      scan_.tracks.slow.positions.back() =
          slow_here + c_.slow_step * std::clamp(dice_.normal() * c_.slow_noise, -0.3, 0.3);
    }
    if (c_.line_ends && dice_.chance(0.15) && end == order.size() && c_.fast_passes == 1 &&
        c_.fast_step > 0) {
      double const beyond = c_.fast[static_cast<std::size_t>(order.back())] + way * c_.fast_step;
      add_extra(slow, beyond + offset + turns, line.height);
    }
  }

  double jitter(double size) { return dice_.uniform(-size, size); }

  void disturb() {
    for (auto& height : scan_.tracks.height.positions) height += 1e-4 * dice_.normal();
    if (c_.wrapped)
      for (auto* track : {&scan_.tracks.slow, &scan_.tracks.fast})
        if (track->angle)
          for (double& x : track->positions) x -= 360.0 * std::floor(x / 360.0);
    for (std::size_t i = 0; i < scan_.truth.size(); ++i)
      if (dice_.chance(c_.unknown)) {
        (dice_.chance(0.5) ? scan_.tracks.slow : scan_.tracks.fast).positions[i] = nan;
        scan_.truth[i] = {};
      }
  }

  Dice dice_;
  MadeScan& scan_;
  Choice c_;
  std::vector<Line> lines_;
};

/// Which found index most frames of a true index have.
std::vector<std::int64_t> usual(std::vector<std::pair<std::int64_t, std::int64_t>> const& pairs,
                                std::size_t places) {
  std::vector<std::map<std::int64_t, std::size_t>> counts(places);
  for (auto const& [truth, found] : pairs) ++counts[static_cast<std::size_t>(truth)][found];
  std::vector<std::int64_t> usual(places, -1);
  for (std::size_t t = 0; t < places; ++t) {
    std::size_t most = 0;
    for (auto const& [found, count] : counts[t])
      if (count > most) {
        most = count;
        usual[t] = found;
      }
  }
  return usual;
}

double apart(double a, double b, bool angle) {
  return std::abs(angle ? std::remainder(a - b, 360.0) : a - b);
}

}  // namespace

double Dice::uniform() {
  state_ += 0x9E3779B97F4A7C15ull;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1p-53;
}

double Dice::normal() {
  return std::sqrt(-2.0 * std::log(1.0 - uniform())) * std::cos(2.0 * std::numbers::pi * uniform());
}

std::int64_t Dice::whole(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(uniform() * static_cast<double>(high - low + 1));
}

MadeScan make_scan(std::uint64_t seed) {
  MadeScan scan;
  Maker(seed, scan).make();
  return scan;
}

Verdict judge(MadeScan const& scan, core::PlacedScan const& placed) {
  auto const shape = placed.shape();
  auto const fast = static_cast<std::int64_t>(shape.fast),
             slow = static_cast<std::int64_t>(shape.slow);
  double const slow_step = nearest_step(scan.slow_list), fast_step = nearest_step(scan.fast_list);
  std::vector<std::pair<std::int64_t, std::int64_t>> slows, fasts;
  for (std::size_t i = 0; i < scan.truth.size(); ++i)
    if (placed.place[i] >= 0 && scan.truth[i].part()) {
      slows.emplace_back(scan.truth[i].slow, placed.place[i] / fast % slow);
      fasts.emplace_back(scan.truth[i].fast, placed.place[i] % fast);
    }
  auto const slow_of = usual(slows, scan.slow_list.size()),
             fast_of = usual(fasts, scan.fast_list.size());
  Verdict verdict;
  std::map<std::int64_t, std::size_t> owner;  // place → frame
  for (std::size_t i = 0; i < scan.truth.size(); ++i) {
    TruePlace const& truth = scan.truth[i];
    std::int64_t const place = placed.place[i];
    verdict.frames += truth.part();
    if (place < 0) {
      verdict.none += truth.part();
      continue;
    }
    double const slow_off =
        apart(placed.slow.positions[static_cast<std::size_t>(place / fast % slow)], scan.slow_at[i],
              scan.tracks.slow.angle);
    double const fast_off = apart(placed.fast.positions[static_cast<std::size_t>(place % fast)],
                                  scan.fast_at[i], scan.tracks.fast.angle);
    bool right = slow_off < 0.65 * slow_step && fast_off < 0.65 * fast_step;
    if (truth.part()) {
      right = right && place / fast % slow == slow_of[static_cast<std::size_t>(truth.slow)] &&
              place % fast == fast_of[static_cast<std::size_t>(truth.fast)] &&
              place / fast / slow == truth.height;
      auto const [at, first] = owner.emplace(place, i);
      TruePlace const& other = scan.truth[at->second];
      bool const same = apart(scan.slow_at[i], scan.slow_at[at->second], scan.tracks.slow.angle) <
                            0.1 * slow_step &&
                        apart(scan.fast_at[i], scan.fast_at[at->second], scan.tracks.fast.angle) <
                            0.1 * fast_step;
      right = right && other.height == truth.height && same;
      verdict.right += right;
      verdict.wrong += !right;
    } else {
      verdict.wrong += slow_off > 0.65 * slow_step || fast_off > 0.65 * fast_step;
    }
  }
  return verdict;
}

}  // namespace xrdct::test
