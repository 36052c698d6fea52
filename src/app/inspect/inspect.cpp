// `xrdct inspect`: what lies in files, how the scan went, and a job of it.
#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "app/files/scan_names.hpp"
#include "app/inspect/commands.hpp"
#include "app/inspect/findings_text.hpp"
#include "app/inspect/found_job.hpp"
#include "app/inspect/inspect_scan.hpp"
#include "app/session/context.hpp"
#include "app/session/option_checks.hpp"
#include "config/text/text_file.hpp"
#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

/// A job that is there already is somebody's work, unless it is the same to the letter.
void write_job(std::string const& file, std::string const& text) {
  std::error_code failure;
  if (fs::exists(fs::symlink_status(file, failure))) {
    bool const is_file = fs::is_regular_file(file, failure);
    if (is_file && config::text_of_file(file, "a job file", "") == text) return;
    throw core::InputError({.what = "write " + file,
                            .expected = "no such file",
                            .found = is_file ? "another job or file" : "one that is no file",
                            .attempt = "move it, or choose another name"});
  }
  io::write_file(file, text);
}

std::string in_quotes(std::string const& word) {
  return word.find_first_of("*?[]() ") != std::string::npos ? "'" + word + "'" : word;
}

void tell_job(std::string const& file, FoundJob const& job, Findings const& findings) {
  bool const is_complete = job.to_fill_in.empty() && findings.questions.empty();
  std::cout << fmt::format("{} is written{}\n", file,
                           is_complete ? "; next: xrdct check " + in_quotes(file)
                                       : ", but look at it before it is run:");
  for (auto const& place : job.to_fill_in) std::cout << "  fill in " << place << "\n";
  if (!findings.questions.empty()) std::cout << "  answer the questions above\n";
}

/// The same command with what is left to give.
std::string next_step(InspectOptions const& options) {
  constexpr std::size_t most_named = 3;
  std::string words;
  for (std::size_t i = 0; i < std::min(most_named, options.words.size()); ++i)
    words += " " + in_quotes(options.words[i]);
  if (options.words.size() > most_named) words += " …";
  auto const add = [&](std::string const& name, std::optional<std::string> const& value) {
    if (value) words += " " + name + " " + in_quotes(*value);
  };
  add("--stack", options.stack);
  add("--detector", options.detector);
  add("--fast", options.fast);
  add("--slow", options.slow);
  add("--height", options.height);
  add("--monitor", options.monitor);
  add("--table", options.table);
  add("--shape", options.shape);
  if (options.zigzag) words += *options.zigzag ? " --zigzag" : " --no-zigzag";
  if (options.stopped_early) words += " --stopped-early";
  add("--poni", options.poni.empty() ? "calib.poni" : options.poni);
  return "next: xrdct inspect" + words + " --write-job job.json\n";
}

void inspect(InspectOptions const& options) {
  auto const findings = inspect_scan(options);
  if (options.json) {
    std::cout << findings_json(findings);
  } else {
    std::cout << findings_text(findings);
  }
  if (!options.job.empty()) {
    auto const job = found_job(findings, fs::path(options.job).parent_path());
    write_job(options.job, job.text);
    if (!options.json) tell_job(options.job, job, findings);
  } else if (!options.json && findings.taken() != nullptr) {
    std::cout << next_step(options);
  }
  std::cout << std::flush;
}

void add_options(CLI::App& command, InspectOptions& options) {
  auto const* const answers = "Answers to its questions";
  command
      .add_option("files", options.words,
                  "Files of one scan: HDF5, images, a folder, a pattern such as 'img_*.cbf' or "
                  "img_%05d.cbf, a list @files.txt")
      ->option_text("FILE … REQUIRED")
      ->check(some_name())
      ->required();
  command.add_option("--poni", options.poni, "Calibration (PONI file)")->check(some_name());
  command
      .add_option("--write-job", options.job,
                  "Write a job for xrdct reduce with all that was found; never over another file")
      ->check(some_name());
  command.add_flag("--json", options.json, "Print JSON for scripts, see docs/inspect.md");
  command
      .add_option("--stack", options.stack,
                  "Path of the frames in the file, such as /1.1/measurement/eiger")
      ->check(some_name())
      ->group(answers);
  command
      .add_option("--detector", options.detector,
                  "The detector of several, by a part of its path, such as PIL9")
      ->check(some_name())
      ->group(answers);
  command.add_option("--fast", options.fast, "Motor of the points of a line")
      ->check(some_name())
      ->group(answers);
  command.add_option("--slow", options.slow, "Motor that goes from line to line")
      ->check(some_name())
      ->group(answers);
  command.add_option("--height", options.height, "Motor that goes from height to height")
      ->check(some_name())
      ->group(answers);
  command.add_option("--monitor", options.monitor, "Counter of the incoming beam")
      ->check(some_name())
      ->group(answers);
  command
      .add_option("--table", options.table,
                  "Table of motors and counters, a row for each frame: SPEC (file, or file:/3.1), "
                  "CSV or columns")
      ->check(some_name())
      ->group(answers);
  command
      .add_option("--shape", options.shape,
                  "Lines x points, or heights x lines x points, where no positions are known: "
                  "96x61")
      ->check(some_name())
      ->group(answers);
  command
      .add_flag_callback(
          "--zigzag", [&options] { options.zigzag = true; },
          "Where no positions are known: every second line runs back")
      ->group(answers);
  command
      .add_flag_callback(
          "--no-zigzag", [&options] { options.zigzag = false; },
          "Where no positions are known: all lines run the same way")
      ->group(answers);
  command
      .add_flag("--stopped-early", options.stopped_early,
                "Where no positions are known: the frames that are missing are the last ones")
      ->group(answers);
}

}  // namespace

void add_inspect(CLI::App& app, Context& context) {
  auto const options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand(
      "inspect",
      "Show what lies in the files of a scan and how it went, and write a job of it:\n"
      "  xrdct inspect scan_0001_master.h5 --poni calib.poni --write-job job.json");
  add_options(*command, *options);
  command->callback([options, &context] { context.work = [=] { inspect(*options); }; });
}

}  // namespace xrdct::app
