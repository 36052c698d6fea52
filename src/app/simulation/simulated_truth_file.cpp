// Describes what is true of a simulated scan, for the file that keeps it.
#include "app/simulation/simulated_truth_file.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "app/simulation/simulated_job.hpp"
#include "core/phantom/simulated_truth.hpp"
#include "io/simulated/truth_writer.hpp"

namespace xrdct::app {
namespace {

/// The values of the stored scan so many times, one copy after the other.
template <class T>
std::vector<T> repeated(std::span<T const> values, std::int64_t times) {
  std::vector<T> all;
  for (std::int64_t copy = 0; copy < times; ++copy)
    all.insert(all.end(), values.begin(), values.end());
  return all;
}

io::TruthAxis axis_of(std::string const& name, std::string const& unit,
                      core::SimulatedAxis const& axis, std::size_t points) {
  io::TruthAxis all{name, unit, {}};
  for (std::size_t i = 0; i < points; ++i)
    all.positions.push_back(axis.start + axis.step * static_cast<double>(i));
  return all;
}

void describe_axes(io::TruthDescription& t, core::SimulationSettings const& s) {
  t.height = axis_of("height", "mm", s.height_mm, t.scan.height);
  t.slow = axis_of("rotation", "deg", s.rotation_deg, s.rotations());
  t.fast = axis_of("translation", "mm", s.translation_mm, s.translations());
  t.map_cells = s.translations();
  t.map_step_mm = std::abs(s.translation_mm.step);
  if (s.course.rotation_fast) std::swap(t.slow, t.fast);
}

// Where each frame belongs, and where its motors were.
void describe_frames(io::TruthDescription& t, SimulateOptions const& options,
                     core::SimulatedScan const& scan) {
  auto const& s = options.settings;
  std::size_t const stored_places = s.scan.places();
  t.frame_index.assign(t.scan.places(), -1);
  t.motors = {{"height", "mm", {}}, {"rotation", "deg", {}}, {"translation", "mm", {}}};
  for (std::int64_t copy = 0; copy < options.repeat; ++copy) {
    auto const first_place = static_cast<std::size_t>(copy) * stored_places;
    double const up =
        static_cast<double>(copy) * static_cast<double>(s.scan.height) * s.height_mm.step;
    for (std::int64_t n = 0; n < scan.frames(); ++n) {
      auto const& taken = scan.course()[static_cast<std::size_t>(n)];
      auto const frame = static_cast<std::int64_t>(t.place.size());
      t.place.push_back(taken.place < 0 ? -1
                                        : taken.place + static_cast<std::int64_t>(first_place));
      if (taken.place >= 0) t.frame_index[static_cast<std::size_t>(t.place.back())] = frame;
      t.monitor.push_back(scan.monitor(n));
      t.motors[0].positions.push_back(taken.middle.height_mm + up);
      t.motors[1].positions.push_back(taken.middle.rotation_deg);
      t.motors[2].positions.push_back(taken.middle.translation_mm);
    }
  }
}

}  // namespace

void write_truth_file(std::filesystem::path const& file, SimulateOptions const& options,
                      SimulatedTexts const& texts, core::SimulatedScan const& scan) {
  auto const& s = options.settings;
  std::size_t const bins = options.bins, stored = s.scan.places();
  std::vector<std::uint8_t> hot(scan.mask().size(), 0);
  for (auto pixel : scan.hot_pixels()) hot[pixel] = 1;
  auto const truth = core::simulated_truth(scan, bins, hot);
  io::TruthDescription t;
  t.scan = options.scan();
  t.frame = s.frame;
  t.parameters = simulated_parameters(options);
  t.calibration = texts.calibration;
  t.job = texts.job;
  t.table = texts.table;
  for (std::size_t c = 0; c < scan.components(); ++c)
    t.components.push_back(scan.component_name(c));
  t.phases = scan.sample().phases.size();
  describe_axes(t, s);
  describe_frames(t, options, scan);
  auto const weights =
      repeated(std::span(scan.weights(0).data(), stored * scan.components()), options.repeat);
  t.weights = weights;
  t.two_theta_rad = scan.rays().two_theta_rad;
  t.norm = scan.rays().norm;
  t.gaps = scan.mask();
  t.hot = hot;
  t.radial_axis = truth.radial_axis;
  t.pattern = truth.pattern;
  t.bin_norm = truth.norm;
  t.spots = s.spots;
  t.phase_map = [&](std::size_t phase, std::size_t height) {
    return core::phase_map(scan.sample(), phase, t.height.positions[height % s.scan.height],
                           t.map_cells, t.map_step_mm);
  };
  t.image = [&](std::size_t component) { return scan.image(component); };
  std::vector<double> pattern(bins);
  t.expected = [&](std::size_t place, std::span<float> out) {
    auto const frame = t.frame_index[place];
    if (frame < 0)
      core::expected_pattern(truth, scan.weights(place % stored), pattern);
    else
      core::expected_pattern(truth, scan.frame_weights(frame % scan.frames()), pattern);
    std::transform(pattern.begin(), pattern.end(), out.begin(),
                   [](double x) { return static_cast<float>(x); });
  };
  t.spots_of_frame = [&](std::int64_t frame) { return scan.spots(frame % scan.frames()); };
  io::write_truth(file, t);
}

}  // namespace xrdct::app
