// What the job knows of the places of the scan, and what is said of them where it knows nothing.
#include "app/axes/scan_axes.hpp"

#include "core/words/number_text.hpp"

namespace xrdct::app {

io::AxisDescription describe_axis(config::ScanAxis const& axis, std::size_t points,
                                  std::string const& counted) {
  bool const known = axis.known(points);
  io::AxisDescription out{.name = axis.name,
                          .unit = known ? axis.unit : "",
                          .positions = std::vector<double>(points),
                          .rotates = false,
                          .label = {}};
  double const start = known ? axis.first() : 0.0, step = axis.step.value_or(1.0);
  for (std::size_t i = 0; i < points; ++i) out.positions[i] = start + step * static_cast<double>(i);
  out.rotates = out.unit == "deg" || out.unit == "rad";
  if (!known) out.label = counted + " number (" + axis.name + " not given)";
  return out;
}

std::vector<std::string> incomplete_axes(config::Scan const& scan, core::ScanShape const& shape) {
  std::vector<std::string> lines;
  auto const look = [&](std::string const& key, config::ScanAxis const& axis, std::size_t points) {
    if (!axis.needs_step(points)) return;
    std::string const given = axis.unit.empty() ? "start " + core::number_text(axis.first())
                                                : "the unit \"" + axis.unit + "\"";
    lines.push_back("$.scan." + key + ".step: expected a number beside " + given +
                    ", found none: the places of " + axis.name +
                    " are counted from 0 and have no unit; give the step");
  };
  look("height", scan.height, shape.height);
  look("slow", scan.slow, shape.slow);
  look("fast", scan.fast, shape.fast);
  return lines;
}

}  // namespace xrdct::app
