// Writes a job with all its defaults, in one form: the text that outputs carry.
#include <boost/json.hpp>

#include "config/job/job.hpp"
#include "config/json/json_text.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

template <class T>
json::value or_null(std::optional<T> const& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

template <core::Named T>
std::string word(T value) {
  return std::string(core::name_of(value));
}

json::array texts(std::vector<std::string> const& all) {
  json::array out;
  for (auto const& text : all) out.emplace_back(text);
  return out;
}

json::object canonical(ScanAxis const& axis) {
  return {{"name", axis.name},
          {"start", axis.start},
          {"step", or_null(axis.step)},
          {"unit", axis.unit}};
}

json::value canonical(InvalidValues const& invalid) {
  if (invalid.rule != core::InvalidRule::values) return json::value(word(invalid.rule));
  json::array out;
  for (auto const& [low, high] : invalid.values)
    out.push_back(low == high ? json::value(low) : json::value(json::array{low, high}));
  return out;
}

json::value canonical(Monitor const& monitor, std::vector<std::string> const& files) {
  auto const& file = monitor.file.empty() && !files.empty() ? files.front() : monitor.file;
  return json::object{
      {"file", file},
      {"dataset", monitor.dataset},
      {"reference", monitor.reference ? json::value(*monitor.reference) : json::value("mean")}};
}

json::object canonical(Scan const& scan) {
  return {{"files", texts(scan.files)},
          {"dataset", scan.dataset},
          {"shape", json::object{{"height", scan.shape.height},
                                 {"slow", scan.shape.slow},
                                 {"fast", scan.shape.fast}}},
          {"slow", canonical(scan.slow)},
          {"fast", canonical(scan.fast)},
          {"height", canonical(scan.height)},
          {"snake", scan.snake},
          {"first_frame", scan.first_frame},
          {"incomplete", word(scan.incomplete)},
          {"bad_frames", word(scan.bad_frames)},
          {"monitor", scan.monitor ? canonical(*scan.monitor, scan.files) : json::value(nullptr)},
          {"invalid", canonical(scan.invalid)},
          {"saturated_above", or_null(scan.saturated_above)}};
}

json::object canonical(CalibrationFiles const& calibration) {
  json::value sample = nullptr;
  if (calibration.sample) {
    auto const& [incident_deg, tilt_deg, orientation] = *calibration.sample;
    sample = json::object{
        {"incident_deg", incident_deg}, {"tilt_deg", tilt_deg}, {"orientation", orientation}};
  }
  auto const convention =
      calibration.orientation_convention.value_or(core::OrientationConvention::since_2026_9);
  return {{"poni", calibration.poni},
          {"orientation_convention", word(convention)},
          {"detector_mask", calibration.detector_mask},
          {"mask", texts(calibration.mask)},
          {"dark", or_null(calibration.dark)},
          {"flat", or_null(calibration.flat)},
          {"variance", or_null(calibration.variance)},
          {"dark_variance", or_null(calibration.dark_variance)},
          {"absorption", or_null(calibration.absorption)},
          {"sample", sample}};
}

json::object canonical(Corrections const& corrections) {
  json::value polarization = nullptr;
  if (corrections.polarization) {
    polarization = json::object{{"factor", corrections.polarization->factor},
                                {"offset_deg", corrections.polarization->offset_deg}};
  }
  return {{"solid_angle", corrections.solid_angle},
          {"polarization", polarization},
          {"sensor_transmission", or_null(corrections.sensor_transmission)}};
}

json::value canonical(std::optional<std::pair<double, double>> const& range) {
  if (!range) return nullptr;
  return json::array{range->first, range->second};
}

// With the keys that its method and its pattern have.
json::object canonical(ReductionJob const& reduction) {
  auto const& binning = reduction.binning;
  json::object out{{"name", reduction.name},
                   {"method", word(reduction.method)},
                   {"pattern", word(binning.kind)},
                   {"splitting", word(binning.splitting)},
                   {"unit", std::string(core::name_of(binning.unit))},
                   {"error_model", word(reduction.error_model)},
                   {"std", reduction.deviation},
                   {"empty", or_null(reduction.empty)},
                   {"radial_range", canonical(binning.radial_range)},
                   {"azimuth_range_deg", canonical(binning.azimuth_range_deg)}};
  if (binning.kind != core::PatternKind::azimuthal) out["bins"] = binning.bins;
  if (binning.kind != core::PatternKind::radial) out["azimuthal_bins"] = binning.azimuthal_bins;
  if (reduction.method == core::Method::sigma_clip) {
    out["threshold"] = reduction.clip.threshold;
    out["cycles"] = reduction.clip.cycles;
  }
  if (reduction.method == core::Method::quantile_mean)
    out["quantiles"] = json::array{reduction.quantiles.lower, reduction.quantiles.upper};
  return out;
}

}  // namespace

bool same_numbers(ReductionJob const& a, ReductionJob const& b) {
  auto renamed = b;
  renamed.name = a.name;
  return canonical_text(canonical(a)) == canonical_text(canonical(renamed));
}

std::string canonical_job(Job const& job, std::string_view backend) {
  json::array reductions;
  for (auto const& reduction : job.reductions) reductions.push_back(canonical(reduction));
  return canonical_text(json::object{
      {"scan", canonical(job.scan)},
      {"calibration", canonical(job.calibration)},
      {"corrections", canonical(job.corrections)},
      {"reductions", reductions},
      {"run", json::object{{"engine", word(job.run.engine)}, {"backend", std::string(backend)}}}});
}

}  // namespace xrdct::config
