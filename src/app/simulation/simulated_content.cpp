// What the files of a simulated scan say beside its pixels: motors, monitor, commands.
#include "app/simulation/simulated_content.hpp"

#include <fmt/core.h>

#include <functional>

namespace xrdct::app {
namespace {

constexpr double exposure_s = 0.01;

/// A motor as the beamline names it, and the way it goes in one line or one scan.
struct Way {
  std::string name, unit;
  core::SimulatedAxis axis;
  std::size_t points;
  std::function<double(core::MotorPositions const&)> of;

  /// start, end, intervals
  std::string stepped() const {
    auto const intervals = points - 1;
    return fmt::format("{} {:.9g} {:.9g} {}", name, axis.start,
                       axis.start + axis.step * static_cast<double>(intervals), intervals);
  }
  /// start, step, points
  std::string continuous() const {
    return fmt::format("{} {:.9g} {:.9g} {}", name, axis.start, axis.step, points);
  }
};

std::vector<Way> ways_of(core::SimulationSettings const& s) {
  Way const rotation{"rot", "deg", s.rotation_deg, s.rotations(),
                     [](auto const& at) { return at.rotation_deg; }};
  Way const translation{"dty", "mm", s.translation_mm, s.translations(),
                        [](auto const& at) { return at.translation_mm; }};
  std::vector<Way> ways{translation, rotation};
  if (s.course.rotation_fast) std::swap(ways[0], ways[1]);
  if (s.scan.height > 1)
    ways.push_back(
        {"samtz", "mm", s.height_mm, s.scan.height, [](auto const& at) { return at.height_mm; }});
  return ways;
}

// As BLISS writes its commands: of steps the fast motor first, of motion the slow one.
std::string title_of(SimulateOptions const& options, std::vector<Way> const& ways) {
  bool const stepped = options.settings.course.exposure == core::Exposure::stepped;
  if (options.entries == ScanEntries::lines) {
    return stepped ? fmt::format("ascan {} {:.9g}", ways[0].stepped(), exposure_s)
                   : fmt::format("fscan {} {:.9g}", ways[0].continuous(), exposure_s);
  }
  if (options.entries == ScanEntries::scan && ways.size() > 2)
    return fmt::format("a3mesh {} {} {} {:.9g}", ways[0].stepped(), ways[1].stepped(),
                       ways[2].stepped(), exposure_s);
  return stepped
             ? fmt::format("amesh {} {} {:.9g}", ways[0].stepped(), ways[1].stepped(), exposure_s)
             : fmt::format("fscan2d {} {} {:.9g}", ways[1].continuous(), ways[0].continuous(),
                           exposure_s);
}

// The first frames of lines or heights, and the end.
std::vector<std::int64_t> borders_of(SimulateOptions const& options,
                                     std::vector<core::TakenFrame> const& course) {
  std::vector<std::int64_t> borders{0};
  auto const number = [&](core::TakenFrame const& frame) {
    switch (options.entries) {
      case ScanEntries::scan:
        break;
      case ScanEntries::heights:
        return frame.line / options.settings.scan.slow;
      case ScanEntries::lines:
        return frame.run;
    }
    return std::size_t{0};
  };
  for (std::size_t n = 1; n < course.size(); ++n)
    if (number(course[n]) != number(course[n - 1])) borders.push_back(static_cast<std::int64_t>(n));
  borders.push_back(static_cast<std::int64_t>(course.size()));
  return borders;
}

// Whether the last line before this frame ended early.
bool is_aborted(core::SimulationSettings const& settings,
                std::vector<core::TakenFrame> const& course, std::int64_t end) {
  auto const last = static_cast<std::size_t>(end) - 1;
  std::size_t taken = 1;
  while (taken <= last && course[last - taken].run == course[last].run) ++taken;
  return taken < settings.scan.fast;
}

std::vector<io::ScanEntry> entries_of(SimulateOptions const& options,
                                      core::SimulatedScan const& scan,
                                      std::vector<Way> const& ways) {
  std::vector<io::ScanEntry> entries;
  auto const borders = borders_of(options, scan.course());
  for (std::size_t e = 0; e + 1 < borders.size(); ++e)
    entries.push_back({{borders[e], borders[e + 1]},
                       title_of(options, ways),
                       is_aborted(scan.settings(), scan.course(), borders[e + 1])});
  return entries;
}

io::ScanDescription description_of(core::SimulatedScan const& scan) {
  auto const& calibration = scan.settings().calibration;
  auto const& detector = scan.detector();
  io::ScanDescription d;
  d.shape = scan.settings().frame;
  d.type = scan.settings().type;
  d.detector = detector.name;
  d.pixel1_m = detector.pixel1_m;
  d.pixel2_m = detector.pixel2_m;
  d.distance_m = calibration.distance_m;
  d.beam_row = calibration.poni1_m / detector.pixel1_m;
  d.beam_column = calibration.poni2_m / detector.pixel2_m;
  d.wavelength_m = *calibration.wavelength_m;
  return d;
}

}  // namespace

io::ScanContent simulated_content(SimulateOptions const& options, core::SimulatedScan const& scan) {
  auto const ways = ways_of(scan.settings());
  io::ScanContent content;
  content.description = description_of(scan);
  content.entries = entries_of(options, scan, ways);
  content.frames_per_file = options.frames_per_file;
  content.repeat = options.repeat;
  for (std::int64_t frame = 0; frame < scan.frames(); ++frame)
    content.monitor.push_back(simulated_monitor_reference * scan.monitor(frame));
  if (!options.motors) return content;
  std::size_t const moving = options.entries == ScanEntries::lines     ? 1
                             : options.entries == ScanEntries::heights ? 2
                                                                       : ways.size();
  for (std::size_t k = 0; k < ways.size(); ++k) {
    auto const& way = ways[k];
    io::MeasuredMotor motor{way.name, way.unit, {}, k < moving};
    for (auto const& frame : scan.course()) motor.positions.push_back(way.of(frame.measured));
    content.motors.push_back(std::move(motor));
  }
  return content;
}

}  // namespace xrdct::app
