// Cuts the frames of a scan into lines.
#include "core/positions/scan_lines.hpp"

#include <algorithm>
#include <cmath>

namespace xrdct::core {
namespace {

constexpr double moves = 0.3;       // less than this of a usual step is standing still
constexpr double flies_back = 3.0;  // usual steps
constexpr double turn = 360.0;
constexpr double largest_step = 60.0;  // [deg] golden angles jump farther, and are no way round

double middle_of(std::vector<double>& values) {
  auto const middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The usual distance from frame to frame, of those that move at all.
double usual_step(std::span<double const> line, bool wraps) {
  std::vector<double> steps;
  std::size_t const every = std::max<std::size_t>(1, line.size() / 10000);
  for (std::size_t i = 1; i < line.size(); i += every) {
    double const step = line[i] - line[i - 1];
    steps.push_back(std::abs(wraps ? std::remainder(step, turn) : step));
  }
  double const largest = steps.empty() ? 0.0 : *std::max_element(steps.begin(), steps.end());
  std::erase_if(steps, [&](double step) { return step <= 1e-6 * largest; });
  if (steps.empty()) return 0.0;
  return middle_of(steps);
}

void unwrap(std::span<double> line, double usual) {
  double offset = 0.0;
  for (std::size_t i = 1; i < line.size(); ++i) {
    double const jump = line[i] + offset - line[i - 1];
    double const step = std::remainder(jump, turn);
    if (std::abs(jump) > 0.5 * turn && std::abs(step) > moves * usual) offset += step - jump;
    line[i] += offset;
  }
}

/// Cuts the frames [first, last) of one outer place.
class LineCutter {
 public:
  LineCutter(std::span<double const> inner, std::size_t first, std::size_t last, double usual)
      : inner_(inner), first_(first), last_(last), usual_(usual) {}

  void cut(std::int64_t outer, std::vector<ScanLine>& lines) const {
    std::size_t const before = lines.size();
    for (std::size_t begin = first_; begin < last_;) {
      int const way = way_from(begin);
      std::size_t end = begin + 1;
      while (end < last_ && !turns(end, way)) ++end;
      lines.push_back({begin, end, outer, runs_straight(begin, end, way) ? way : 0});
      begin = end;
    }
    lead_single_frames(std::span(lines).subspan(before));
    std::size_t const pieces = lines.size() - before, frames = last_ - first_;
    if (pieces > 2 && frames < 6 * pieces) {
      lines.resize(before);
      lines.push_back({first_, last_, outer, 0});
    }
  }

 private:
  int sign(std::size_t i) const {  // of the move that leads to frame i
    double const step = inner_[i] - inner_[i - 1];
    return std::abs(step) <= moves * usual_ ? 0 : step > 0.0 ? 1 : -1;
  }
  /// The way that most of the next moves go.
  int way_from(std::size_t begin) const {
    int sum = 0, seen = 0;
    for (std::size_t i = begin + 1; i < last_ && seen < 3; ++i)
      if (int const way = sign(i); way != 0) {
        if (seen > 0 && std::abs(inner_[i] - inner_[i - 1]) > flies_back * usual_) break;
        sum += way;
        ++seen;
      }
    return sum > 0 ? 1 : sum < 0 ? -1 : 0;
  }
  /// A frame alone, parted from its line by frames that are missing, goes the way of the line.
  void lead_single_frames(std::span<ScanLine> pieces) const {
    auto const follows = [&](ScanLine const& one, ScanLine const& then, int way) {
      return way != 0 && (inner_[then.first] - inner_[one.last - 1]) * way > 0.0;
    };
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].frames() > 1) continue;
      if (i > 0 && follows(pieces[i - 1], pieces[i], pieces[i - 1].direction))
        pieces[i].direction = pieces[i - 1].direction;
      else if (i + 1 < pieces.size() && follows(pieces[i], pieces[i + 1], pieces[i + 1].direction))
        pieces[i].direction = pieces[i + 1].direction;
    }
  }
  /// Whether nearly all moves of a piece go its way.
  bool runs_straight(std::size_t begin, std::size_t end, int way) const {
    std::size_t moved = 0, along = 0;
    for (std::size_t i = begin + 1; i < end; ++i) {
      moved += sign(i) != 0;
      along += sign(i) == way;
    }
    return way != 0 && moved > 0 && 20 * along >= 17 * moved;
  }
  /// Whether a new line begins with frame i.
  bool turns(std::size_t i, int way) const {
    if (std::abs(inner_[i] - inner_[i - 1]) > flies_back * usual_) return true;
    int const here = sign(i);
    if (here == 0 || here == way || way == 0) return false;
    for (std::size_t next = i + 1; next < last_; ++next)
      if (int const then = sign(next); then != 0) return then == here;
    return false;
  }

  std::span<double const> inner_;
  std::size_t first_, last_;
  double usual_;
};

/// \param usual step of all lines, > 0
/// \returns it, with the sign of this line
double take_middles(std::span<double> line, double usual, bool from_start) {
  constexpr std::ptrdiff_t reach = 3;
  std::vector<double> steps(line.size() - 1), nearby;
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = line[i + 1] - line[i];
  double const way = line.back() > line.front() ? usual : -usual;
  for (std::ptrdiff_t i = 0; i < std::ssize(line); ++i) {
    // The step that leads away from the start of this exposure, or to its end, in the middle of
    // those around it.
    std::ptrdiff_t const own = from_start ? i : i - 1;
    std::ptrdiff_t const first = std::max<std::ptrdiff_t>(0, own - reach);
    std::ptrdiff_t const last = std::min(std::ssize(steps), own + reach + 1);
    nearby.assign(steps.begin() + first, steps.begin() + last);
    double step = middle_of(nearby);
    // In a short line with frames missing, even the median is that of two steps.
    if (std::abs(step - way) > 0.3 * usual) step = way;
    line[static_cast<std::size_t>(i)] += from_start ? 0.5 * step : -0.5 * step;
  }
  return way;
}

double usual_step(std::span<double const> inner, std::span<ScanLine const> lines) {
  std::vector<double> usual;
  for (ScanLine const& line : lines)
    if (line.direction != 0 && line.frames() > 3)
      usual.push_back(usual_step(inner.subspan(line.first, line.frames()), false));
  return usual.empty() ? 0.0 : middle_of(usual);
}

bool alternating(std::span<ScanLine const> lines) {
  std::size_t changes = 0, pairs = 0;
  int last = 0;
  for (ScanLine const& line : lines) {
    if (line.direction == 0 || line.frames() < 3) continue;
    pairs += last != 0;
    changes += last == -line.direction;
    last = line.direction;
  }
  return 2 * changes > pairs;
}

}  // namespace

void take_middles(std::span<double> inner, std::span<ScanLine const> lines, bool from_start) {
  bool const alternate = alternating(lines);
  double const usual = usual_step(inner, lines);
  double last_step = 0.0;  // of the usual kind, in the line before
  for (ScanLine const& line : lines) {
    auto const part = inner.subspan(line.first, line.frames());
    if (line.direction == 0 && part.size() > 1) continue;
    if (part.size() == 1) {
      double const step = line.direction != 0 ? line.direction * std::abs(last_step)
                                              : (alternate ? -last_step : last_step);
      part[0] += from_start ? 0.5 * step : -0.5 * step;
      continue;
    }
    last_step = take_middles(part, usual, from_start);
  }
}

std::vector<ScanLine> cut_lines(std::span<double> inner, std::span<std::int64_t const> outer,
                                bool wraps) {
  std::vector<ScanLine> lines;
  for (std::size_t first = 0, last = 0; first < inner.size(); first = last) {
    while (last < inner.size() && outer[last] == outer[first]) ++last;
    auto const run = inner.subspan(first, last - first);
    double const usual = usual_step(run, wraps);
    if (wraps && usual < largest_step) unwrap(run, usual);
    LineCutter(inner, first, last, usual).cut(outer[first], lines);
  }
  return lines;
}

}  // namespace xrdct::core
