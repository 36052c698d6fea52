// Reads a job, key by key, and gathers every problem.
#include "config/job/job.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <numbers>

#include "config/job/job_checks.hpp"
#include "config/job/job_reductions.hpp"
#include "config/json/json_reader.hpp"
#include "config/json/json_text.hpp"
#include "config/text/text_file.hpp"
#include "core/words/errors.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

constexpr double radian_per_deg = std::numbers::pi / 180.0;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double smallest_factor = 1e-30,
                 largest_factor = 1e30;  // beyond them float32 intensities end at 0 or infinity
constexpr std::int64_t most_threads = 65'536;
constexpr std::int64_t longest_watchdog_s = 1'000'000;
constexpr std::size_t most_invalid_values = 16;  // of core::ValidValues

void read_texts(JsonItem const& item, std::vector<std::string>& to, std::string const& what,
                std::string const& example) {
  auto const items = item.items("a list of " + what + "s", example);
  if (!items) return;
  to.resize(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) (*items)[i].read(to[i], "a " + what);
}

// A list of two or three numbers is reported as the object that it stands for.
void reject_shape_list(JsonItem const& item, json::array const& list) {
  std::string const example = "an object such as {\"slow\": 96, \"fast\": 61}";
  bool const counts =
      list.size() >= 2 && list.size() <= 3 &&
      std::all_of(list.begin(), list.end(), [](auto const& n) { return n.is_int64(); });
  if (!counts) return item.reject(example);
  auto const number = [&](std::size_t from_end) {
    return std::to_string(list[list.size() - from_end].get_int64());
  };
  item.reject(example, "write {" + (list.size() == 3 ? "\"height\": " + number(3) + ", " : "") +
                           "\"slow\": " + number(2) + ", \"fast\": " + number(1) + "}");
}

void read_shape(JsonItem const& item, core::ScanShape& shape) {
  if (auto const* list = item.value().if_array()) return reject_shape_list(item, *list);
  ObjectReader reader(item, {"{\"slow\": 96, \"fast\": 61}", ""});
  auto const read = [](std::optional<JsonItem> const& count, std::size_t& to) {
    if (!count) return;
    if (auto const number = count->integer(1)) to = static_cast<std::size_t>(*number);
  };
  read(reader.find("height"), shape.height);
  read(reader.require("slow", "the number of slow lines"), shape.slow);
  read(reader.require("fast", "the number of points of a line"), shape.fast);
  reader.finish();
}

void read_axis(JsonItem const& item, ScanAxis& axis) {
  ObjectReader reader(item,
                      {"{\"name\": \"rotation\", \"start\": 0, \"step\": 1.8, \"unit\": \"deg\"}",
                       item.value().is_string() ? "name" : "step"});
  if (auto const name = reader.find("name")) {
    name->read(axis.name, "a name");
    check_name(*name, axis.name);
  }
  if (auto const start = reader.find("start"))
    axis.start = start->number(-infinity, infinity, "a number").value_or(axis.start);
  if (auto const step = reader.nullable("step"))
    axis.step = step->number(-infinity, infinity, "a number or null");
  if (auto const unit = reader.find("unit"); unit && unit->value() != "")
    unit->read(axis.unit, "a unit such as \"mm\"");
  reader.finish();
}

std::optional<Monitor> read_monitor(JsonItem const& item) {
  Monitor monitor;
  ObjectReader reader(item,
                      {"{\"file\": \"scan.h5\", \"dataset\": \"/entry/monitor\"}", "dataset"});
  if (auto const file = reader.find("file")) file->read(monitor.file, "a file");
  if (auto const dataset = reader.require("dataset", "the dataset of the monitor"))
    dataset->read(monitor.dataset, "the path of a dataset");
  if (auto const reference = reader.find("reference")) {
    auto const* text = reference->value().if_string();
    bool const is_mean = text != nullptr && *text == "mean";
    monitor.reference =
        is_mean ? std::nullopt : reference->positive_number("\"mean\" or a number above 0");
    if (!is_mean && monitor.reference &&
        (*monitor.reference < smallest_factor || *monitor.reference > largest_factor))
      reference->reject(
          "\"mean\" or a number from 1e-30 to 1e30, such as 1 or the usual counts of the monitor");
  }
  reader.finish();
  return monitor;
}

void read_invalid(JsonItem const& item, InvalidValues& invalid) {
  std::string const expected = "\"default\", \"none\" or a list of 1 to " +
                               std::to_string(most_invalid_values) +
                               " numbers and ranges [low, high]";
  auto const* text = item.value().if_string();
  auto const rule = text != nullptr ? core::named<core::InvalidRule>(*text) : std::nullopt;
  if (rule) {
    invalid.rule = *rule;
  } else if (auto const items = item.items(expected)) {
    invalid.rule = core::InvalidRule::values;
    if (items->empty() || items->size() > most_invalid_values) item.reject(expected);
    for (auto const& value : *items) {
      if (value.value().is_array()) {
        if (auto const range = read_range(value, -infinity, infinity))
          invalid.values.push_back({range->first, range->second});
      } else if (auto const number =
                     value.number(-infinity, infinity, "a number or a range [low, high]")) {
        invalid.values.push_back({*number, *number});
      }
    }
  }
}

void read_scan(JsonItem const& item, Scan& scan) {
  ObjectReader reader(item,
                      {"{\"files\": [\"scan.h5\"], \"shape\": {\"slow\": 96, \"fast\": 61}}", ""});
  if (auto const files = reader.require("files", "a list of files")) {
    read_texts(*files, scan.files, "file", "[\"scan_0001_master.h5\"]");
    if (auto const* list = files->value().if_array(); list && list->empty())
      files->reject("at least one file");
  }
  if (auto const dataset = reader.find("dataset"))
    dataset->read(scan.dataset, "the path of a dataset");
  if (auto const shape = reader.require("shape", "an object with height, slow and fast"))
    read_shape(*shape, scan.shape);
  if (auto const axis = reader.find("slow")) read_axis(*axis, scan.slow);
  if (auto const axis = reader.find("fast")) read_axis(*axis, scan.fast);
  if (auto const axis = reader.find("height")) read_axis(*axis, scan.height);
  if (auto const snake = reader.find("snake")) snake->read(scan.snake);
  if (auto const first = reader.find("first_frame"))
    scan.first_frame = first->integer(0).value_or(0);
  if (auto const incomplete = reader.find("incomplete")) incomplete->read(scan.incomplete);
  if (auto const monitor = reader.nullable("monitor")) scan.monitor = read_monitor(*monitor);
  if (auto const invalid = reader.find("invalid")) read_invalid(*invalid, scan.invalid);
  if (auto const limit = reader.nullable("saturated_above"))
    scan.saturated_above = limit->number(0.0, infinity, "a number");
  reader.finish();
}

Sample read_sample(JsonItem const& item) {
  Sample sample;
  ObjectReader reader(item, {"{\"incident_deg\": 0.2}", "incident_deg"});
  if (auto const angle = reader.find("incident_deg"))
    sample.incident_deg = angle->number(-360.0, 360.0, "an angle in degrees").value_or(0.0);
  if (auto const angle = reader.find("tilt_deg"))
    sample.tilt_deg = angle->number(-360.0, 360.0, "an angle in degrees").value_or(0.0);
  if (auto const orientation = reader.find("orientation"))
    sample.orientation = static_cast<int>(orientation->integer(1, 8).value_or(1));
  reader.finish();
  return sample;
}

void read_calibration(JsonItem const& item, CalibrationFiles& calibration) {
  ObjectReader reader(item, {"{\"poni\": \"calib.poni\"}", item.value().is_string() ? "poni" : ""});
  if (auto const poni = reader.require("poni", "a PONI file"))
    poni->read(calibration.poni, "a PONI file");
  if (auto const convention = reader.nullable("orientation_convention")) {
    auto chosen = core::OrientationConvention::since_2026_9;
    convention->read(chosen);
    calibration.orientation_convention = chosen;
  }
  if (auto const detector_mask = reader.find("detector_mask"))
    detector_mask->read(calibration.detector_mask);
  if (auto const mask = reader.find("mask"))
    read_texts(*mask, calibration.mask, "mask file", "[\"mask.edf\"]");
  auto const read_image = [](std::optional<JsonItem> const& image, std::optional<std::string>& to) {
    if (image) image->read(to.emplace(), "an image file or null");
  };
  read_image(reader.nullable("dark"), calibration.dark);
  read_image(reader.nullable("flat"), calibration.flat);
  read_image(reader.nullable("variance"), calibration.variance);
  read_image(reader.nullable("dark_variance"), calibration.dark_variance);
  read_image(reader.nullable("absorption"), calibration.absorption);
  if (auto const sample = reader.nullable("sample")) calibration.sample = read_sample(*sample);
  reader.finish();
}

std::optional<Polarization> read_polarization(JsonItem const& item) {
  Polarization polarization;
  ObjectReader reader(item, {"{\"factor\": 0.99}", item.value().is_number() ? "factor" : ""});
  if (auto const factor = reader.require("factor", "a number from -1 to 1")) {
    polarization.factor = factor->number(-1.0, 1.0, "a number").value_or(polarization.factor);
  }
  if (auto const offset = reader.find("offset_deg"))
    polarization.offset_deg = offset->number(-360.0, 360.0, "an angle in degrees").value_or(0.0);
  reader.finish();
  return polarization;
}

void read_corrections(JsonItem const& item, Corrections& corrections) {
  ObjectReader reader(item, {"{\"solid_angle\": true}", ""});
  if (auto const solid_angle = reader.find("solid_angle"))
    solid_angle->read(corrections.solid_angle);
  if (auto const polarization = reader.nullable("polarization"))
    corrections.polarization = read_polarization(*polarization);
  if (auto const transmission = reader.nullable("sensor_transmission")) {
    auto const number =
        transmission->value().is_number() ? transmission->value().to_number<double>() : 0.0;
    if (number > 0.0 && number < 1.0) corrections.sensor_transmission = number;
    if (!corrections.sensor_transmission) transmission->reject("a number between 0 and 1");
  }
  reader.finish();
}

void read_output(JsonItem const& item, Output& output) {
  ObjectReader reader(item,
                      {"{\"file\": \"scan_xrdct.h5\"}", item.value().is_string() ? "file" : ""});
  if (auto const file = reader.require("file", "a file to be written"))
    file->read(output.file, "a file to be written");
  if (auto const overwrite = reader.find("overwrite")) overwrite->read(output.overwrite);
  reader.finish();
}

void read_run(JsonItem const& item, Run& run) {
  ObjectReader reader(item,
                      {"{\"engine\": \"fused\"}", item.value().is_number() ? "threads" : "engine"});
  if (auto const engine = reader.find("engine")) engine->read(run.engine);
  if (auto const writer = reader.find("writer")) writer->read(run.writer);
  if (auto const threads = reader.find("threads"))
    run.threads = static_cast<int>(threads->integer(0, most_threads).value_or(0));
  if (auto const watchdog = reader.find("watchdog_s"))
    run.watchdog_s = static_cast<int>(watchdog->integer(0, longest_watchdog_s).value_or(0));
  reader.finish();
}

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

core::ValidValues valid_values(Scan const& scan, core::PixelType type) {
  using Rule = core::InvalidRule;
  core::ValidValues valid = scan.invalid.rule == Rule::type_default ? core::ValidValues::of(type)
                                                                    : core::ValidValues::all();
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

JobReading parse_whole_job(std::string_view text, std::string const& file_name,
                           std::filesystem::path const& folder) {
  auto const value = parse_json(
      text, file_name,
      "a job has no comments and no comma after the last entry, and its text stands in \"…\"");
  Problems problems(file_name);
  for (auto const& path : duplicate_keys(text))
    problems.add(path, "each key once", "it a second time");
  Job job;
  job.folder = folder;
  ObjectReader reader(JsonItem(value, "$", problems));
  std::string schema;  // for editors; it decides nothing and is not kept
  if (auto const named = reader.find("$schema"))
    named->read(schema, "the path or URL of the schema");
  if (auto const scan = reader.require("scan", "an object with the files of the scan"))
    read_scan(*scan, job.scan);
  if (auto const calibration = reader.require("calibration", "an object with the PONI file"))
    read_calibration(*calibration, job.calibration);
  if (auto const corrections = reader.find("corrections"))
    read_corrections(*corrections, job.corrections);
  if (auto const reductions = reader.require("reductions", "a list of reductions"))
    read_reductions(*reductions, job.reductions);
  if (auto const output = reader.require("output", "an object with the file to be written"))
    read_output(*output, job.output);
  if (auto const run = reader.find("run")) read_run(*run, job.run);
  reader.finish();
  check_job(job, problems);
  return {std::move(job), problems.list()};
}

Job parse_job(std::string_view text, std::string const& file_name,
              std::filesystem::path const& folder) {
  auto reading = parse_whole_job(text, file_name, folder);
  if (!reading.problems.empty()) throw core::InputError(reading.problems);
  return std::move(reading.job);
}

JobReading read_whole_job(std::filesystem::path const& file) {
  auto const path = std::filesystem::absolute(file);
  auto reading = parse_whole_job(text_of_file(file, "a job file", "give the path of a job"),
                                 file.string(), path.parent_path());
  reading.job.file = path;
  return reading;
}

Job read_job(std::filesystem::path const& file) {
  auto reading = read_whole_job(file);
  if (!reading.problems.empty()) throw core::InputError(reading.problems);
  return std::move(reading.job);
}

}  // namespace xrdct::config
