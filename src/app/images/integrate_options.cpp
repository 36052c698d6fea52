#include "app/images/integrate_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/session/option_checks.hpp"
#include "config/pyfai/pyfai_worker.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "core/words/units.hpp"

namespace xrdct::app {
namespace {

using config::InvalidValues;

constexpr double largest_float = 3.4028234e38;  // larger ones are infinite in the output

template <class T>
void take(std::optional<T> const& from, T& to) {
  if (from) to = *from;
}

template <class T>
void take(std::optional<T> const& from, std::optional<T>& to) {
  if (from) to = from;
}

/// Problems of the options, all told at once.
class Problems {
 public:
  void require(bool right, std::string const& option, std::string const& expected,
               std::string const& found) {
    if (!right)
      list_.push_back("cannot use " + option + ": expected " + expected + ", found " + found);
  }
  void throw_if_any() const {
    if (!list_.empty()) throw core::InputError(list_);
  }

 private:
  std::vector<std::string> list_;
};

std::string shown(std::vector<double> const& values) {
  std::string text;
  for (double const value : values)
    text += (text.empty() ? "" : " and ") + core::number_text(value);
  return text;
}

std::optional<std::pair<double, double>> range_of(std::vector<double> const& ends,
                                                  std::string const& option, Problems& problems) {
  bool const right = std::isfinite(ends[0]) && std::isfinite(ends[1]) && ends[0] < ends[1];
  problems.require(right, option, "two numbers, the lower first", shown(ends));
  return std::pair(ends[0], ends[1]);
}

std::optional<double> number_in(std::string_view text) {
  double value = 0.0;
  auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc{} || result.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// "default", "none", or values and ranges such as 65535 and -10:-1.
void read_invalid(std::vector<std::string> const& words, InvalidValues& invalid,
                  Problems& problems) {
  if (words.empty()) return;
  invalid = {};
  auto const rule =
      words.size() == 1 ? core::named<core::InvalidRule>(words.front()) : std::nullopt;
  invalid.rule = rule.value_or(core::InvalidRule::values);
  if (rule) return;
  for (auto const& word : words) {
    auto const colon = word.find(':');
    auto const low = number_in(std::string_view(word).substr(0, colon));
    auto const high =
        colon == std::string::npos ? low : number_in(std::string_view(word).substr(colon + 1));
    problems.require(low && high && *low <= *high, "--invalid",
                     "default, none, values such as 65535 or ranges such as -10:-1", word);
    invalid.values.push_back({low.value_or(0.0), high.value_or(0.0)});
  }
  constexpr std::size_t most = 16;
  problems.require(invalid.values.size() <= most, "--invalid", "at most 16 values and ranges",
                   std::to_string(words.size()));
}

void read_calibration(IntegrateOptions const& options, config::ImageJob& image) {
  auto& calibration = image.job.calibration;
  if (!options.poni.empty()) {
    calibration.poni = options.poni;
    image.poni.reset();
  }
  take(options.convention, calibration.orientation_convention);
  if (options.no_detector_mask) calibration.detector_mask = false;
  if (!options.masks.empty()) calibration.mask = options.masks;
  if (!options.dark.empty()) image.dark = options.dark;
  if (!options.flat.empty()) image.flat = options.flat;
  take(options.variance, calibration.variance);
  take(options.dark_variance, calibration.dark_variance);
  take(options.absorption, calibration.absorption);
  if (options.incident_angle || options.tilt_angle || options.sample_orientation) {
    auto& sample = calibration.sample ? *calibration.sample : calibration.sample.emplace();
    take(options.incident_angle, sample.incident_deg);
    take(options.tilt_angle, sample.tilt_deg);
    take(options.sample_orientation, sample.orientation);
  }
}

void read_corrections(IntegrateOptions const& options, config::ImageJob& image,
                      Problems& problems) {
  auto& corrections = image.job.corrections;
  if (options.no_solid_angle) corrections.solid_angle = false;
  if (options.polarization)
    corrections.polarization = config::Polarization{*options.polarization, 0.0};
  problems.require(!options.polarization_offset || corrections.polarization,
                   "--polarization-offset", "--polarization beside it", "none");
  if (options.polarization_offset && corrections.polarization)
    corrections.polarization->offset_deg = *options.polarization_offset;
  take(options.sensor_transmission, corrections.sensor_transmission);
  read_invalid(options.invalid, image.job.scan.invalid, problems);
  take(options.saturated_above, image.job.scan.saturated_above);
  take(options.normalization_factor, image.normalization_factor);
  double const factor = image.normalization_factor;
  problems.require(factor > 0.0 && std::isfinite(factor), "--normalization-factor",
                   "a number above 0", core::number_text(factor));
}

void read_method(IntegrateOptions const& options, config::ReductionJob& reduction,
                 Problems& problems) {
  if (options.method) {
    reduction.method = *core::named<core::Method>(*options.method);  // the parser took no other
    reduction.quantiles = {};
    if (!options.error_model)
      reduction.error_model = reduction.method == core::Method::sigma_clip
                                  ? core::ErrorModel::azimuthal
                                  : core::ErrorModel::poisson;
  }
  take(options.error_model, reduction.error_model);
  bool const clips = reduction.method == core::Method::sigma_clip;
  problems.require(clips || (!options.threshold && !options.cycles), "--threshold and --cycles",
                   "--method sigma_clip", "another method");
  take(options.threshold, reduction.clip.threshold);
  take(options.cycles, reduction.clip.cycles);
  if (!options.quantiles.empty()) {
    auto const& q = options.quantiles;
    problems.require(reduction.method == core::Method::quantile_mean && options.method != "median",
                     "--quantiles", "--method quantile_mean", "another method");
    problems.require(q[0] >= 0.0 && q[0] <= q[1] && q[1] <= 1.0, "--quantiles",
                     "0 ≤ lower ≤ upper ≤ 1", shown(q));
    reduction.quantiles = {q[0], q[1]};
  }
  problems.require(options.method != "quantile_mean" || !options.quantiles.empty(),
                   "--method quantile_mean", "--quantiles LOWER UPPER", "none");
  if (options.deviation) reduction.deviation = true;
  take(options.empty, reduction.empty);
}

void check_errors(config::ReductionJob const& reduction, config::CalibrationFiles const& files,
                  Problems& problems) {
  using core::ErrorModel;
  auto const model = reduction.error_model;
  bool const of_bin = model == ErrorModel::azimuthal || model == ErrorModel::hybrid;
  bool const clips = reduction.method == core::Method::sigma_clip;
  problems.require(!clips || model != ErrorModel::none, "--method sigma_clip",
                   "an error model, such as azimuthal", "none");
  problems.require(
      (reduction.method != core::Method::maximum && reduction.method != core::Method::sum) ||
          !of_bin,
      "--error-model", "none, variance or poisson for the methods maximum and sum",
      std::string(core::name_of(model)));
  problems.require(model != ErrorModel::variance || files.variance, "--error-model variance",
                   "--variance FILE", "none");
  problems.require(!reduction.deviation || model != ErrorModel::none, "--std", "an error model",
                   "none");
}

void read_binning(IntegrateOptions const& options, core::Binning& binning, Problems& problems) {
  take(options.pattern, binning.kind);
  take(options.splitting, binning.splitting);
  if (options.unit) binning.unit = core::unit_of(*options.unit);
  std::string const unit(core::name_of(binning.unit));
  problems.require(!core::is_azimuth(binning.unit),
                   options.unit ? "--unit " + unit : "the unit of " + options.config,
                   "a radial unit such as q_nm^-1",
                   unit +
                       ", an azimuth; I(χ) is --pattern azimuthal with --azimuthal-bins, and "
                       "--unit is that of its radial window");
  if (options.pattern && binning.kind != core::PatternKind::azimuthal && binning.bins == 1 &&
      !options.bins)
    binning.bins = core::Binning{}.bins;
  if (binning.kind == core::PatternKind::azimuthal) {
    problems.require(!options.bins, "--bins", "--azimuthal-bins for an azimuthal pattern",
                     "--bins");
    binning.bins = 1;
  }
  problems.require(!options.azimuthal_bins || binning.kind != core::PatternKind::radial,
                   "--azimuthal-bins", "--pattern azimuthal or cake", "radial");
  take(options.bins, binning.bins);
  take(options.azimuthal_bins, binning.azimuthal_bins);
  if (!options.radial_range.empty())
    binning.radial_range = range_of(options.radial_range, "--radial-range", problems);
  if (options.azimuth_range.empty()) return;
  binning.azimuth_range_deg = range_of(options.azimuth_range, "--azimuth-range", problems);
  problems.require(options.azimuth_range[1] <= options.azimuth_range[0] + 360.0, "--azimuth-range",
                   "at most 360 degrees", shown(options.azimuth_range));
}

}  // namespace

void add_options(CLI::App& command, IntegrateOptions& o) {
  auto const methods = core::names_of<core::Method>();
  std::string const files = "Files", bins = "Binning", values = "Method and errors",
                    corrections = "Corrections", run = "Run";
  command
      .add_option("images", o.images,
                  "EDF, TIFF, CBF, NPY (also .gz, .bz2), or HDF5: file.h5, file.h5:/path, "
                  "file.h5:/path[3], file.h5:3")
      ->required();
  command.add_option("--poni", o.poni, "Calibration (PONI file)")->group(files);
  command
      .add_option("--config", o.config,
                  "Settings of pyFAI (worker JSON, version 3 to 5; .azimint.json); options given "
                  "here come first")
      ->group(files);
  command
      .add_option("-o,--output", o.outputs,
                  "Output: .xy, .xye (text in 2theta, or in --unit), .dat, .csv (text in the unit "
                  "of the bins), .h5, .nxs (HDF5), .png, .svg, .pdf; "
                  "without an ending: text and picture; repeat it")
      ->check(some_name())
      ->group(files);
  command
      .add_option("--comment", o.comment,
                  "What begins the lines of the header of texts: # (default), ' (for TOPAS) or !")
      ->check(one_of({"#", "'", "!"}))
      ->group(files);
  command
      .add_option(
          "--dataset", o.dataset,
          "Dataset or group of the frames in HDF5 files; default: /entry/data, or the only one")
      ->group(files);
  auto* frame =
      command
          .add_option("--frame", o.frame, "Frame of HDF5 files, from 0; repeat it; default: all")
          ->check(number_from(0.0, 1e15, "0"))
          ->group(files);
  command.add_option("--frames", o.frames, "Range of frames FIRST:LAST, the last left out")
      ->excludes(frame)
      ->group(files);
  command.add_option("--mask", o.masks, "Mask image: not 0 is masked; repeat it: the union counts")
      ->group(files);
  command
      .add_flag("--no-detector-mask", o.no_detector_mask, "Do not mask the gaps of the detector")
      ->group(files);
  command.add_option("--dark", o.dark, "Dark image, subtracted; repeat it: the mean counts")
      ->group(files);
  command.add_option("--flat", o.flat, "Flat field; repeat it: the mean counts")->group(files);
  command
      .add_option("--variance", o.variance,
                  "Image of the variance of the signal, for --error-model variance")
      ->group(files);
  command.add_option("--dark-variance", o.dark_variance, "Image of the variance of the dark")
      ->group(files);
  command
      .add_option("--absorption", o.absorption,
                  "Image of a transmission, multiplies the normalization")
      ->group(files);
  add_choice(command, "--orientation-convention", o.convention,
             ": reading of detector orientations 1, 2, 4")
      ->group(files);

  add_choice(command, "--pattern", o.pattern, "; default radial")->group(bins);
  command
      .add_option(
          "--unit", o.unit,
          "Radial unit, such as 2th_deg, q_A^-1, d_A (docs/job.md has all); default q_nm^-1")
      ->check(radial_unit())
      ->group(bins);
  command.add_option("--bins", o.bins, "Radial bins; default 1000")
      ->check(CLI::Range(1, 1000000))
      ->group(bins);
  command.add_option("--azimuthal-bins", o.azimuthal_bins, "Azimuthal bins; default 360")
      ->check(CLI::Range(1, 1000000))
      ->group(bins);
  command.add_option("--radial-range", o.radial_range, "Lower and upper end, in the unit")
      ->expected(2)
      ->check(number_from(-largest_float, largest_float, "2 50"))
      ->group(bins);
  command.add_option("--azimuth-range", o.azimuth_range, "Lower and upper end [deg]")
      ->expected(2)
      ->check(number_from(-720.0, 720.0, "-90 90"))
      ->group(bins);
  add_choice(command, "--splitting", o.splitting, "; default bounding_box")->group(bins);
  command
      .add_option("--incident-angle", o.incident_angle,
                  "Of the beam on the sample [deg], for units of grazing incidence")
      ->check(number_from(-360.0, 360.0, "0.2"))
      ->group(bins);
  command
      .add_option("--tilt-angle", o.tilt_angle,
                  "Of the sample [deg], for units of grazing incidence")
      ->check(number_from(-360.0, 360.0, "0"))
      ->group(bins);
  command
      .add_option("--sample-orientation", o.sample_orientation,
                  "1 to 8, for units of grazing incidence")
      ->check(CLI::Range(1, 8))
      ->group(bins);

  command.add_option("--method", o.method, core::listed(methods) + "; default mean")
      ->check(one_of(methods))
      ->group(values);
  command
      .add_option(
          "--threshold", o.threshold,
          "Of sigma_clip, in standard deviations; 0: Chauvenet's criterion alone; default 5")
      ->check(number_from(0.0, largest_float, "5"))
      ->group(values);
  command.add_option("--cycles", o.cycles, "Of sigma_clip; default 5")
      ->check(CLI::Range(1, 1000))
      ->group(values);
  command.add_option("--quantiles", o.quantiles, "Of quantile_mean, lower and upper, 0 to 1")
      ->expected(2)
      ->check(number_from(0.0, 1.0, "0.1 0.9"))
      ->group(values);
  add_choice(command, "--error-model", o.error_model, "; default poisson, of sigma_clip azimuthal")
      ->group(values);
  command
      .add_flag("--std", o.deviation,
                "Write the standard deviation of the pixels of a bin, too (HDF5)")
      ->group(values);
  command
      .add_option("--empty", o.empty,
                  "Value of bins without a pixel; default NaN, and no line in text files")
      ->check(number_from(-largest_float, largest_float, "0"))
      ->group(values);
  command
      .add_option("--invalid", o.invalid,
                  "What is no measurement: default (of the type), none, a value or a range "
                  "LOW:HIGH; repeat it")
      ->group(values);
  command.add_option("--saturated-above", o.saturated_above, "Larger values are invalid")
      ->check(number_from(0.0, largest_float, "60000"))
      ->group(values);

  command.add_flag("--no-solid-angle", o.no_solid_angle, "No solid-angle correction")
      ->group(corrections);
  command
      .add_option("--polarization", o.polarization,
                  "Polarization factor, -1 to 1; default: no correction")
      ->check(number_from(-1.0, 1.0, "0.99"))
      ->group(corrections);
  command
      .add_option("--polarization-offset", o.polarization_offset,
                  "Turns the plane of polarization [deg]")
      ->check(number_from(-360.0, 360.0, "0"))
      ->group(corrections);
  command
      .add_option("--sensor-transmission", o.sensor_transmission,
                  "Of the sensor at normal incidence, between 0 and 1")
      ->check(number_from(1e-12, 1.0 - 1e-12, "0.3"))
      ->group(corrections);
  command
      .add_option("--normalization-factor", o.normalization_factor,
                  "Divides the intensity; default 1")
      ->check(number_from(1e-30, 1e30, "1"))
      ->group(corrections);
  auto* monitor = command
                      .add_option("--monitor", o.monitor,
                                  "file.h5:/path with one value per frame, divides the intensity")
                      ->group(corrections);
  command
      .add_option("--monitor-reference", o.monitor_reference,
                  "The monitor is divided by it; default 1")
      ->check(number_from(1e-30, 1e30, "1"))
      ->needs(monitor)
      ->group(corrections);

  // One value each time, so that an image may follow.
  for (char const* const name :
       {"--output", "--frame", "--mask", "--dark", "--flat", "--invalid"}) {
    command.get_option(name)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
  }
  for (char const* const name : {"--radial-range", "--azimuth-range", "--quantiles"})
    command.get_option(name)->allow_extra_args(false);

  add_choice(command, "--engine", o.engine, "; default fused")->group(run);
  command
      .add_option("--threads", o.threads,
                  "Threads; default for several frames: OMP_NUM_THREADS, or all processors")
      ->check(CLI::Range(1, 65536))
      ->group(run);
  add_picture_options(command, o.look, run);
}

config::ImageJob image_job(IntegrateOptions const& options) {
  config::ImageJob image;
  if (options.config.empty()) {
    image.job.reductions.emplace_back();
  } else {
    image = config::read_pyfai_worker(options.config);
  }
  Problems problems;
  read_calibration(options, image);
  problems.require(!image.job.calibration.poni.empty() || image.poni, "the images",
                   "a calibration in --poni or --config", "none");
  read_corrections(options, image, problems);
  read_binning(options, image.reduction().binning, problems);
  read_method(options, image.reduction(), problems);
  check_errors(image.reduction(), image.job.calibration, problems);
  take(options.engine, image.job.run.engine);
  problems.throw_if_any();
  return image;
}

}  // namespace xrdct::app
