// Reads the options of `integrate` into the description of its reduction.
#include "app/images/integrate_options.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/session/option_checks.hpp"
#include "config/pyfai/pyfai_worker.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "core/words/problems.hpp"
#include "core/words/units.hpp"

namespace xrdct::app {
namespace {

using config::InvalidValues;

template <class T>
void take(std::optional<T> const& from, T& to) {
  if (from) to = *from;
}

template <class T>
void take(std::optional<T> const& from, std::optional<T>& to) {
  if (from) to = from;
}

/// Problems of the options, all reported at once.
class OptionProblems {
 public:
  void require(bool right, std::string const& option, std::string const& expected,
               std::string const& found) {
    all_.require(right, {.what = "use " + option, .expected = expected, .found = found});
  }
  void throw_if_any() const { all_.throw_if_any(); }

 private:
  core::Problems all_;
};

std::string shown(std::vector<double> const& values) {
  std::string text;
  for (double const value : values)
    text += (text.empty() ? "" : " and ") + core::number_text(value);
  return text;
}

std::optional<std::pair<double, double>> range_of(std::vector<double> const& ends,
                                                  std::string const& option,
                                                  OptionProblems& problems) {
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
                  OptionProblems& problems) {
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
                      OptionProblems& problems) {
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
                 OptionProblems& problems) {
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
                  OptionProblems& problems) {
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

void read_binning(IntegrateOptions const& options, core::Binning& binning,
                  OptionProblems& problems) {
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

config::ImageJob image_job(IntegrateOptions const& options) {
  config::ImageJob image;
  if (options.config.empty()) {
    image.job.reductions.emplace_back();
  } else {
    image = config::read_pyfai_worker(options.config);
  }
  OptionProblems problems;
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
