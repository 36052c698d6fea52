// Opens all that a job names, and describes the output that it will make.
#include "app/scan/inputs.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <functional>
#include <utility>

#include "app/axes/scan_axes.hpp"
#include "app/calibration/calibration_images.hpp"
#include "app/files/output_ending.hpp"
#include "app/scan/earlier_run.hpp"
#include "app/scan/empty_results.hpp"
#include "app/scan/job_files.hpp"
#include "app/scan/plausibility.hpp"
#include "app/session/threads.hpp"
#include "config/calibration/spline_file.hpp"
#include "core/detector/cropped_detector.hpp"
#include "core/detector/detector.hpp"
#include "core/scan/progress.hpp"
#include "core/words/errors.hpp"
#include "core/words/problems.hpp"
#include "core/words/units.hpp"
#include "io/frames/read_image.hpp"
#include "io/images/stored_image.hpp"
#include "io/nexus/nexus_detector.hpp"
#include "kokkos/runtime.hpp"

namespace xrdct::app {
namespace {

/// Problems of the job and of its files, each with the key that leads to it. Earlier ones, of
/// the text of the job, are reported first.
class JobProblems {
 public:
  explicit JobProblems(std::vector<std::string> earlier) : all_(std::move(earlier)) {}

  bool any() const { return all_.any(); }
  void throw_if_any() const { all_.throw_if_any(); }
  /// Whether something was reported of this key, or of one inside of it: then nothing more is to be
  /// found there.
  bool has(std::string const& key) const {
    auto const& texts = all_.texts();
    return std::any_of(texts.begin(), texts.end(), [&](std::string const& text) {
      return is_of(text, "$." + key) || is_of(text, "--set " + key);
    });
  }
  bool attempt(std::string const& key, std::function<void()> const& step) {
    return !has(key) && all_.attempt("$." + key + ": ", step);
  }

 private:
  static bool is_of(std::string const& text, std::string const& path) {
    auto const place = text.find(path);
    if (place == std::string::npos) return false;
    char const next = place + path.size() < text.size() ? text[place + path.size()] : ':';
    return next != '_' &&
           std::isalnum(static_cast<unsigned char>(next)) == 0;  // "dark" is not "dark_variance"
  }

  core::Problems all_;
};

std::string shape_text(core::FrameShape shape) {
  return fmt::format("{} x {}", shape.rows, shape.columns);
}

/// An image that must have the shape of the frames. Its location may be `file:/dataset`.
io::Image read_for_frames(config::Job const& job, std::string const& location,
                          core::FrameShape frame, std::string const& key) {
  io::Image image = io::read_image(job.resolve(location).string());
  if (image.shape != frame) {
    throw core::InputError({.what = fmt::format("use {} as {}", location, key),
                            .expected = shape_text(frame) + " pixels like the frames",
                            .found = shape_text(image.shape),
                            .attempt = "give the image of this detector"});
  }
  return image;
}

void read_masks(Inputs& inputs) {
  core::FrameShape const frame = inputs.source->shape();
  for (auto const& location : inputs.job.calibration.mask) {
    io::Image const image = read_for_frames(inputs.job, location, frame, "mask");
    inputs.images.mask.resize(frame.pixels(), 0);
    for (std::size_t p = 0; p < frame.pixels(); ++p)
      inputs.images.mask[p] |= image.pixels[p] != 0.0;
  }
}

/// [first, last): those behind it have no place, and with positions some before it may have none.
std::pair<std::int64_t, std::int64_t> frames_used(Inputs const& inputs) {
  std::int64_t const first = inputs.job.scan.first_frame, frames = inputs.source->frames();
  auto const places = static_cast<std::int64_t>(inputs.places.shape().places());
  return {first, inputs.motors ? frames : std::min(frames, first + places)};
}

/// The mean over the frames that make patterns and whose monitor is a number above 0.
double mean_monitor(Inputs const& inputs) {
  double sum = 0.0;
  std::int64_t valid = 0;
  auto const add = [&](std::int64_t frame) {
    double const value = inputs.monitor->at(frame);
    if (!(value > 0.0) || !std::isfinite(value)) return;
    sum += value;
    ++valid;
  };
  if (inputs.motors) {
    for (std::size_t place = 0; place < inputs.places.shape().places(); ++place)
      for (std::size_t n = 0; n < inputs.places.frames_at(place); ++n)
        add(inputs.places.frame_of(place, n));
  } else {
    auto const [first, last] = frames_used(inputs);
    for (std::int64_t frame = first; frame < last; ++frame) add(frame);
  }
  return valid > 0 ? sum / static_cast<double>(valid) : 1.0;
}

/// How frames lie in lines, where the job says so and none is missing.
io::ScanLines lines_of(config::Scan const& scan) {
  if (!scan.shape) return {};
  auto const& shape = *scan.shape;
  return {.first_frame = scan.first_frame,
          .frames_per_line = static_cast<std::int64_t>(shape.fast),
          .lines = static_cast<std::int64_t>(shape.height * shape.slow)};
}

/// \param placed the frames have places, so that those that count are known
void read_monitor(Inputs& inputs, bool placed) {
  auto const& monitor = *inputs.job.scan.monitor;
  inputs.monitor =
      io::open_values(inputs.job.resolve(monitor), *inputs.source, lines_of(inputs.job.scan));
  auto const& remarks = inputs.monitor->remarks();
  inputs.warnings.insert(inputs.warnings.end(), remarks.begin(), remarks.end());
  if (!placed) return;
  auto const [first, last] = frames_used(inputs);
  expect_usable_value(*inputs.monitor, first, last - first, inputs.monitor->name());
  inputs.monitor_reference = monitor.reference ? *monitor.reference : mean_monitor(inputs);
}

void check_frame_count(Inputs const& inputs) {
  auto const& scan = inputs.job.scan;
  auto const places = static_cast<std::int64_t>(scan.shape->places());
  std::int64_t const frames = inputs.source->frames();
  std::int64_t const usable = frames - scan.first_frame;
  if (usable == places ||
      (usable < places && usable > 0 && scan.incomplete == core::Incomplete::nan))
    return;
  auto const& s = *scan.shape;
  if (usable <= 0) {
    throw core::InputError(
        {.what = "place the frames",
         .expected = fmt::format("first_frame below the number of frames in the files, {}", frames),
         .found = fmt::format("{}: it skips all of them", scan.first_frame),
         .attempt = "frames are counted from 0"});
  }
  throw core::InputError(
      {.what = "place the frames",
       .expected = fmt::format("{} frames ({} x {} x {})", places, s.height, s.slow, s.fast),
       .found = fmt::format(
           "{} ({} in the files, first_frame {}{}", usable, frames, scan.first_frame,
           (usable < places
                ? "); give the right shape, or \"incomplete\": \"nan\" when the scan stopped early"
                : "); give the right shape or first_frame"))});
}

/// The detector of a calibration, with what its files say of the places of its pixels.
core::Detector placed_detector(core::DetectorChoice const& choice, core::FrameShape frame) {
  if (!choice.nexus_file.empty())
    return core::oriented(io::read_nexus_detector(choice.nexus_file), choice.orientation, frame);
  if (!choice.spline_file.empty())
    return core::make_detector(choice, frame, config::read_spline(choice.spline_file));
  return core::make_detector(choice, frame);
}

/// Each reduction has a matrix in memory and groups in the output, and none of these is small.
constexpr std::size_t most_reductions = 1000;

void expect_few_reductions(config::Job const& job) {
  if (job.reductions.size() <= most_reductions) return;
  throw core::InputError({.what = "make so many results of each frame",
                          .expected = fmt::format("at most {} reductions", most_reductions),
                          .found = fmt::format("{}", job.reductions.size()),
                          .attempt = "divide them among several jobs, or use a cake"});
}

/// Two reductions that differ in nothing but their names cost time and tell nothing.
void warn_of_twins(Inputs& inputs) {
  auto const& reductions = inputs.job.reductions;
  for (std::size_t b = 1; b < reductions.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      if (!config::same_numbers(reductions[a], reductions[b])) continue;
      inputs.warnings.push_back("the reductions " + reductions[a].name + " and " +
                                reductions[b].name + " are the same but for their names");
      break;
    }
  }
}

void warn_of_unused_variance(Inputs& inputs) {
  auto const& job = inputs.job;
  bool const used = std::any_of(
      job.reductions.begin(), job.reductions.end(),
      [](auto const& reduction) { return reduction.error_model == core::ErrorModel::variance; });
  if (job.calibration.variance && !used)
    inputs.warnings.push_back("no reduction uses calibration.variance " +
                              *job.calibration.variance + "; \"error_model\": \"variance\" does");
}

/// Builds the reductions of inputs that have other problems, so that theirs are reported at once
/// with them.
void attempt_reductions(Inputs& inputs, JobProblems& problems) {
  for (std::size_t r = 0; r < inputs.job.reductions.size(); ++r)
    problems.attempt(fmt::format("reductions[{}]", r), [&] {
      build_reduction(*inputs.geometry, inputs.images.mask, inputs.job.reductions[r]);
    });
}

void open_geometry(Inputs& inputs, core::FrameShape frame) {
  auto const& calibration = inputs.job.calibration;
  auto const cropped = calibration.mask.empty() ? inputs.poni.calibration
                                                : core::cropped_to(inputs.poni.calibration, frame);
  if (auto const note = core::crop_note(inputs.poni.calibration, cropped); !note.empty())
    inputs.poni.warnings.push_back(note);
  inputs.geometry.emplace(make_geometry(cropped, frame, calibration.orientation_convention,
                                        config::sample_orientation(calibration)));
}

/// Dark, flat, variances and absorption.
void read_images(Inputs& inputs, core::FrameShape frame, JobProblems& problems) {
  auto const& calibration = inputs.job.calibration;
  auto const masked = inputs.geometry ? union_of_masks(*inputs.geometry, calibration.detector_mask,
                                                       inputs.images.mask)
                                      : inputs.images.mask;
  CalibrationImages images(inputs.job.scan.invalid, masked);
  auto const read = [&](std::optional<std::string> const& location, core::CalibrationImage kind,
                        std::vector<float>& to) {
    if (!location) return;
    std::string const key(core::name_of(kind));
    problems.attempt("calibration." + key, [&] {
      auto const values =
          images.take(kind, *location, read_for_frames(inputs.job, *location, frame, key));
      to.assign(values.begin(), values.end());
    });
  };
  read(calibration.dark, core::CalibrationImage::dark, inputs.images.dark);
  read(calibration.flat, core::CalibrationImage::flat, inputs.images.flat);
  read(calibration.variance, core::CalibrationImage::variance, inputs.images.variance);
  read(calibration.dark_variance, core::CalibrationImage::dark_variance,
       inputs.images.dark_variance);
  read(calibration.absorption, core::CalibrationImage::absorption, inputs.images.absorption);
  inputs.warnings.insert(inputs.warnings.end(), images.warnings().begin(), images.warnings().end());
}

/// Which frame lies where.
void lay_out(Inputs& inputs) {
  auto const& scan = inputs.job.scan;
  if (scan.positions) {
    inputs.motors.emplace(place_by_motors(inputs.job, *inputs.source));
    inputs.places = std::exchange(inputs.motors->map, {});
  } else {
    check_frame_count(inputs);
    inputs.places =
        core::PlaceMap(*scan.shape, scan.snake, scan.first_frame, inputs.source->frames());
  }
}

/// What can be checked once the frames are open, whether or not there is a calibration.
void check_scan(Inputs& inputs, core::FrameShape frame, JobProblems& problems) {
  auto const& scan = inputs.job.scan;
  bool const can_count = !problems.has("scan.shape") && !problems.has("scan.first_frame") &&
                         !problems.has("scan.incomplete") && !problems.has("scan.repeated") &&
                         (scan.shape || scan.positions);
  bool const placed =
      can_count &&
      problems.attempt(scan.positions ? "scan.positions" : "scan.shape", [&] { lay_out(inputs); });
  std::size_t const places =
      placed ? inputs.places.shape().places() : scan.shape.value_or(core::ScanShape()).places();
  for (std::size_t r = 0; r < inputs.job.reductions.size(); ++r)
    problems.attempt(fmt::format("reductions[{}]", r),
                     [&] { expect_sensible_bins(inputs.job.reductions[r], frame, places); });
  if (scan.monitor && !problems.has("scan.monitor"))
    problems.attempt("scan.monitor", [&] { read_monitor(inputs, placed); });
}

/// What can be checked once the calibration is read, whether or not there are frames.
void check_calibration(Inputs& inputs, JobProblems& problems) {
  auto const& calibration = inputs.job.calibration;
  inputs.warnings.insert(inputs.warnings.begin(), inputs.poni.warnings.begin(),
                         inputs.poni.warnings.end());
  if (inputs.poni.orientation_given && !calibration.orientation_convention) {
    inputs.warnings.push_back(
        calibration.poni +
        ": detector orientation other than 3: read as pyFAI 2026.9 and later do; for a "
        "calibration made with an older pyFAI (azimuth mirrored) "
        "set \"orientation_convention\": \"before-2026.9\", else \"2026.9\" to silence this");
  }
  for (std::size_t r = 0; r < inputs.job.reductions.size(); ++r) {
    auto const& reduction = inputs.job.reductions[r];
    problems.attempt(fmt::format("reductions[{}].unit", r), [&] {
      if (core::needs_wavelength(reduction.binning.unit) && !inputs.poni.calibration.wavelength_m) {
        throw core::InputError(
            {.what = fmt::format("use the unit {} of the reduction {}",
                                 core::name_of(reduction.binning.unit), reduction.name),
             .expected = "a wavelength in " + calibration.poni,
             .found = "none",
             .attempt = "add `Wavelength:` [m], or use 2th_deg or r_mm"});
      }
    });
  }
}

void check_output(Inputs& inputs, JobProblems& problems) {
  inputs.finished =
      !problems.any() && !inputs.job.output.overwrite && is_finished(inputs, kernels::backend());
  if (inputs.finished) return;
  problems.attempt("output.file", [&] { require_output(inputs); });
  problems.attempt("output.file", [&] {
    std::filesystem::path const file = inputs.job.output.file;
    if (file.has_extension()) kind_of(file, {OutputKind::hdf5}, "sinograms");
  });
}

core::BlockPlan blocks_of(Inputs const& inputs) {
  std::size_t most_bins = 1;
  for (auto const& reduction : inputs.job.reductions)
    most_bins = std::max(most_bins, reduction.bins());
  return core::BlockPlan(inputs.places.shape(), most_bins);
}

}  // namespace

core::Geometry make_geometry(core::Calibration const& calibration, core::FrameShape frame,
                             std::optional<core::OrientationConvention> convention,
                             core::SampleOrientation const& sample) {
  return {calibration, placed_detector(calibration.detector, frame),
          convention.value_or(core::OrientationConvention::since_2026_9), sample};
}

Inputs open_inputs(config::JobReading reading, OutputTrial trial, FoundSource const& found) {
  Inputs inputs;
  inputs.job = std::move(reading.job);
  auto& job = inputs.job;
  JobProblems problems(std::move(reading.problems));
  problems.attempt("reductions", [&] { expect_few_reductions(job); });
  bool const has_poni = !job.calibration.poni.empty() && problems.attempt("calibration.poni", [&] {
    inputs.poni = config::read_poni(job.resolve(job.calibration.poni));
  });
  bool const names_frames = !job.scan.files.empty() && !problems.has("scan.dataset");
  bool const has_frames = names_frames && problems.attempt("scan.files", [&] {
    inputs.source = open_source(inputs.job, inputs.warnings, found);
  });
  if (has_frames) {
    core::FrameShape const frame = inputs.source->shape();
    if (has_poni) problems.attempt("calibration.poni", [&] { open_geometry(inputs, frame); });
    problems.attempt("calibration.mask", [&] { read_masks(inputs); });
    read_images(inputs, frame, problems);
    check_scan(inputs, frame, problems);
  }
  if (has_poni) check_calibration(inputs, problems);
  if (!job.output.file.empty() && trial == OutputTrial::done) check_output(inputs, problems);
  if (problems.any() && inputs.geometry && !problems.has("calibration.mask") &&
      job.reductions.size() <= most_reductions)
    attempt_reductions(inputs, problems);
  problems.throw_if_any();
  inputs.blocks = blocks_of(inputs);
  if (!inputs.motors)
    for (auto const& line : incomplete_axes(job.scan, inputs.places.shape()))
      inputs.warnings.push_back(line);
  if (auto const note = ignored_threads_warning()) inputs.warnings.push_back(*note);
  warn_of_twins(inputs);
  warn_of_unused_variance(inputs);
  return inputs;
}

core::Reduction build_reduction(core::Geometry const& geometry, std::span<std::uint8_t const> mask,
                                config::ReductionJob const& reduction) {
  core::BinMatrix matrix = core::build_bin_matrix(geometry, mask, reduction.binning);
  expect_pixels(matrix, geometry, mask, reduction);
  return {.matrix = std::move(matrix),
          .error_model = reduction.error_model,
          .method = reduction.method,
          .clip = reduction.clip,
          .quantiles = reduction.quantiles};
}

core::ReductionPlan build_plan(Inputs const& inputs) {
  core::ReductionPlan plan;
  plan.shape = inputs.source->shape();
  plan.encoding = inputs.source->encoding();
  plan.valid = config::valid_values(inputs.job.scan,
                                    io::valid_by_type(plan.encoding.type, inputs.source->wide()));
  plan.corrections =
      core::build_corrections(*inputs.geometry, config::correction_choice(inputs.job.corrections),
                              inputs.job.calibration.detector_mask, inputs.images.views());
  JobProblems problems({});
  for (std::size_t r = 0; r < inputs.job.reductions.size(); ++r) {
    problems.attempt(fmt::format("reductions[{}]", r), [&] {
      plan.reductions.push_back(
          build_reduction(*inputs.geometry, plan.corrections.mask, inputs.job.reductions[r]));
      core::note_progress();
    });
  }
  problems.throw_if_any();
  return plan;
}

core::MaskedPixels masked_pixels(Inputs const& inputs, core::ReductionPlan const& plan) {
  return core::count_masked(*inputs.geometry, inputs.job.calibration.detector_mask,
                            inputs.images.views(), plan.corrections);
}

DeclaredLines declared_lines(Inputs const& inputs) {
  return {.places = inputs.places, .snake = inputs.job.scan.snake};
}

}  // namespace xrdct::app
