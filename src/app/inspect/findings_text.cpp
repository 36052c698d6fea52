// Says on one screen what was found in the files of a scan.
#include "app/inspect/findings_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "app/session/aligned_lines.hpp"
#include "core/words/names.hpp"

namespace xrdct::app {
namespace {

constexpr std::size_t width_of_names = 13;

std::string counted(std::size_t number, std::string const& one, std::string const& many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string with_unit(double number, std::string const& unit) {
  return fmt::format("{:.6g}{}{}", number, unit.empty() ? "" : " ", unit);
}

std::string range_text(FoundSeries const& series) {
  if (!series.moves()) return with_unit(series.low, series.unit);
  return fmt::format("{:.6g} … {}", series.low, with_unit(series.high, series.unit));
}

void add_files(AlignedLines& lines, Findings const& findings) {
  auto const& facts = findings.facts;
  std::string title = facts.title;
  if (!facts.start_time.empty()) title += (title.empty() ? "" : ", ") + facts.start_time;
  if (!facts.end_reason.empty()) title += (title.empty() ? "" : ", ") + facts.end_reason;
  if (!title.empty()) lines.add("title", title);
}

std::string stack_text(FoundStack const& stack) {
  std::string text = stack.path.empty() ? "images" : stack.path;
  if (stack.frames > 0)
    text += fmt::format(": {} × {} × {}",
                        counted(static_cast<std::size_t>(stack.frames), "frame", "frames"),
                        stack.shape.rows, stack.shape.columns);
  if (!stack.encoding.empty()) text += ", " + stack.encoding;
  if (stack.entries > 1) text += fmt::format(", in {} entries or files", stack.entries);
  auto names = stack.detectors;
  constexpr std::size_t most_names = 3;
  if (names.size() > most_names) names.resize(most_names);
  if (!names.empty()) text += " (" + core::listed(names) + "?)";
  if (!stack.problem.empty()) text += "; cannot be read: " + stack.problem;
  return text;
}

/// Those that may be frames; of others there may be many, such as masks and tables.
void add_stacks(AlignedLines& lines, Findings const& findings) {
  constexpr std::size_t most_listed = 12;
  auto const& stacks = findings.stacks;
  bool const has_likely = std::ranges::any_of(stacks, &FoundStack::likely);
  std::size_t listed = 0, others = 0;
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    bool const is_shown = findings.stack == i || stacks[i].likely || !has_likely;
    if (!is_shown || listed == most_listed) {
      ++others;
      continue;
    }
    bool const is_one_of_several = stacks.size() > 1 && findings.stack == i;
    lines.add(listed++ == 0 ? "frames" : "",
              stack_text(stacks[i]) + (is_one_of_several ? "  <- taken" : ""));
  }
  if (others > 0)
    lines.add("", counted(others, "other array", "other arrays") + " of two dimensions or more");
  if (stacks.empty()) lines.add("frames", "none");
}

void add_series(AlignedLines& lines, Findings const& findings, bool motors) {
  constexpr std::size_t most_listed = 16;
  std::size_t listed = 0, more = 0;
  std::size_t name_width = 0;
  auto const is_axis = [&](std::size_t i) {
    return findings.fast.series == i || findings.slow.series == i || findings.height.series == i;
  };
  auto const belongs = [&](std::size_t i) {
    auto const& series = findings.series[i];
    bool const is_motor = is_axis(i) || series.role == io::ValueRole::motor;
    return series.role != io::ValueRole::clock && is_motor == motors;
  };
  for (std::size_t i = 0; i < findings.series.size(); ++i)
    if (belongs(i)) name_width = std::max(name_width, findings.series[i].name.size());
  for (std::size_t i = 0; i < findings.series.size(); ++i) {
    if (!belongs(i)) continue;
    if (listed == most_listed) {
      ++more;
      continue;
    }
    auto const& series = findings.series[i];
    auto const name = listed++ == 0 ? (motors ? "motors" : "counters") : "";
    lines.add(name, fmt::format("{:<{}}  {:<24}  {}", series.name, name_width, range_text(series),
                                where_text(series.where)));
  }
  if (more > 0) lines.add("", fmt::format("… and {} more", more));
  if (motors && findings.motors_at_rest > 0)
    lines.add(listed == 0 ? "motors" : "",
              counted(findings.motors_at_rest, "motor", "motors") + " that stood still");
}

void add_facts(AlignedLines& lines, Findings const& findings) {
  auto const& facts = findings.facts;
  std::string beam;
  auto const add = [](std::string& text, std::string const& part) {
    text += (text.empty() ? "" : ", ") + part;
  };
  if (facts.energy())
    add(beam, fmt::format("{:.5g} keV ({:.5g} A)", *facts.energy(), *facts.wavelength()));
  if (facts.exposure_s) add(beam, fmt::format("exposure {:.4g} s", facts.exposure_s->value));
  if (!beam.empty()) lines.add("beam", beam);
  std::string detector = facts.detector == "Detector" ? "" : facts.detector;
  if (facts.distance_m) add(detector, fmt::format("distance {:.5g} m", facts.distance_m->value));
  if (facts.beam_row && facts.beam_column)
    add(detector, fmt::format("beam centre at row {:.5g}, column {:.5g}", facts.beam_row->value,
                              facts.beam_column->value));
  if (facts.pixel1_m)
    add(detector, fmt::format("pixels of {:.4g} µm", facts.pixel1_m->value * 1e6));
  if (!detector.empty()) lines.add("detector", detector);
  for (auto const& mask : findings.masks)
    lines.add("mask", fmt::format("{}, {:.2g} % of the pixels", mask.location, 100.0 * mask.share));
  if (findings.poni)
    lines.add("calibration", findings.poni_file + ", " + findings.poni->calibration.detector.name);
}

/// How lines run where no motor tells it.
void add_lines(AlignedLines& lines, Findings const& findings) {
  if (findings.placed || !findings.shape || findings.shape->slow * findings.shape->height < 2)
    return;
  std::string text = !findings.zigzag   ? "the same way, as nothing else is said"
                     : *findings.zigzag ? "to and fro, by --zigzag"
                                        : "the same way, by --no-zigzag";
  using enum core::LineEvidence::Finding;
  auto const& seen = findings.lines;
  if (seen && seen->finding == as_declared)
    text += fmt::format("; {} so, too (confidence {:.4g} %)", findings.lines_seen_by,
                        100.0 * std::min(seen->confidence, 0.9999));
  if (seen && seen->finding == cannot_tell) text += "; the sizes of the frames do not tell";
  lines.add("lines", text);
}

void add_scan(AlignedLines& lines, Findings const& findings) {
  auto const& shape = findings.shape;
  if (!findings.course.empty()) {
    lines.add("scan", findings.course);
  } else if (shape) {
    auto const height = shape->height > 1 ? fmt::format("{} heights × ", shape->height) : "";
    lines.add("scan", fmt::format("{}{} × {}, {}", height, counted(shape->slow, "line", "lines"),
                                  counted(shape->fast, "point", "points"), findings.shape_source));
  }
  add_lines(lines, findings);
  for (auto const* axis : {&findings.height, &findings.slow, &findings.fast}) {
    auto const* name = axis == &findings.fast ? "fast" : axis == &findings.slow ? "slow" : "height";
    if (!axis->name.empty()) lines.add(name, axis_text(*axis));
  }
}

void add_monitor(AlignedLines& lines, Findings const& findings) {
  if (findings.monitor) {
    auto const& series = findings.series[*findings.monitor];
    lines.add("monitor", series.name + ", " + range_text(series));
  } else if (!findings.monitors.empty()) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, findings.monitors.size()); ++i)
      names.push_back("--monitor " + findings.series[findings.monitors[i]].name);
    lines.add("monitor", "none is taken; " + core::listed(names) + " would take one");
  }
}

}  // namespace

std::string where_text(core::ValueName const& where) {
  if (!where.header.empty()) return "header " + where.header;
  std::string const file = where.file.empty() ? "" : " of " + where.file;
  return where.column.empty() ? where.dataset + file : "column " + where.column + file;
}

std::string axis_text(FoundAxis const& axis) {
  std::string text = axis.name;
  if (!axis.start) return text;
  constexpr double nothing = 1e-9;  // of a step: the rounding of a grid that was found
  if (axis.points == 1) return text + " at " + with_unit(*axis.start, axis.unit);
  if (!axis.step)
    return text +
           fmt::format(", {} places from {}", axis.points, with_unit(*axis.start, axis.unit));
  double const smallest = nothing * std::abs(*axis.step);
  auto const rounded = [&](double position) {
    return std::abs(position) < smallest ? 0.0 : position;
  };
  double const last = *axis.start + *axis.step * static_cast<double>(axis.points - 1);
  return text + fmt::format(" {:.6g} … {}, {} places in steps of {:.6g}", rounded(*axis.start),
                            with_unit(rounded(last), axis.unit), axis.points, *axis.step);
}

std::string findings_text(Findings const& findings) {
  AlignedLines lines(width_of_names);
  add_files(lines, findings);
  add_stacks(lines, findings);
  add_series(lines, findings, true);
  add_series(lines, findings, false);
  add_facts(lines, findings);
  add_scan(lines, findings);
  add_monitor(lines, findings);
  std::string const more = findings.files.size() > 1 || findings.file_count > 1
                               ? fmt::format(" ({})", counted(findings.file_count, "file", "files"))
                               : "";
  std::string text = (findings.files.empty() ? "" : findings.files.front()) +
                     (findings.files.size() > 1 ? " …" : "") + more + "\n" + lines.text();
  for (auto const& remark : findings.remarks) text += "note: " + remark + "\n";
  for (auto const& question : findings.questions)
    text += "question: " + question.text + "\n          answer it by " + question.option + "\n";
  return text;
}

}  // namespace xrdct::app
