// Finds the axes of a scan among its motors, and how the scan went.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <functional>
#include <sstream>
#include <string_view>

#include "app/inspect/open_scan.hpp"
#include "core/positions/find_axes.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"

namespace xrdct::app {
namespace {

bool is_rotation(FoundSeries const& series) {
  if (!series.unit.empty()) return series.unit == "deg";
  constexpr std::array<std::string_view, 8> names{"rot", "omega", "phi",    "theta",
                                                  "chi", "angle", "diffrz", "srot"};
  std::string small;
  for (char const c : series.name)
    small += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return small.find(name) != std::string::npos; });
}

core::MotorTrack track_of(FoundSeries const& series) {
  return {.name = series.name, .positions = series.values, .angle = is_rotation(series)};
}

FoundAxis axis_of(Findings const& findings, std::size_t series) {
  auto const& found = findings.series[series];
  FoundAxis axis;
  axis.series = series;
  axis.name = found.name;
  axis.unit = found.unit.empty() && is_rotation(found) ? "deg" : found.unit;
  return axis;
}

std::size_t series_called(Findings const& findings, std::string const& option,
                          std::string const& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < findings.series.size(); ++i) {
    auto const& series = findings.series[i];
    if (series.name == name || series.where.dataset == name || series.where.column == name)
      return i;
    if (series.moves()) names.push_back(series.name);
  }
  auto const near = core::nearest_name(name, names);
  throw core::InputError({.what = "take " + name + " for " + option,
                          .expected = names.empty() ? "a list with a value for each frame"
                                                    : "one of " + core::listed(names),
                          .found = name,
                          .attempt = near.empty() ? "" : "did you mean " + near + "?"});
}

/// Motors first, so that of two that move alike the motor is taken and not its encoder. A counter
/// that is called as monitors are may vary evenly, and is none.
std::vector<std::size_t> candidates(Findings const& findings) {
  constexpr int called_monitor = 2;  // of io::monitor_likelihood
  std::vector<std::size_t> order;
  for (auto const role : {io::ValueRole::motor, io::ValueRole::counter})
    for (std::size_t i = 0; i < findings.series.size(); ++i) {
      auto const& series = findings.series[i];
      bool const is_monitor =
          role == io::ValueRole::counter && io::monitor_likelihood(series.name) >= called_monitor;
      if (series.role == role && series.moves() && !is_monitor) order.push_back(i);
    }
  return order;
}

void ask_of_axes(core::AxesFound const& found, Findings& findings,
                 std::vector<std::size_t> const& order) {
  std::string options;
  if (found.fast) options += "--fast " + findings.series[order[*found.fast]].name;
  if (found.slow) options += " --slow " + findings.series[order[*found.slow]].name;
  for (auto const& question : found.questions)
    findings.questions.push_back({question, options, "scan.positions"});
}

/// Which motors are the axes, by how they moved and by what the user says.
void choose_axes(OpenScan const& scan, Findings& findings) {
  auto const order = candidates(findings);
  std::vector<core::MotorTrack> tracks;
  for (auto const i : order) tracks.push_back(track_of(findings.series[i]));
  auto const found = core::find_axes(tracks);
  auto const& options = scan.options;
  // who names the fast motor that is found anyway means what is found beside it, too
  bool const confirms = options.fast && !options.slow && !options.height && found.fast &&
                        found.questions.empty() &&
                        series_called(findings, "--fast", *options.fast) == order[*found.fast];
  bool const is_said = !confirms && (options.fast || options.slow || options.height);
  auto const set = [&](FoundAxis& axis, std::string const& option,
                       std::optional<std::string> const& name, std::optional<std::size_t> track) {
    if (name) axis = axis_of(findings, series_called(findings, option, *name));
    if (!is_said && track) axis = axis_of(findings, order[*track]);
  };
  set(findings.fast, "--fast", options.fast, found.fast);
  set(findings.slow, "--slow", options.slow, found.slow);
  set(findings.height, "--height", options.height, found.height);
  if (!is_said) ask_of_axes(found, findings, order);
  if (options.slow && !options.fast)
    throw core::InputError({.what = "take " + *options.slow + " for --slow",
                            .expected = "--fast beside it",
                            .found = "none",
                            .attempt = "name both axes"});
}

void copy_grid(FoundAxis& axis, core::GridAxis const& grid) {
  axis.points = grid.positions.size();
  axis.start = grid.positions.front();
  axis.step = grid.step;
}

void place(Findings& findings) {
  core::ScanTracks tracks;
  tracks.fast = track_of(findings.series[*findings.fast.series]);
  tracks.slow = track_of(findings.series[*findings.slow.series]);
  if (findings.height.series) tracks.height = track_of(findings.series[*findings.height.series]);
  try {
    findings.placed = core::place_frames(std::move(tracks));
  } catch (core::InputError const& error) {
    findings.questions.push_back({error.what(), "--fast MOTOR --slow MOTOR", "scan.positions"});
    return;
  }
  auto const& placed = *findings.placed;
  findings.shape = placed.shape();
  findings.course = core::course_text(placed);
  copy_grid(findings.fast, placed.fast);
  copy_grid(findings.slow, placed.slow);
  if (findings.height.series) copy_grid(findings.height, placed.height);
  for (auto const& question : placed.questions)
    findings.questions.push_back({question, "--fast MOTOR --slow MOTOR", "scan.positions"});
}

/// "96x61", "2x96x61": heights, lines, points.
core::ScanShape shape_of(std::string const& text) {
  std::vector<std::size_t> numbers;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, 'x');) {
    bool const is_number = !word.empty() && word.size() < 10 &&
                           word.find_first_not_of("0123456789") == std::string::npos;
    numbers.push_back(is_number ? std::stoul(word) : 0);
  }
  bool const is_shape = numbers.size() >= 2 && numbers.size() <= 3 &&
                        std::count(numbers.begin(), numbers.end(), 0u) == 0;
  if (!is_shape)
    throw core::InputError({.what = "read --shape",
                            .expected = "lines x points, or heights x lines x points",
                            .found = "\"" + text + "\"",
                            .attempt = "such as 96x61 or 2x96x61"});
  return {numbers.size() == 3 ? numbers[0] : 1, numbers[numbers.size() - 2], numbers.back()};
}

void take_command(Findings& findings) {
  auto const& axes = findings.command->axes;
  auto const copy = [&](FoundAxis& axis, io::CommandedAxis const& said) {
    axis.name = said.motor;
    axis.start = said.start;
    axis.step = said.step;
    axis.points = said.points;
    FoundSeries const series{.where = {}, .name = said.motor, .unit = {}, .values = {}};
    if (is_rotation(series)) axis.unit = "deg";
  };
  copy(findings.fast, axes.front());
  if (axes.size() > 1) copy(findings.slow, axes[1]);
  findings.shape = core::ScanShape{1, axes.size() > 1 ? axes[1].points : 1, axes.front().points};
  findings.shape_source = "by the command " + findings.command->name;
}

/// Whether a command says nothing against the fast motor that was named.
bool agrees(OpenScan const& scan, Findings const& findings) {
  return !scan.options.fast || findings.fast.name == findings.command->axes.front().motor;
}

/// A motor that goes one way alone: one line.
bool is_one_line(FoundSeries const& series) {
  auto const& values = series.values;
  auto const rising = std::ranges::adjacent_find(values, std::greater_equal()) == values.end();
  return rising || std::ranges::adjacent_find(values, std::less_equal()) == values.end();
}

/// A scan of one line. Its places are known where the motor has equal steps.
void take_line(Findings& findings) {
  auto& axis = findings.fast;
  auto const& values = findings.series[*axis.series].values;
  axis.points = values.size();
  double const step = (values.back() - values.front()) / static_cast<double>(values.size() - 1);
  constexpr double tolerance = 0.1;  // of a step: a motor that was told to go there
  bool is_even = true;
  for (std::size_t i = 0; i < values.size(); ++i)
    is_even = is_even && std::abs(values[i] - values.front() - step * static_cast<double>(i)) <=
                             tolerance * std::abs(step);
  findings.shape = core::ScanShape{1, 1, values.size()};
  findings.shape_source = "one line of " + axis.name;
  if (!is_even) {
    axis.unit.clear();
    findings.remarks.push_back("the places of " + axis.name +
                               " have no equal steps: they are counted");
    return;
  }
  axis.start = values.front();
  axis.step = step;
}

/// Without positions: what the user, the command, or the dimensions of the stack say.
void shape_without_positions(OpenScan const& scan, Findings& findings) {
  auto const frames = static_cast<std::size_t>(findings.taken()->frames);
  if (scan.options.shape) {
    findings.shape = shape_of(*scan.options.shape);
    findings.shape_source = "by --shape";
  } else if (findings.fast.series && is_one_line(findings.series[*findings.fast.series])) {
    take_line(findings);
  } else if (findings.command && findings.command->axes.size() <= 2 &&
             findings.command->points() >= frames && agrees(scan, findings)) {
    take_command(findings);
  } else if (auto const& dims = findings.taken()->dims;
             scan.files.files.size() == 1 && (dims.size() == 2 || dims.size() == 3)) {
    auto const at = [&](std::size_t from_end) {
      return static_cast<std::size_t>(dims[dims.size() - from_end]);
    };
    findings.shape = core::ScanShape{dims.size() == 3 ? at(3) : 1, at(2), at(1)};
    findings.shape_source = "by the dimensions of the stack";
  } else if (frames == 1) {
    findings.shape = core::ScanShape{1, 1, 1};
    findings.shape_source = "one frame";
  }
  if (findings.shape) return;
  bool const is_fast_alone = scan.options.fast && !scan.options.slow;
  auto const why = is_fast_alone ? *scan.options.fast + " alone is named, without --slow beside it"
                   : findings.fast.series
                       ? findings.fast.name + " goes to and fro, and no other motor moves with it"
                       : fmt::format("Nothing says how the {} frames lie", frames);
  findings.questions.push_back({"how many lines and points? " + why,
                                is_fast_alone
                                    ? "--slow MOTOR beside --fast, or --shape LINESxPOINTS"
                                    : "--shape LINESxPOINTS, or --table FILE with the positions",
                                "scan.shape"});
}

}  // namespace

void find_course(OpenScan& scan, Findings& findings) {
  if (!scan.source) return;
  if (scan.source->frames() > 1 && !scan.options.shape) choose_axes(scan, findings);
  if (findings.fast.series && findings.slow.series) place(findings);
  if (!findings.placed) shape_without_positions(scan, findings);
}

}  // namespace xrdct::app
