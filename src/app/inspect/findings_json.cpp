// Writes what was found in the files of a scan for scripts.
#include <cmath>

#include "app/inspect/findings_text.hpp"
#include "config/json/json_object.hpp"

namespace xrdct::app {
namespace {

using config::JsonObject;

std::string list_of(std::vector<std::string> const& items) {
  std::string text;
  for (auto const& item : items) text += (text.empty() ? "" : ", ") + item;
  return "[" + text + "]";
}

std::string texts(std::vector<std::string> const& items) {
  std::vector<std::string> quoted;
  for (auto const& item : items) quoted.push_back(config::in_quotes(item));
  return list_of(quoted);
}

void add_number(JsonObject& object, std::string_view key, std::optional<double> number) {
  if (number && std::isfinite(*number)) {
    object.number(key, *number);
  } else {
    object.raw(key, "null");
  }
}

std::string where_json(core::ValueName const& where) {
  JsonObject object;
  if (!where.file.empty()) object.text("file", where.file);
  if (!where.dataset.empty()) object.text("dataset", where.dataset);
  if (!where.column.empty()) object.text("column", where.column);
  if (!where.header.empty()) object.text("header", where.header);
  if (where.first) object.count("first", *where.first);
  return object.done();
}

std::string stack_json(FoundStack const& stack, bool taken) {
  JsonObject object;
  object.text("dataset", stack.path)
      .count("frames", stack.frames)
      .count("rows", stack.shape.rows)
      .count("columns", stack.shape.columns)
      .text("encoding", stack.encoding)
      .count("entries", stack.entries)
      .raw("detectors", texts(stack.detectors))
      .flag("likely", stack.likely)
      .flag("taken", taken)
      .text("problem", stack.problem);
  return object.done();
}

std::string series_json(FoundSeries const& series) {
  JsonObject object;
  object.text("name", series.name)
      .text("unit", series.unit)
      .text("role", series.role == io::ValueRole::motor     ? "motor"
                    : series.role == io::ValueRole::counter ? "counter"
                                                            : "clock")
      .raw("where", where_json(series.where));
  add_number(object, "low", series.low);
  add_number(object, "high", series.high);
  return object.done();
}

std::string axis_json(Findings const& findings, FoundAxis const& axis) {
  if (axis.name.empty()) return "null";
  JsonObject object;
  object.text("name", axis.name).text("unit", axis.unit).count("points", axis.points);
  add_number(object, "start", axis.start);
  add_number(object, "step", axis.step);
  object.raw("where", axis.series ? where_json(findings.series[*axis.series].where) : "null");
  return object.done();
}

std::string facts_json(io::ScanFacts const& facts) {
  auto const value = [](std::optional<io::FoundFact> const& fact) {
    return fact ? std::optional(fact->value) : std::nullopt;
  };
  JsonObject object;
  object.text("title", facts.title)
      .text("end_reason", facts.end_reason)
      .text("start_time", facts.start_time)
      .text("detector", facts.detector);
  add_number(object, "energy_keV", facts.energy());
  add_number(object, "wavelength_A", facts.wavelength());
  add_number(object, "distance_m", value(facts.distance_m));
  add_number(object, "exposure_s", value(facts.exposure_s));
  add_number(object, "beam_row", value(facts.beam_row));
  add_number(object, "beam_column", value(facts.beam_column));
  add_number(object, "pixel1_m", value(facts.pixel1_m));
  add_number(object, "pixel2_m", value(facts.pixel2_m));
  return object.done();
}

std::string_view word_of(core::LineEvidence::Finding finding) {
  using enum core::LineEvidence::Finding;
  switch (finding) {
    case cannot_tell:
      return "cannot_tell";
    case as_declared:
      return "as_declared";
    case zigzag:
      return "zigzag";
    case no_zigzag:
      return "no_zigzag";
    case broken_zigzag:
      return "broken_zigzag";
    case other_length:
      return "other_length";
  }
  return "";
}

std::string lines_json(Findings const& findings) {
  if (!findings.lines) return "null";
  JsonObject object;
  object.text("finding", std::string(word_of(findings.lines->finding)))
      .number("confidence", findings.lines->confidence)
      .count("fast", findings.lines->fast)
      .text("seen", findings.lines_seen_by);
  return object.done();
}

std::string scan_json(Findings const& findings) {
  JsonObject object;
  object.text("course", findings.course);
  if (findings.shape) {
    JsonObject shape;
    shape.count("height", findings.shape->height)
        .count("slow", findings.shape->slow)
        .count("fast", findings.shape->fast);
    object.raw("shape", shape.done());
  } else {
    object.raw("shape", "null");
  }
  object.text("shape_source", findings.placed ? "by positions" : findings.shape_source)
      .raw("height", axis_json(findings, findings.height))
      .raw("slow", axis_json(findings, findings.slow))
      .raw("fast", axis_json(findings, findings.fast))
      .raw("lines", lines_json(findings));
  if (findings.placed) {
    auto const& course = findings.placed->course;
    object.count("frames_placed", course.placed)
        .count("frames_without_place", course.unknown + course.outside)
        .count("frames_repeated", course.repeated_frames)
        .count("empty_places", course.empty_places);
  }
  return object.done();
}

}  // namespace

std::string findings_json(Findings const& findings) {
  std::vector<std::string> stacks, series, questions, monitors, masks;
  for (std::size_t i = 0; i < findings.stacks.size(); ++i)
    stacks.push_back(stack_json(findings.stacks[i], findings.stack == i));
  for (auto const& found : findings.series) series.push_back(series_json(found));
  for (auto const& [text, option, key] : findings.questions) {
    JsonObject question;
    question.text("text", text).text("option", option).text("key", key);
    questions.push_back(question.done());
  }
  for (auto const i : findings.monitors)
    monitors.push_back(config::in_quotes(findings.series[i].name));
  for (auto const& mask : findings.masks) masks.push_back(mask.location);
  JsonObject object;
  object.text("program", "xrdct")
      .raw("files", texts(findings.files))
      .count("file_count", findings.file_count)
      .raw("stacks", list_of(stacks))
      .raw("facts", facts_json(findings.facts))
      .raw("series", list_of(series))
      .count("motors_at_rest", findings.motors_at_rest)
      .raw("masks", texts(masks))
      .raw("scan", scan_json(findings))
      .raw("monitors", list_of(monitors))
      .raw("questions", list_of(questions))
      .raw("remarks", texts(findings.remarks));
  return config::tidy_json(object.done());
}

}  // namespace xrdct::app
