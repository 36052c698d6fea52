// Makes a job of what was found in the files of a scan.
#include "app/inspect/found_job.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "app/files/scan_names.hpp"
#include "config/json/json_object.hpp"
#include "core/words/output_names.hpp"

namespace xrdct::app {
namespace {

using config::JsonObject;

/// "samx(xrfx)" is no name of an output; samx_xrfx is.
std::string as_axis_name(std::string const& motor) {
  std::string name;
  for (char const c : motor) {
    bool const fits = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (fits) name += c;
    if (!fits && !name.empty() && !name.ends_with('_')) name += '_';
  }
  while (name.ends_with('_')) name.pop_back();
  bool const is_number = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) != 0;
  bool const is_taken = core::is_one_of(name, core::names_beside_axes);
  return name.empty() || is_number || is_taken ? "motor_" + name : name;
}

class JobMaker {
 public:
  JobMaker(Findings const& findings, std::filesystem::path const& folder)
      : findings_(findings), folder_(folder) {}

  FoundJob make() {
    JsonObject job, output;
    output.text("file", stem_of_scan(findings_.files) + "_xrdct.h5");
    job.raw("scan", scan())
        .raw("calibration", calibration())
        .raw("reductions",
             R"([{"name": "mean", "method": "mean", "unit": "q_nm^-1", "bins": 1000}])")
        .raw("output", output.done());
    return {config::tidy_json(job.done()), to_fill_in_};
  }

 private:
  std::string to_fill_in(std::string const& path, std::string const& what) {
    to_fill_in_.push_back("$." + path + ": " + what);
    return config::in_quotes("FILL IN: " + what);
  }

  std::string files() const {
    std::string list;
    for (auto const& file : findings_.files)
      list += (list.empty() ? "" : ", ") + config::in_quotes(as_in_job(file, folder_));
    return "[" + list + "]";
  }

  std::string value(core::ValueName const& where) const {
    JsonObject object;
    add_value(object, where);
    return object.done();
  }

  void add_value(JsonObject& object, core::ValueName const& where) const {
    if (!where.file.empty()) object.text("file", as_in_job(where.file, folder_));
    if (!where.dataset.empty()) object.text("dataset", where.dataset);
    if (!where.column.empty()) object.text("column", where.column);
    if (!where.header.empty()) object.text("header", where.header);
    if (where.first) object.count("first", *where.first);
  }

  std::string shape() {
    JsonObject shape;
    auto const& known = findings_.shape;
    if (!known) {
      shape.raw("slow", to_fill_in("scan.shape.slow", "the number of lines"))
          .raw("fast", to_fill_in("scan.shape.fast", "the number of points of a line"));
      return shape.done();
    }
    if (known->height > 1) shape.count("height", known->height);
    shape.count("slow", known->slow).count("fast", known->fast);
    return shape.done();
  }

  std::string positions() const {
    JsonObject positions;
    auto const add = [&](std::string_view key, FoundAxis const& axis) {
      if (axis.series) positions.raw(key, value(findings_.series[*axis.series].where));
    };
    add("height", findings_.height);
    add("slow", findings_.slow);
    add("fast", findings_.fast);
    return positions.done();
  }

  void add_axis(JsonObject& scan, std::string_view key, FoundAxis const& axis) const {
    if (axis.name.empty()) return;
    JsonObject object;
    object.text("name", as_axis_name(axis.name));
    if (!findings_.placed && axis.start) object.number("start", *axis.start);
    if (!findings_.placed && axis.step) object.number("step", *axis.step);
    if (!axis.unit.empty()) object.text("unit", axis.unit);
    scan.raw(key, object.done());
  }

  std::string scan() {
    JsonObject scan;
    auto const* stack = findings_.taken();
    scan.raw("files", files());
    scan.raw("dataset", stack != nullptr
                            ? config::in_quotes(stack->path)
                            : to_fill_in("scan.dataset", "the path of the frames in the file"));
    if (findings_.placed) {
      scan.raw("positions", positions());
    } else {
      scan.raw("shape", shape());
    }
    add_axis(scan, "height", findings_.height);
    add_axis(scan, "slow", findings_.slow);
    add_axis(scan, "fast", findings_.fast);
    add_what_is_missing(scan);
    add_monitor(scan);
    return scan.done();
  }

  void add_what_is_missing(JsonObject& scan) const {
    if (findings_.placed) {
      auto const& course = findings_.placed->course;
      if (course.empty_places > 0) scan.text("incomplete", "nan");
      if (course.repeated_frames > 0) scan.text("repeated", "last");
    } else {
      if (findings_.zigzag) scan.flag("snake", *findings_.zigzag);
      if (findings_.stopped_early) scan.text("incomplete", "nan");
    }
  }

  void add_monitor(JsonObject& scan) const {
    if (!findings_.monitor) return;
    JsonObject monitor;
    add_value(monitor, findings_.series[*findings_.monitor].where);
    monitor.text("reference", "mean");
    scan.raw("monitor", monitor.done());
  }

  std::string calibration() {
    JsonObject calibration;
    calibration.raw("poni", findings_.poni_file.empty()
                                ? to_fill_in("calibration.poni", "the PONI file of this detector")
                                : config::in_quotes(as_in_job(findings_.poni_file, folder_)));
    std::string masks;
    for (auto const& mask : findings_.masks)
      masks += (masks.empty() ? "" : ", ") + config::in_quotes(as_in_job(mask.location, folder_));
    if (!masks.empty()) calibration.raw("mask", "[" + masks + "]");
    return calibration.done();
  }

  Findings const& findings_;
  std::filesystem::path const& folder_;
  std::vector<std::string> to_fill_in_;
};

}  // namespace

FoundJob found_job(Findings const& findings, std::filesystem::path const& folder) {
  return JobMaker(findings, folder).make();
}

}  // namespace xrdct::app
