// The order of the frames of a simulated scan, and where the motors were for each of them.
#include "core/phantom/simulated_course.hpp"

#include <algorithm>
#include <cmath>

#include "core/phantom/random_philox.hpp"
#include "core/words/number_text.hpp"
#include "core/words/problems.hpp"

namespace xrdct::core {
namespace {

using Lines = std::vector<std::size_t>;

bool has(Lines const& lines, std::size_t line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

// Index of the place along each axis; whole numbers in places, anything between and beyond.
struct Steps {
  double height, slow, fast;
};

MotorPositions positions_at(SimulationSettings const& s, Steps const& at) {
  double const rotation = s.course.rotation_fast ? at.fast : at.slow,
               translation = s.course.rotation_fast ? at.slow : at.fast;
  return {s.height_mm.start + s.height_mm.step * at.height,
          s.rotation_deg.start + s.rotation_deg.step * rotation,
          s.translation_mm.start + s.translation_mm.step * translation};
}

// A line in the order of time.
struct Run {
  std::size_t height, slow;
  bool backwards;
  bool aborted;
  double turns;  //!< that the rotation has made before
};

std::vector<Run> runs_of(SimulationSettings const& s) {
  std::vector<Run> runs;
  std::size_t number = 0;  // counts missing lines, too: they were run, and are lost
  double turns = 0.0;
  for (std::size_t height = 0; height < s.scan.height; ++height) {
    for (std::size_t pass = 0; pass < s.course.interlaced; ++pass) {
      for (std::size_t slow = pass; slow < s.scan.slow; slow += s.course.interlaced, ++number) {
        std::size_t const line = height * s.scan.slow + slow;
        if (has(s.course.missing_lines, line)) continue;
        Run run{height, slow, s.course.zigzag && number % 2 == 1, has(s.course.aborted_lines, line),
                turns};
        runs.push_back(run);
        run.aborted = false;
        if (has(s.course.repeated_lines, line)) {
          run.turns += s.course.turning_on ? 1.0 : 0.0;
          runs.push_back(run);
        }
        turns = run.turns + (s.course.turning_on ? 1.0 : 0.0);
      }
    }
  }
  return runs;
}

// At least one frame, and not all of them.
std::size_t frames_before_abort(SimulationSettings const& s, std::size_t line) {
  RandomFrame const random(s.seed, static_cast<std::uint32_t>(line));
  double const share = random.uniforms(RandomUse::aborted_line, 0)[0];
  return 1 + static_cast<std::size_t>(share * static_cast<double>(s.scan.fast - 1));
}

// An axis of one point is a motor that stands still.
double deviation(double jitter, std::size_t points, double uniform) {
  return points > 1 ? jitter * (2.0 * uniform - 1.0) : 0.0;
}

void run_line(SimulationSettings const& s, Run const& run, std::size_t number,
              std::vector<TakenFrame>& frames) {
  std::size_t const line = run.height * s.scan.slow + run.slow, fast = s.scan.fast;
  std::size_t const taken = run.aborted                        ? frames_before_abort(s, line)
                            : has(s.course.longer_lines, line) ? fast + 1
                                                               : fast;
  double const travel = s.course.exposure == Exposure::stepped ? 0.0 : (run.backwards ? -1.0 : 1.0);
  for (std::size_t n = 0; n < taken; ++n) {
    RandomFrame const random(s.seed, static_cast<std::uint32_t>(frames.size()));
    auto const [along, across] = random.uniforms(RandomUse::motors, 0);
    double const up = random.uniforms(RandomUse::motors, 1)[0], j = s.course.jitter;
    double const index = run.backwards ? static_cast<double>(fast) - 1.0 - static_cast<double>(n)
                                       : static_cast<double>(n);
    Steps at{static_cast<double>(run.height) + deviation(j, s.scan.height, up),
             static_cast<double>(run.slow) + deviation(j, s.scan.slow, across),
             index + deviation(j, fast, along) + run.turns * static_cast<double>(fast)};
    TakenFrame frame;
    frame.line = line;
    frame.run = number;
    frame.travel_steps = travel;
    if (n < fast)
      frame.place = static_cast<std::int64_t>(line * fast + static_cast<std::size_t>(index));
    frame.middle = positions_at(s, at);
    if (s.course.exposure == Exposure::start) at.fast -= 0.5 * travel;
    frame.measured = positions_at(s, at);
    frames.push_back(frame);
  }
}

std::string text_of(std::size_t number) { return std::to_string(number); }

// As options count lines.
std::string from_one(std::size_t line) { return text_of(line + 1); }

void check_lines(SimulationSettings const& s, std::string const& option, Lines const& lines,
                 Problems& problems) {
  for (std::size_t line : lines)
    problems.require(line < s.lines(), {.what = "simulate: " + option,
                                        .expected = "a line from 1 to " + text_of(s.lines()),
                                        .found = from_one(line)});
}

}  // namespace

std::vector<TakenFrame> simulated_course(SimulationSettings const& settings) {
  std::vector<TakenFrame> frames;
  frames.reserve(settings.scan.places());
  std::size_t number = 0;
  for (auto const& run : runs_of(settings)) run_line(settings, run, number++, frames);
  return frames;
}

MotorPositions positions_of(SimulationSettings const& settings, std::size_t place) {
  auto const& scan = settings.scan;
  return positions_at(settings, {static_cast<double>(place / (scan.fast * scan.slow)),
                                 static_cast<double>(place / scan.fast % scan.slow),
                                 static_cast<double>(place % scan.fast)});
}

std::vector<std::string> problems_of_course(SimulationSettings const& settings) {
  auto const& course = settings.course;
  Problems problems;
  if (settings.scan.places() == 0) return {};
  problems.require(course.interlaced >= 1 && course.interlaced <= settings.scan.slow,
                   {.what = "simulate: --interlaced",
                    .expected = "1 to " + text_of(settings.scan.slow) + " passes",
                    .found = text_of(course.interlaced)});
  problems.require(course.jitter >= 0.0 && course.jitter < 0.5,
                   {.what = "simulate: --jitter",
                    .expected = "0 to below 0.5 steps, where frames still have one nearest place",
                    .found = number_text(course.jitter)});
  double const turn =
      std::abs(settings.rotation_deg.step) * static_cast<double>(settings.scan.fast);
  problems.require(!course.turning_on ||
                       (course.rotation_fast && !course.zigzag && std::abs(turn - 360.0) < 1e-6),
                   {.what = "simulate: --turning-on",
                    .expected = "--fast rotation with lines of whole turns, and no --zigzag",
                    .found = course.rotation_fast && !course.zigzag
                                 ? "lines of " + number_text(turn) + " degrees"
                                 : "another scan"});
  check_lines(settings, "--missing-line", course.missing_lines, problems);
  check_lines(settings, "--repeat-line", course.repeated_lines, problems);
  check_lines(settings, "--abort-line", course.aborted_lines, problems);
  check_lines(settings, "--extra-frame", course.longer_lines, problems);
  for (std::size_t line : course.missing_lines)
    problems.require(!has(course.repeated_lines, line) && !has(course.aborted_lines, line) &&
                         !has(course.longer_lines, line),
                     {.what = "simulate: --missing-line",
                      .expected = "a line of which nothing else is said",
                      .found = from_one(line)});
  for (std::size_t line : course.aborted_lines)
    problems.require(!has(course.longer_lines, line) || has(course.repeated_lines, line),
                     {.what = "simulate: --abort-line",
                      .expected = "a line without --extra-frame",
                      .found = from_one(line)});
  problems.require(course.aborted_lines.empty() || settings.scan.fast > 1,
                   {.what = "simulate: --abort-line",
                    .expected = "lines of at least two frames",
                    .found = "one"});
  if (!problems.any() && runs_of(settings).empty())
    problems.require(
        false,
        {.what = "simulate: --missing-line", .expected = "lines that are left", .found = "none"});
  return problems.texts();
}

}  // namespace xrdct::core
