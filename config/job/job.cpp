// Reads a job, and says what its values mean for the computation.
#include "config/job/job.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <numbers>

#include "config/job/job_checks.hpp"
#include "config/job/job_editing.hpp"
#include "config/json/job_kind.hpp"
#include "config/json/json_text.hpp"
#include "config/keys/object.hpp"
#include "config/text/text_file.hpp"
#include "core/words/problems.hpp"

namespace xrdct::config {
namespace {

constexpr double radian_per_deg = std::numbers::pi / 180.0;

}  // namespace

std::size_t ReductionJob::bins() const noexcept {
  switch (binning.kind) {
    case core::PatternKind::radial:
      return binning.bins;
    case core::PatternKind::azimuthal:
      return binning.azimuthal_bins;
    case core::PatternKind::cake:
      return binning.azimuthal_bins * binning.bins;
  }
  return 0;
}

core::FinishRule finish_rule(ReductionJob const& reduction) {
  core::FinishRule rule{.method = reduction.method, .error_model = reduction.error_model};
  if (reduction.empty) rule.empty = static_cast<float>(*reduction.empty);
  return rule;
}

core::ValidValues valid_values(Scan const& scan, core::ValidValues const& by_type) {
  using Rule = core::InvalidRule;
  core::ValidValues valid =
      scan.invalid.rule == Rule::type_default ? by_type : core::ValidValues::all();
  if (scan.invalid.rule == Rule::values) valid.invalid = scan.invalid.values;
  if (scan.saturated_above) valid.highest = std::min(valid.highest, *scan.saturated_above);
  return valid;
}

core::CorrectionChoice correction_choice(Corrections const& corrections) {
  core::CorrectionChoice choice{.solid_angle = corrections.solid_angle,
                                .sensor_transmission = corrections.sensor_transmission};
  if (auto const& polarization = corrections.polarization)
    choice.polarization = {polarization->factor, polarization->offset_deg * radian_per_deg};
  return choice;
}

core::SampleOrientation sample_orientation(CalibrationFiles const& calibration) {
  if (!calibration.sample) return {};
  auto const& [incident_deg, tilt_deg, orientation] = *calibration.sample;
  return {.incident_rad = incident_deg * radian_per_deg,
          .tilt_rad = tilt_deg * radian_per_deg,
          .orientation = orientation};
}

std::filesystem::path Job::resolve(std::string const& path) const {
  return (folder / path).lexically_normal();
}

core::ValueName Job::resolve(core::ValueName name) const {
  if (!name.file.empty()) name.file = resolve(name.file).string();
  return name;
}

JobReading parse_whole_job(std::string_view text, std::string const& file_name,
                           std::filesystem::path const& folder, std::span<JobEdit const> edits) {
  auto value = parse_json(
      text, file_name,
      "a job has no comments and no comma after the last entry, and its text stands in \"…\"");
  expect_own_job(value, file_name,
                 {.key = "scan",
                  .command = "reduce",
                  .other_key = "sinograms",
                  .other_command = "reconstruct",
                  .other_look = "with --dry-run to check it"});
  JsonProblems problems(file_name);
  for (auto const& path : duplicate_keys(text))
    problems.add(path, "each key once", "it a second time");
  apply(edits, value, problems);
  Job job;
  job.folder = folder;
  Object<Job>().read(JsonItem(value, "$", problems), job);
  check_job(job, problems);
  return {std::move(job), problems.list()};
}

Job parse_job(std::string_view text, std::string const& file_name,
              std::filesystem::path const& folder) {
  auto reading = parse_whole_job(text, file_name, folder);
  core::Problems(reading.problems).throw_if_any();
  return std::move(reading.job);
}

JobReading read_whole_job(std::filesystem::path const& file, std::span<JobEdit const> edits) {
  auto const path = std::filesystem::absolute(file);
  auto reading = parse_whole_job(text_of_file(file, "a job file", "give the path of a job"),
                                 file.string(), path.parent_path(), edits);
  reading.job.file = path;
  return reading;
}

Job read_job(std::filesystem::path const& file) {
  auto reading = read_whole_job(file);
  core::Problems(reading.problems).throw_if_any();
  return std::move(reading.job);
}

}  // namespace xrdct::config
