// Says in words how a scan went.
#include <cmath>
#include <vector>

#include "core/positions/placed_scan.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t most_named = 6;  // lines that are named one by one

std::string number(std::size_t value) { return number_text(static_cast<double>(value), 12); }

std::string counted(std::size_t count, std::string const& one, std::string const& many) {
  return number(count) + " " + (count == 1 ? one : many);
}

/// "31 translations"; by the name of the motor where both axes are of one kind.
std::string axis_text(GridAxis const& axis, bool by_name) {
  std::size_t const points = axis.positions.size();
  if (by_name) return counted(points, "place of " + axis.name, "places of " + axis.name);
  return axis.angle ? counted(points, "rotation", "rotations")
                    : counted(points, "translation", "translations");
}

/// "line 10 missing", "lines 3–5, 8 missing", "12 lines missing"; counted from 1.
std::string lines_text(std::vector<std::size_t> const& lines, std::string const& what) {
  std::string list;
  std::size_t runs = 0;
  for (std::size_t first = 0, last = 0; first < lines.size(); first = last + 1, ++runs) {
    last = first;
    while (last + 1 < lines.size() && lines[last + 1] == lines[last] + 1) ++last;
    list += (list.empty() ? "" : ", ") + number(lines[first] + 1);
    if (last > first) list += "–" + number(lines[last] + 1);
  }
  if (runs > most_named) return number(lines.size()) + " lines " + what;
  return (lines.size() == 1 ? "line " : "lines ") + list + " " + what;
}

std::string way_text(ScanCourse const& course) {
  using enum ScanCourse::Way;
  switch (course.way) {
    case one_line:
      return "";
    case same:
      return "all lines the same way";
    case zigzag:
      return "zigzag";
    case mixed:
      return "lines both ways in no order";
    case turning_on:
      return "turning on from line to line";
    case not_in_order:
      return "points of a line not in order";
  }
  return "";
}

class CourseWords {
 public:
  void add(bool said, std::string const& words) {
    if (said && !words.empty()) text_ += ", " + words;
  }
  std::string text_;
};

}  // namespace

std::string course_text(PlacedScan const& scan) {
  ScanCourse const& course = scan.course;
  auto const shape = scan.shape();
  bool const by_name = scan.slow.angle == scan.fast.angle;
  CourseWords words;
  if (shape.height > 1) words.text_ = counted(shape.height, "height", "heights") + " × ";
  if (shape.slow > 1 || shape.fast == 1) words.text_ += axis_text(scan.slow, by_name);
  if (shape.slow > 1 && shape.fast > 1) words.text_ += " × ";
  if (shape.fast > 1) words.text_ += axis_text(scan.fast, by_name);
  if (shape.slow > 1 && shape.fast > 1)
    words.add(true, (course.fast_is_fast ? scan.fast : scan.slow).name + " fast");
  words.add(true, way_text(course));
  words.add(!course.slow_in_order,
            (course.fast_is_fast ? scan.slow : scan.fast).name + " not in order");
  words.add(course.slow_moves_on,
            (course.fast_is_fast ? scan.slow : scan.fast).name + " moves on during the lines");
  words.add(!course.missing_lines.empty(), lines_text(course.missing_lines, "missing"));
  words.add(course.partial_lines.size() == 1 && course.aborted,
            lines_text(course.partial_lines, "broken off"));
  words.add(
      course.partial_lines.size() > 1 || (course.partial_lines.size() == 1 && !course.aborted),
      lines_text(course.partial_lines, "incomplete"));
  words.add(!course.repeated_lines.empty(), lines_text(course.repeated_lines, "repeated"));
  std::size_t const more = course.outside + course.repeated_frames;
  words.add(more > 0, counted(more, "frame", "frames") + " more than places");
  words.add(course.unknown > 0, counted(course.unknown, "frame", "frames") + " without a position");
  words.add(std::abs(course.direction_offset) >= 0.1,
            "lines back " + number_text(std::abs(course.direction_offset), 2) +
                " steps beside those forth");
  return words.text_;
}

}  // namespace xrdct::core
