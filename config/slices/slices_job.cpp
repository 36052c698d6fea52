// Reads the job of a reconstruction, and writes it with all its defaults.
#include "config/slices/slices_job.hpp"

#include <boost/json.hpp>

#include "config/json/job_kind.hpp"
#include "config/json/json_reader.hpp"
#include "config/json/json_text.hpp"
#include "config/keys/object.hpp"
#include "config/text/text_file.hpp"
#include "core/words/problems.hpp"

namespace xrdct::config {

extern template struct Object<SlicesJob>;

std::filesystem::path SlicesJob::resolve(std::string const& path) const {
  return (folder / path).lexically_normal();
}

std::filesystem::path SlicesJob::output_file() const {
  if (!output.file.empty()) return resolve(output.file);
  std::filesystem::path const from = resolve(sinograms.file);
  return from.parent_path() /
         (from.stem().string() + "_slices" +
          (from.has_extension() ? from.extension().string() : std::string(".h5")));
}

SlicesJob parse_slices_job(std::string_view text, std::string const& file_name,
                           std::filesystem::path const& folder) {
  auto const value = parse_json(
      text, file_name,
      "a job has no comments and no comma after the last entry, and its text stands in \"…\"");
  expect_own_job(value, file_name,
                 {.key = "sinograms",
                  .command = "reconstruct",
                  .other_key = "scan",
                  .other_command = "reduce",
                  .other_look = "or xrdct check to look at it"});
  JsonProblems problems(file_name);
  for (auto const& path : duplicate_keys(text))
    problems.add(path, "each key once", "it a second time");
  SlicesJob job;
  job.folder = folder;
  Object<SlicesJob>().read(JsonItem(value, "$", problems), job);
  core::Problems(problems.list()).throw_if_any();
  return job;
}

SlicesJob read_slices_job(std::filesystem::path const& file) {
  auto const path = std::filesystem::absolute(file);
  auto job = parse_slices_job(text_of_file(file, "a job file", "give the path of a job"),
                              file.string(), path.parent_path());
  job.file = path;
  return job;
}

std::string canonical_slices_job(SlicesJob const& job, std::string_view backend) {
  auto object = Object<SlicesJob>().write(job);
  object["backend"] = std::string(backend);
  return canonical_text(object);
}

std::string slices_job_schema() {
  boost::json::object schema{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"$id", "urn:xrdct:slices:1"},
      {"title", "Job of xrdct reconstruct"},
      {"description",
       "Which sinograms xrdct turns into slices, how, and where they go. Relative paths are "
       "relative to the job file."}};
  for (auto const& [key, value] : Object<SlicesJob>().schema({})) schema[key] = value;
  return indented_text(schema);
}

}  // namespace xrdct::config
