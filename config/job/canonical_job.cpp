// Writes a job with all its defaults, in one form: the text that outputs carry; and the schema of
// jobs.
#include <boost/json.hpp>

#include "config/job/job.hpp"
#include "config/json/json_text.hpp"
#include "config/keys/object.hpp"
#include "core/scan/common_pattern.hpp"

namespace xrdct::config {

bool same_numbers(ReductionJob const& a, ReductionJob const& b) {
  auto renamed = b;
  renamed.name = a.name;
  Object<ReductionJob> const object;
  return canonical_text(object.write(a)) == canonical_text(object.write(renamed));
}

namespace {

/// What is stored of a list of very many files: a job of a shell's expansion is megabytes.
boost::json::object many_files(std::vector<std::string> const& files) {
  core::TextHash hash;
  for (auto const& file : files) hash.add(file);
  return {{"pattern", core::common_pattern(files)},
          {"count", files.size()},
          {"hash", hash.hexadecimal()}};
}

}  // namespace

std::string canonical_job(Job const& job, std::string_view backend) {
  auto filled = job;
  auto& scan = filled.scan;
  // a dataset without a file is in the only file there is
  bool const one_file =
      scan.files.size() == 1 && scan.files.front().find_first_of("*?[%@") == std::string::npos;
  if (scan.monitor && scan.monitor->file.empty() && !scan.monitor->dataset.empty() && one_file)
    scan.monitor->file = scan.files.front();
  if (!scan.positions) {  // nothing is found then
    for (auto* axis : {&scan.height, &scan.slow, &scan.fast}) axis->start = axis->first();
  }
  auto object = Object<Job>().write(filled);
  if (scan.files.size() > core::most_files_listed)
    object.at("scan").as_object()["files"] = many_files(scan.files);
  object.at("run").as_object()["backend"] = std::string(backend);
  return canonical_text(object);
}

std::string job_schema() {
  boost::json::object schema{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"$id", "urn:xrdct:job:1"},
      {"title", "Job of xrdct"},
      {"description",
       "What xrdct reduces, how, and where the result goes. Relative paths are relative to the "
       "job file."}};
  for (auto const& [key, value] : Object<Job>().schema({})) schema[key] = value;
  return indented_text(schema);
}

}  // namespace xrdct::config
