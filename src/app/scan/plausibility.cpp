// Looks for values that are allowed but far outside of what is usual, and for mix-ups that they
// betray.
#include "app/scan/plausibility.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numbers>
#include <optional>
#include <utility>

#include "app/axes/axis_units.hpp"
#include "app/scan/memory_plan.hpp"
#include "app/scan/monitor_series.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "core/words/units.hpp"

namespace xrdct::app {
namespace {

std::string number(double value) { return core::number_text(value, 5); }

std::string share(std::size_t part, std::size_t whole) {
  return fmt::format(
      "{} of {} ({} %)", part, whole,
      number(std::round(1000.0 * static_cast<double>(part) / static_cast<double>(whole)) / 10.0));
}

/// Distance of a point from the rectangle (0, 0) … (height, width).
double outside(double x1, double x2, double height, double width) {
  return std::hypot(x1 - std::clamp(x1, 0.0, height), x2 - std::clamp(x2, 0.0, width));
}

/// Where the direct beam meets the plane of a flat detector, on it as the PONI is; nothing where it
/// runs along that plane.
std::optional<std::pair<double, double>> beam_centre(core::Calibration const& c) {
  // Of the rotations without rot3, which turns about the beam: t1 = t2 = 0 for p1 =
  // L·tan(rot2)/cos(rot1), p2 = −L·tan(rot1).
  double const c1 = std::cos(c.rot1_rad), c2 = std::cos(c.rot2_rad);
  if (std::abs(c1) < 1e-6 || std::abs(c2) < 1e-6) return {};
  return std::pair(c.poni1_m + c.distance_m * std::tan(c.rot2_rad) / c1,
                   c.poni2_m - c.distance_m * std::tan(c.rot1_rad));
}

void judge_centre(core::Calibration const& c, core::Detector const& detector,
                  std::string const& name, std::vector<std::string>& warnings) {
  double const height = detector.pixel1_m * static_cast<double>(detector.shape.rows);
  double const width = detector.pixel2_m * static_cast<double>(detector.shape.columns);
  double const diagonal = std::hypot(height, width);
  if (!(diagonal > 0.0)) return;
  // A detector on an arm has a far beam centre and a PONI on it; a flat one that is fitted with a
  // tilt can have a far PONI and a near centre.
  constexpr double most_diagonals = 5.0;
  auto const centre = beam_centre(c).value_or(std::pair(c.poni1_m, c.poni2_m));
  double const poni_off = outside(c.poni1_m, c.poni2_m, height, width),
               centre_off = outside(centre.first, centre.second, height, width);
  if (std::min(poni_off, centre_off) <= most_diagonals * diagonal) return;
  warnings.push_back(name + ": the beam meets the plane of the detector " + number(centre_off) +
                     " m beside it (at " + number(centre.first) + ", " + number(centre.second) +
                     " m), and the PONI lies " + number(poni_off) + " m beside it (Poni1 " +
                     number(c.poni1_m) + ", Poni2 " + number(c.poni2_m) + " m); the detector is " +
                     number(height) + " x " + number(width) +
                     " m: a PONI file is in metres, not in millimetres or pixels");
}

void judge_axis(config::ScanAxis const& axis, std::size_t points, std::string const& key,
                std::vector<std::string>& warnings) {
  if (axis.step == 0.0 && points > 1)
    warnings.push_back(fmt::format(
        "scan.{}: step 0 puts all {} points of {} at {}; give the step from point to point", key,
        points, axis.name, number(axis.first())));
  if (axis.unit.empty() || is_axis_unit(axis.unit)) return;
  auto const near = nearest_axis_unit(axis.unit);
  warnings.push_back("scan." + key + ": the unit \"" + axis.unit + "\" of " + axis.name +
                     " is none that is known" +
                     (near.empty() ? std::string(", such as deg, rad, mm, um, s or K.")
                                   : "; did you mean \"" + near + "\"?") +
                     " Positions are stored as they are, and an axis rotates only in deg or rad");
}

void judge_files(Inputs const& inputs, std::vector<std::string>& warnings) {
  std::map<std::filesystem::path, std::string> first;
  for (auto const& file : inputs.job.scan.files) {
    std::error_code ignored;
    auto const [place, is_new] =
        first.emplace(std::filesystem::canonical(inputs.job.resolve(file), ignored), file);
    if (!is_new && !ignored)
      warnings.push_back("scan.files: " + file + " is the same file as " + place->second +
                         " before it; its frames are reduced twice");
  }
}

/// Intensities are float32, and divided by monitor / reference.
void judge_reference(std::string const& name, MonitorSeries const& series, double reference,
                     std::vector<std::string>& warnings) {
  constexpr double smallest = 1e-30, largest = 1e30;
  double const low = series.lowest_good() / reference, high = series.highest_good() / reference;
  if (!(low <= high) || (low >= smallest && high <= largest)) return;
  warnings.push_back(name + " over its reference reaches from " + number(low) + " to " +
                     number(high) + ", expected " + number(smallest) + " to " + number(largest) +
                     "; intensities divided by it become infinite or 0: \"reference\": \"mean\" "
                     "keeps them as counts");
}

void judge_monitor(Inputs& inputs, std::vector<std::string>& warnings) {
  if (!inputs.monitor) return;
  auto const& scan = inputs.job.scan;
  auto const& monitor = *scan.monitor;
  auto const places = static_cast<std::int64_t>(inputs.places.shape().places());
  std::int64_t const last = inputs.motors
                                ? inputs.monitor->size()
                                : std::min(inputs.monitor->size(), scan.first_frame + places);
  MonitorSeries series(inputs.places.shape().fast);
  for (std::int64_t frame = scan.first_frame; frame < last; ++frame)
    series.add(inputs.monitor->at(frame));
  std::string const source = monitor.dataset + monitor.column + monitor.header;  // one of them
  std::string const name = "scan.monitor: " + source;
  if (series.bad() > 0)
    warnings.push_back(
        fmt::format("{} is 0, negative or not a number for {} of {} frames; their patterns become "
                    "NaN, and the exit status 4",
                    name, series.bad(), series.count()));
  std::string const last_part = source.substr(source.rfind('/') + 1);
  bool const named_as_axis =
      last_part == scan.slow.name || last_part == scan.fast.name || last_part == scan.height.name;
  if (series.looks_like_motor() || named_as_axis) {
    warnings.push_back(name + " looks like the positions of a motor: " +
                       (series.looks_like_motor() ? "equal steps from " + number(series.lowest()) +
                                                        " to " + number(series.highest())
                                                  : "it has the name of an axis of the scan") +
                       "; the monitor divides the intensity, name the counter of the beam");
  } else if (series.highest_good() > 10.0 * series.lowest_good()) {
    warnings.push_back(name + " varies by a factor of " +
                       number(series.highest_good() / series.lowest_good()) + ", from " +
                       number(series.lowest_good()) + " to " + number(series.highest_good()) +
                       "; the beam does so when a shutter was closed");
  }
  judge_reference(name, series, inputs.monitor_reference, warnings);
}

/// Bins beyond which a pixel fills more than four of them along the way (never the default), and
/// those beyond which it is absurd.
struct BinLimits {
  std::size_t pixels, plenty, absurd;
};

BinLimits limits_of(core::FrameShape frame, double pixels_per_diagonal) {
  double const diagonal =
      std::hypot(static_cast<double>(frame.rows), static_cast<double>(frame.columns));
  auto const pixels = static_cast<std::size_t>(std::ceil(diagonal * pixels_per_diagonal));
  return {pixels, std::max<std::size_t>(4 * pixels, core::Binning{}.bins),
          std::max<std::size_t>(100 * pixels, 10000)};
}

/// Calls `judge(key, bins, limits)` for each number of bins that a reduction has. A circle has π
/// pixels for each along its diameter.
template <class Judge>
void for_each_axis(config::ReductionJob const& reduction, core::FrameShape frame,
                   Judge const& judge) {
  auto const& binning = reduction.binning;
  if (binning.kind != core::PatternKind::azimuthal)
    judge("bins", binning.bins, limits_of(frame, 1.0));
  if (binning.kind != core::PatternKind::radial)
    judge("azimuthal_bins", binning.azimuthal_bins, limits_of(frame, std::numbers::pi));
}

void judge_bins(config::ReductionJob const& reduction, core::FrameShape frame, PixelUse const& use,
                std::vector<std::string>& warnings) {
  for_each_axis(reduction, frame,
                [&](std::string const& key, std::size_t bins, BinLimits const& limits) {
                  if (bins <= limits.plenty) return;
                  warnings.push_back(
                      fmt::format("reduction {}: {} {} are more than 4 for each of the {} pixels "
                                  "along {} of the frame; neighbouring bins show the same pixels",
                                  reduction.name, key, bins, limits.pixels,
                                  key == "bins" ? "the diagonal" : "the largest circle"));
                });
  // A detector beside the beam sees a part of the circle: then most bins of a cake are empty, and
  // rightly so.
  if (reduction.binning.kind == core::PatternKind::radial && 2 * use.empty_bins > use.bins)
    warnings.push_back("reduction " + reduction.name + ": " + share(use.empty_bins, use.bins) +
                       " bins have no pixel; look at the ranges, or choose fewer bins");
}

/// A sector or a window leaves out pixels on purpose; a radial range in another unit does so by
/// mistake.
void judge_range(config::ReductionJob const& reduction, core::BinMatrix const& matrix,
                 PixelUse const& use, std::vector<std::string>& warnings) {
  auto const& binning = reduction.binning;
  auto const sector = binning.azimuth_range_deg;
  bool const whole_ring = !sector || sector->second - sector->first >= 360.0;
  std::size_t const unmasked = use.pixels - use.masked;
  if (!whole_ring || binning.kind == core::PatternKind::azimuthal || 2 * use.outside <= unmasked)
    return;
  std::string const unit(core::name_of(binning.unit));
  warnings.push_back("reduction " + reduction.name + ": " + share(use.outside, unmasked) +
                     " unmasked pixels lie outside of the range of " +
                     number(matrix.radial_axis.front()) + " to " +
                     number(matrix.radial_axis.back()) + " " + unit +
                     "; that is right for a narrow window, else look at the unit of radial_range");
}

void judge_masks(core::ReductionPlan const& plan, std::span<std::uint8_t const> user_mask,
                 std::string const& mask_name, std::vector<std::string>& warnings) {
  auto const count = [](auto const& mask) {
    return static_cast<std::size_t>(
        std::count_if(mask.begin(), mask.end(), [](auto m) { return m != 0; }));
  };
  std::size_t const pixels = plan.shape.pixels(), masked = count(plan.corrections.mask),
                    by_user = count(user_mask);
  if (2 * by_user > pixels) {
    warnings.push_back(
        mask_name + ": " + share(by_user, pixels) +
        " pixels are masked, those that are not 0; a mask that is inverted (1: good) has "
        "to be turned around");
  } else if (2 * masked > pixels) {
    warnings.push_back(
        share(masked, pixels) +
        " pixels are masked, by masks, the detector and images without a value together");
  }
}

}  // namespace

std::vector<std::string> calibration_warnings(core::Calibration const& c,
                                              core::Detector const& detector,
                                              std::string const& name) {
  // Shorter, and the sample touches the sensor; longer ones are tubes for small angles, of which
  // few are known.
  constexpr double nearest_m = 0.005, farthest_m = 20.0;
  // 248 keV and 2.5 keV: beyond them a beam hardly reaches the detector, or passes it.
  constexpr double shortest_A = 0.05, longest_A = 5.0;
  std::vector<std::string> warnings;
  if (c.distance_m < nearest_m || c.distance_m > farthest_m)
    warnings.push_back(
        name + ": the distance of " + number(c.distance_m) + " m is unusual, expected " +
        number(nearest_m) + " to " + number(farthest_m) + " m; a PONI file is in metres" +
        (c.distance_m > farthest_m
             ? ", so that " + number(c.distance_m) + " mm are " + number(1e-3 * c.distance_m)
             : ""));
  if (c.wavelength_m) {
    double const wavelength = *c.wavelength_m * 1e10;
    if (wavelength < shortest_A || wavelength > longest_A)
      warnings.push_back(name + ": the wavelength of " + number(*c.wavelength_m) + " m (" +
                         number(wavelength) + " A, " + number(12.398419843320026 / wavelength) +
                         " keV) is unusual, expected " + number(shortest_A * 1e-10) + " to " +
                         number(longest_A * 1e-10) + " m; a PONI file is in metres, 1 A is 1e-10");
  }
  judge_centre(c, detector, name, warnings);
  return warnings;
}

std::vector<std::string> plausibility_warnings(Inputs& inputs) {
  auto const& job = inputs.job;
  auto warnings = calibration_warnings(inputs.poni.calibration, inputs.geometry->detector(),
                                       job.calibration.poni);
  if (inputs.motors) {
    auto const& remarks = inputs.motors->remarks;
    warnings.insert(warnings.end(), remarks.begin(), remarks.end());
    for (auto const& text : warnings_of(*inputs.motors, job.scan.repeated))
      warnings.push_back(text);
  }
  judge_axis(job.scan.slow, inputs.places.shape().slow, "slow", warnings);
  judge_axis(job.scan.fast, inputs.places.shape().fast, "fast", warnings);
  judge_axis(job.scan.height, inputs.places.shape().height, "height", warnings);
  judge_files(inputs, warnings);
  judge_monitor(inputs, warnings);
  auto const places = static_cast<std::int64_t>(inputs.places.shape().places());
  std::int64_t const empty =
      inputs.motors ? static_cast<std::int64_t>(inputs.motors->scan.course.empty_places)
                    : places - (inputs.source->frames() - job.scan.first_frame);
  if (empty > 0)
    warnings.push_back(
        fmt::format("{} of {} places have no frame (\"incomplete\": \"nan\"); they become NaN, and "
                    "the exit status 4",
                    empty, places));
  return warnings;
}

std::vector<std::string> pixel_warnings(core::ReductionPlan const& plan,
                                        std::span<PixelUse const> uses,
                                        std::vector<config::ReductionJob> const& reductions,
                                        std::span<std::uint8_t const> user_mask,
                                        std::string const& mask_name) {
  std::vector<std::string> warnings;
  judge_masks(plan, user_mask, mask_name, warnings);
  for (std::size_t r = 0; r < plan.reductions.size(); ++r) {
    judge_bins(reductions[r], plan.shape, uses[r], warnings);
    judge_range(reductions[r], plan.reductions[r].matrix, uses[r], warnings);
  }
  return warnings;
}

void expect_sensible_bins(config::ReductionJob const& reduction, core::FrameShape frame,
                          std::size_t patterns) {
  for_each_axis(
      reduction, frame, [&](std::string const& key, std::size_t bins, BinLimits const& limits) {
        if (bins <= limits.absurd) return;
        auto const values = static_cast<double>(reduction.bins());
        throw core::InputError(
            {.what = fmt::format("use {} of the reduction {}", key, reduction.name),
             .expected = fmt::format(
                 "at most {} for frames of {} x {}, 100 for each pixel along {}", limits.absurd,
                 frame.rows, frame.columns, key == "bins" ? "the diagonal" : "the largest circle"),
             .found =
                 fmt::format("{}, which take {} of memory for each frame and {} of output", bins,
                             core::bytes_text(44.0 * values),
                             core::bytes_text(static_cast<double>(patterns * fields_of(reduction) *
                                                                  sizeof(float)) *
                                              values)),
             .attempt = fmt::format("choose about {}", limits.pixels)});
      });
}

}  // namespace xrdct::app
