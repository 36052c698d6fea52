// Counts what happened at the places of a scan.
#include "core/positions/scan_course.hpp"

#include <algorithm>
#include <vector>

#include "core/positions/axis_places.hpp"

namespace xrdct::core {
namespace {

constexpr double nearly_all = 0.9;

/// Frames at every place. Memory 4 B per place.
std::vector<std::uint32_t> frames_at(PlacedScan const& scan) {
  std::vector<std::uint32_t> frames(scan.shape().places());
  for (std::int64_t const place : scan.place)
    if (place >= 0) ++frames[static_cast<std::size_t>(place)];
  return frames;
}

void count_lines(std::vector<std::uint32_t> const& frames, std::size_t fast, ScanCourse& course) {
  for (std::size_t line = 0; line < frames.size() / fast; ++line) {
    std::size_t filled = 0, repeated = 0;
    for (std::size_t i = line * fast; i < (line + 1) * fast; ++i) {
      filled += frames[i] > 0;
      repeated += frames[i] > 1;
      if (frames[i] > 1) course.repeated_frames += frames[i] - 1;
      course.most_at_a_place = std::max<std::size_t>(course.most_at_a_place, frames[i]);
    }
    course.empty_places += fast - filled;
    if (filled == 0)
      course.missing_lines.push_back(line);
    else if (filled < fast)
      course.partial_lines.push_back(line);
    if (filled > 0 && fast > 1 && 2 * repeated > filled) course.repeated_lines.push_back(line);
  }
}

ScanCourse::Way way_of(std::span<ScanLine const> lines, bool turns_on) {
  std::vector<int> ways;
  std::size_t straight = 0, all = 0;
  for (ScanLine const& line : lines) {
    all += line.frames();
    if (line.direction == 0) continue;
    straight += line.frames();
    if (line.frames() > 2) ways.push_back(line.direction);
  }
  if (2 * straight < all && all > 2 * lines.size()) return ScanCourse::Way::not_in_order;
  if (ways.size() < 2) return ScanCourse::Way::one_line;
  double changes = 0.0;
  for (std::size_t i = 1; i < ways.size(); ++i) changes += ways[i] != ways[i - 1];
  double const share = changes / static_cast<double>(ways.size() - 1);
  if (share >= nearly_all) return ScanCourse::Way::zigzag;
  if (share > 1.0 - nearly_all) return ScanCourse::Way::mixed;
  return turns_on ? ScanCourse::Way::turning_on : ScanCourse::Way::same;
}

/// Whether the outer places follow one another up or down, but for missing and repeated ones.
bool outer_in_order(std::span<ScanLine const> lines) {
  double up = 0.0, down = 0.0, steps = 0.0;
  std::int64_t before = no_place;
  for (ScanLine const& line : lines) {
    if (line.outer == no_place) continue;
    std::int64_t const step = before == no_place ? 0 : line.outer - before;
    before = line.outer;
    if (step == 0) continue;
    up += step > 0 && step <= 3;
    down += step < 0 && step >= -3;
    steps += 1.0;
  }
  return std::max(up, down) >= 0.8 * steps;
}

}  // namespace

void describe_course(PlacedScan& scan, std::span<ScanLine const> lines, bool turns_on) {
  ScanCourse& course = scan.course;
  course.frames = scan.place.size();
  course.placed = static_cast<std::size_t>(
      std::count_if(scan.place.begin(), scan.place.end(), [](auto place) { return place >= 0; }));
  course.outside = course.frames - course.placed - course.unknown;
  count_lines(frames_at(scan), scan.shape().fast, course);
  course.way = way_of(lines, turns_on);
  course.slow_in_order = outer_in_order(lines);
  if (!lines.empty() && !course.partial_lines.empty() && course.fast_is_fast) {
    std::size_t longest = 0;
    for (ScanLine const& line : lines) longest = std::max(longest, line.frames());
    course.aborted = lines.back().frames() + 1 < longest;
  }
}

}  // namespace xrdct::core
