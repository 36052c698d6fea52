// Finds out which scans a command line asks for, and with which jobs.
#include "app/jobs/scan_list.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "app/files/scan_names.hpp"
#include "app/inspect/found_job.hpp"
#include "app/inspect/inspect_scan.hpp"
#include "config/json/json_object.hpp"
#include "core/words/errors.hpp"
#include "core/words/problems.hpp"
#include "io/guard/file_origin.hpp"
#include "io/ranks/agreement.hpp"

namespace xrdct::app {
namespace {

namespace fs = std::filesystem;

bool is_called_job(std::string const& word) { return word.ends_with(".json"); }

/// The words of a command line, sorted: jobs, and files of frames.
struct Words {
  std::vector<std::string> jobs, files;
};

Words sorted_words(ReduceOptions const& options) {
  Words words;
  for (auto const& word : options.words)
    (is_called_job(word) ? words.jobs : words.files).push_back(word);
  if (!words.jobs.empty() || options.poni) return words;
  // a job may have any name
  auto const& first = words.files.front();
  if (names_frames(first)) {
    throw core::InputError({.what = "reduce " + first,
                            .expected = "a job file (JSON), or --poni with the calibration",
                            .found = "files of frames alone",
                            .attempt = "such as --poni calib.poni; xrdct inspect " + first +
                                       " --write-job job.json makes a job of it"});
  }
  words.jobs.push_back(first);
  words.files.erase(words.files.begin());
  return words;
}

std::vector<config::JobEdit> edits_of(ReduceOptions const& options) {
  core::Problems problems;
  std::vector<config::JobEdit> edits;
  for (auto const& words : options.set)
    problems.attempt("", [&] { edits.push_back(config::edit_of_option(words)); });
  problems.throw_if_any();
  return edits;
}

/// The name of the output of a scan that is one of several.
std::string output_of_each(std::string const& file) { return stem_of_scan({file}) + "_xrdct.h5"; }

bool is_own_output(std::string const& file) {
  return io::origin_of(file) == io::FileOrigin::reduction;
}

void add_files(ScanRequest& request, std::vector<std::string> const& files) {
  request.files = files;
  if (request.job.empty()) return;
  std::vector<std::string> in_job;
  for (auto const& file : shorter_names(files))
    in_job.push_back(as_in_job(file, request.job.parent_path()));
  request.edits.insert(request.edits.begin(), config::edit_of_files(in_job, "FILES"));
}

ScanRequest request_of(ReduceOptions const& options, std::string const& job) {
  ScanRequest request{.name = job,
                      .job = job,
                      .text = {},
                      .files = {},
                      .edits = edits_of(options),
                      .is_one_of_several = false};
  if (options.poni && !job.empty())
    request.edits.insert(
        request.edits.begin(),
        config::edit_of_text("calibration.poni",
                             as_in_job(*options.poni, request.job.parent_path()), "--poni"));
  return request;
}

[[noreturn]] void reject_files_of_several(Words const& words) {
  throw core::InputError({.what = "reduce " + words.files.front(),
                          .expected = "one job for the files",
                          .found = fmt::format("{} jobs", words.jobs.size()),
                          .attempt = "run the jobs one by one, or without files"});
}

std::string output_path_of(config::Job const& job) {
  return job.resolve(job.output.file).lexically_normal().string();
}

/// Of several scans each has an output of its own.
void expect_own_outputs(std::vector<ScanRequest> const& scans, ReduceOptions const& options) {
  std::map<std::string, std::string> owners;
  core::Problems problems;
  for (auto const& scan : scans) {
    problems.attempt("", [&] {
      auto const reading = job_of(scan, options);
      for (auto const& problem : reading.problems) problems.add(problem);
      if (!reading.problems.empty()) return;
      auto const output = output_path_of(reading.job);
      auto const [owner, is_new] = owners.emplace(output, scan.name);
      problems.require(is_new, {.what = "reduce " + scan.name,
                                .expected = "an output of its own for each scan",
                                .found = output + ", that of " + owner->second,
                                .attempt = "give other names, or another folder by -o"});
    });
  }
  problems.throw_if_any();
}

}  // namespace

std::vector<ScanRequest> requested_scans(ReduceOptions const& options) {
  auto const words = sorted_words(options);
  std::vector<ScanRequest> scans;
  if (words.jobs.size() > 1 && !words.files.empty()) reject_files_of_several(words);
  bool const has_files = !std::all_of(words.files.begin(), words.files.end(), is_own_output);
  if (options.each && !has_files) {
    throw core::InputError({.what = "reduce each file as a scan of its own",
                            .expected = "files of frames behind the job",
                            .found = "none",
                            .attempt = "such as --each job.json scan_*.h5"});
  }
  if (options.each) {
    for (auto const& file : words.files) {
      if (is_own_output(file)) continue;  // scan*.h5 names those of the last run, too
      auto& scan =
          scans.emplace_back(request_of(options, words.jobs.empty() ? "" : words.jobs.front()));
      scan.name = file;
      add_files(scan, {file});
    }
  } else if (words.jobs.empty()) {
    auto& scan = scans.emplace_back(request_of(options, ""));
    scan.name = words.files.front();
    add_files(scan, words.files);
  } else {
    for (auto const& job : words.jobs) scans.push_back(request_of(options, job));
    if (!words.files.empty()) add_files(scans.front(), words.files);
  }
  for (auto& scan : scans) scan.is_one_of_several = options.each || scans.size() > 1;
  return scans;
}

config::JobReading job_of(ScanRequest const& request, ReduceOptions const& options) {
  auto reading = request.job.empty() ? config::parse_whole_job(request.text, request.name,
                                                               fs::current_path(), request.edits)
                                     : config::read_whole_job(request.job, request.edits);
  auto& job = reading.job;
  if (options.each)
    job.output.file =
        (fs::path(job.output.file).parent_path() / output_of_each(request.name)).string();
  if (options.output) {
    auto const given = fs::absolute(*options.output);
    job.output.file =
        (request.is_one_of_several ? given / fs::path(job.output.file).filename() : given).string();
  }
  if (options.overwrite) job.output.overwrite = true;
  if (options.threads) job.run.threads = *options.threads;
  if (options.watchdog_s) job.run.watchdog_s = *options.watchdog_s;
  if (options.engine) job.run.engine = *options.engine;
  if (options.writer) job.run.writer = *options.writer;
  return reading;
}

namespace {

std::string names_of(std::vector<ScanRequest> const& scans) {
  std::string names;
  for (auto const& scan : scans) names += scan.name + " by " + scan.job.string() + "; ";
  return names;
}

/// Whether the command line says what a question is about.
bool is_answered(Question const& question, ScanRequest const& scan) {
  return std::any_of(scan.edits.begin(), scan.edits.end(), [&](config::JobEdit const& edit) {
    return edit.path.starts_with(question.key);
  });
}

/// Makes a job of files that have none.
void make_job(ScanRequest& scan, ReduceOptions const& options) {
  InspectOptions inspect;
  inspect.words = scan.files;
  inspect.poni = *options.poni;
  for (auto const& edit : scan.edits)
    if (edit.path == "scan.dataset") inspect.stack = config::text_in_json(edit.value);
  auto const findings = inspect_scan(inspect);
  core::Problems problems;
  for (auto const& question : findings.questions) {
    problems.require(is_answered(question, scan),
                     {.what = "reduce " + scan.name + " without a job",
                      .expected = "one way to read it",
                      .found = "a question: " + question.text,
                      .attempt = "answer it by --set " + question.key +
                                 "=…, or make a job: xrdct inspect " + scan.name + " --poni " +
                                 *options.poni + " --write-job job.json " + question.option});
  }
  problems.throw_if_any();
  scan.text = found_job(findings, {}).text;
}

}  // namespace

std::vector<ScanRequest> agreed_scans(io::Communicator& communicator,
                                      ReduceOptions const& options) {
  std::vector<ScanRequest> scans;
  io::on_all_ranks(communicator, [&] { scans = requested_scans(options); });
  if (communicator.size() > 1)  // other nodes may have other files under the same names
    io::require_same(communicator, {{"the scans of the command line", names_of(scans)}},
                     "work on the same scans");
  io::on_first_rank(communicator, [&] {
    core::Problems problems;
    for (auto& scan : scans)
      if (scan.job.empty()) problems.attempt("", [&] { make_job(scan, options); });
    problems.throw_if_any();
    if (scans.size() > 1) expect_own_outputs(scans, options);
  });
  for (auto& scan : scans)
    if (scan.job.empty()) scan.text = communicator.broadcast(scan.text);
  return scans;
}

}  // namespace xrdct::app
