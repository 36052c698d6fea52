// Lays the frames of a scan at places by the positions of its motors.
#include "app/axes/frame_places.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <span>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "io/files/checksum.hpp"
#include "io/values/open_values.hpp"

namespace xrdct::app {
namespace {

/// Of the frames from `first` on.
class MeasuredPositions final : public core::FrameValues {
 public:
  MeasuredPositions(std::vector<double> positions, std::int64_t first)
      : positions_(std::move(positions)), first_(first) {}
  double at(std::int64_t frame) override {
    return positions_.at(static_cast<std::size_t>(frame - first_));
  }

 private:
  std::vector<double> positions_;
  std::int64_t first_;
};

core::MotorTrack track_of(config::Job const& job, core::ValueName const& name,
                          config::ScanAxis const& axis, io::FrameSource const& source,
                          MotorPlaces& places) {
  auto const& scan = job.scan;
  io::ScanLines lines;
  if (scan.shape)
    lines = {.first_frame = scan.first_frame,
             .frames_per_line = static_cast<std::int64_t>(scan.shape->fast),
             .lines = static_cast<std::int64_t>(scan.shape->height * scan.shape->slow)};
  auto const values = io::open_values(job.resolve(name), source, lines);
  core::MotorTrack track{.name = axis.name, .positions = {}, .angle = axis.unit == "deg"};
  for (std::int64_t frame = scan.first_frame; frame < values->size(); ++frame)
    track.positions.push_back(values->at(frame));
  places.opened_files.insert(values->opened_files().begin(), values->opened_files().end());
  for (auto const& remark : values->remarks()) places.remarks.push_back(remark);
  return track;
}

core::AxisWish wish_of(config::ScanAxis const& axis, std::optional<std::size_t> points) {
  return {.start = axis.start, .step = axis.step, .points = points};
}

core::PlacementWishes wishes_of(config::Scan const& scan) {
  core::PlacementWishes wishes;
  auto const points = [&](std::size_t core::ScanShape::*of) {
    return scan.shape ? std::optional((*scan.shape).*of) : std::nullopt;
  };
  wishes.height = wish_of(scan.height, points(&core::ScanShape::height));
  wishes.slow = wish_of(scan.slow, points(&core::ScanShape::slow));
  wishes.fast = wish_of(scan.fast, points(&core::ScanShape::fast));
  wishes.taken = scan.positions->taken;
  wishes.tolerance = scan.positions->tolerance;
  return wishes;
}

io::AxisDescription describe(core::GridAxis const& axis, config::ScanAxis const& motor) {
  return {.name = motor.name,
          .unit = motor.unit,
          .positions = axis.positions,
          .rotates = motor.unit == "deg" || motor.unit == "rad",
          .label = {},
          .measured = true};
}

/// "height 0, line 3, point 5": indices from 0, as in the output.
std::string place_text(std::size_t place, core::ScanShape const& shape) {
  return fmt::format("height {}, line {}, point {}", place / shape.fast / shape.slow,
                     place / shape.fast % shape.slow, place % shape.fast);
}

std::string shape_text(core::ScanShape const& shape) {
  return fmt::format("{} x {} x {}", shape.height, shape.slow, shape.fast);
}

void expect_frames(config::Scan const& scan, io::FrameSource const& source) {
  if (scan.first_frame < source.frames()) return;
  throw core::InputError(
      {.what = "place the frames",
       .expected =
           fmt::format("first_frame below the number of frames in the files, {}", source.frames()),
       .found = fmt::format("{}: it skips all of them", scan.first_frame),
       .attempt = "frames are counted from 0"});
}

void expect_motor_of_heights(config::Scan const& scan) {
  if (scan.positions->height || !scan.shape || scan.shape->height == 1) return;
  throw core::InputError(
      {.what = fmt::format("place frames at {} heights", scan.shape->height),
       .expected = "the positions of the motor of the heights in scan.positions.height",
       .found = "none",
       .attempt = "name them, or leave height out of scan.shape"});
}

void expect_certainty(core::PlacedScan const& scan) {
  if (!scan.questions.empty())
    throw core::InputError("cannot place the frames by their positions: " +
                           core::listed(scan.questions, "; and "));
  if (scan.course.placed > 0) return;
  throw core::InputError(
      {.what = "place the frames by their positions",
       .expected = "a frame at a place",
       .found = fmt::format("none of {}: {} with a position that is not known, {} beside the grid",
                            scan.course.frames, scan.course.unknown, scan.course.outside),
       .attempt = "look at start, step, scan.shape and tolerance"});
}

/// The first place of which more than one frame is there, or none.
template <class Wanted>
std::size_t first_place(core::PlaceMap const& map, Wanted const& wanted) {
  std::size_t place = 0;
  while (place < map.shape().places() && !wanted(map.all_at(place))) ++place;
  return place;
}

void expect_single_frames(MotorPlaces const& places) {
  auto const& course = places.scan.course;
  if (course.repeated_frames == 0) return;
  auto const shape = places.map.shape();
  auto const place = first_place(places.map, [](std::size_t frames) { return frames > 1; });
  throw core::InputError(
      {.what = "place the frames",
       .expected = "one frame at each place",
       .found = fmt::format("{} frames more ({}), up to {} at a place; the first is {} with the "
                            "frames {} and {}",
                            course.repeated_frames, core::course_text(places.scan),
                            course.most_at_a_place, place_text(place, shape),
                            places.map.frame_of(place, 0), places.map.frame_of(place, 1)),
       .attempt = "say what is to be done with them: \"repeated\": \"last\" or \"sum\""});
}

void expect_whole_scan(MotorPlaces const& places) {
  auto const& course = places.scan.course;
  if (course.empty_places == 0) return;
  auto const shape = places.map.shape();
  auto const place = first_place(places.map, [](std::size_t frames) { return frames == 0; });
  throw core::InputError(
      {.what = "place the frames",
       .expected =
           fmt::format("a frame at each of {} places ({})", shape.places(), shape_text(shape)),
       .found = fmt::format("none at {} of them ({}); the first is {}", course.empty_places,
                            core::course_text(places.scan), place_text(place, shape)),
       .attempt = "set \"incomplete\": \"nan\" where they were not measured, else look at "
                  "scan.shape, start and step"});
}

std::string checksum_of(MotorPlaces const& places) {
  io::Checksum sum(0);
  auto const add = [&](auto const& values) { sum.add(std::as_bytes(std::span(values))); };
  add(places.scan.place);
  for (auto const* axis : {&places.scan.height, &places.scan.slow, &places.scan.fast}) {
    add(axis->positions);
    add(axis->measured);
  }
  return fmt::format("{:016x}", sum.value());
}

std::string number(double value) { return core::number_text(value); }

std::string axis_text(core::GridAxis const& axis, io::AxisDescription const& as_written) {
  auto const& positions = axis.positions;
  std::string const unit = as_written.unit.empty() ? "" : " " + as_written.unit;
  std::string text = as_written.name + ": ";
  if (positions.size() == 1) return text + "1 place at " + number(positions.front()) + unit;
  text += fmt::format("{} places from {} to {}{}", positions.size(), number(positions.front()),
                      number(positions.back()), unit);
  if (axis.step)
    return text + fmt::format(" in steps of {}; tolerance {} steps, largest deviation {}",
                              number(*axis.step), number(axis.tolerance),
                              number(axis.largest_deviation));
  return text + fmt::format(" in uneven steps; tolerance {}{}, largest deviation {}",
                            number(axis.tolerance), unit, number(axis.largest_deviation));
}

}  // namespace

MotorPlaces place_by_motors(config::Job const& job, io::FrameSource const& source) {
  auto const& scan = job.scan;
  auto const& positions = *scan.positions;
  expect_frames(scan, source);
  expect_motor_of_heights(scan);
  MotorPlaces places;
  core::ScanTracks tracks;
  if (positions.height)
    tracks.height = track_of(job, *positions.height, scan.height, source, places);
  tracks.height.name = scan.height.name;
  tracks.slow = track_of(job, positions.slow, scan.slow, source, places);
  tracks.fast = track_of(job, positions.fast, scan.fast, source, places);
  places.scan = core::place_frames(std::move(tracks), wishes_of(scan));
  expect_certainty(places.scan);
  places.checksum = checksum_of(places);

  auto& list = places.scan.place;
  list.insert(list.begin(), static_cast<std::size_t>(scan.first_frame), -1);
  places.map = core::PlaceMap(places.scan.shape(), list, scan.repeated);
  list = {};
  if (scan.repeated == core::Repeated::error) expect_single_frames(places);
  if (scan.incomplete == core::Incomplete::error) expect_whole_scan(places);
  places.height = describe(places.scan.height, scan.height);
  places.slow = describe(places.scan.slow, scan.slow);
  places.fast = describe(places.scan.fast, scan.fast);
  places.height.measured = positions.height.has_value();
  for (auto* axis : {&places.scan.height, &places.scan.slow, &places.scan.fast})
    if (!axis->measured.empty())
      places.measured.push_back(
          std::make_unique<MeasuredPositions>(std::exchange(axis->measured, {}), scan.first_frame));
  return places;
}

std::vector<std::pair<std::string, std::string>> lines_of(MotorPlaces const& places) {
  std::vector<std::pair<std::string, std::string>> lines{{"scan", core::course_text(places.scan)}};
  std::string name = "grid found";
  auto const add = [&](core::GridAxis const& axis, io::AxisDescription const& as_written) {
    lines.emplace_back(std::exchange(name, ""), axis_text(axis, as_written));
  };
  if (places.height.measured) add(places.scan.height, places.height);
  add(places.scan.slow, places.slow);
  add(places.scan.fast, places.fast);
  auto const& course = places.scan.course;
  lines.emplace_back("frames placed",
                     fmt::format("{} of {}; {} without a place, {} more than one at a place; {} "
                                 "places without a frame",
                                 course.placed, course.frames, places.without_place(),
                                 course.repeated_frames, course.empty_places));
  return lines;
}

std::vector<std::string> warnings_of(MotorPlaces const& places, core::Repeated repeated) {
  std::vector<std::string> warnings;
  auto const& course = places.scan.course;
  if (places.without_place() > 0)
    warnings.push_back(fmt::format(
        "scan.positions: {} of {} frames have no place ({} beside the grid or between its places, "
        "{} with a position that is not known); they are used for nothing",
        places.without_place(), course.frames, course.outside, course.unknown));
  if (course.repeated_frames > 0)
    warnings.push_back(
        fmt::format("scan.positions: {} frames more than one at their place, up to {}; {} "
                    "(\"repeated\": \"{}\")",
                    course.repeated_frames, course.most_at_a_place,
                    repeated == core::Repeated::sum ? "their sums are added"
                                                    : "the last one at each place counts",
                    core::name_of(repeated)));
  if (!course.fast_is_fast)
    warnings.push_back("scan.positions: " + places.slow.name + " moves more often than " +
                       places.fast.name +
                       ", which is named as the fast axis; places are right, "
                       "but more of the output is open at once where they are the other way round");
  return warnings;
}

}  // namespace xrdct::app
