// Puts values of a command line into the JSON of a job.
#include "config/job/job_edits.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <variant>

#include "config/job/job_editing.hpp"
#include "config/json/json_object.hpp"
#include "core/words/errors.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

using Step = std::variant<std::string, std::size_t>;  // a key, or an index of a list

constexpr std::string_view key_letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-$";

[[noreturn]] void reject_path(std::string const& words) {
  throw core::InputError({.what = "read --set " + words,
                          .expected = "PATH=VALUE with the path of a key",
                          .found = "\"" + words + "\"",
                          .attempt = "such as scan.shape.slow=96, reductions[0].bins=500 or "
                                     "'scan.files=[\"a.h5\"]'"});
}

// "reductions[0].bins": a key, an index, a key. Nothing where it is no path.
std::vector<Step> steps_of(std::string_view path) {
  std::vector<Step> steps;
  while (!path.empty()) {
    if (path.front() == '[') {
      auto const end = path.find(']');
      std::size_t index = 0;
      if (end == std::string_view::npos) return {};
      auto const read = std::from_chars(path.data() + 1, path.data() + end, index);
      if (read.ec != std::errc() || read.ptr != path.data() + end) return {};
      steps.emplace_back(index);
      path.remove_prefix(end + 1);
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      auto const end = std::min(path.find_first_not_of(key_letters), path.size());
      if (end == 0) return {};
      steps.emplace_back(std::string(path.substr(0, end)));
      path.remove_prefix(end);
    }
  }
  return steps;
}

bool is_json(std::string_view text) {
  json::error_code error;
  json::parse(json::string_view(text.data(), text.size()), error);
  return !error;
}

std::string path_text(std::vector<Step> const& steps, std::size_t count) {
  std::string path = "$";
  for (std::size_t i = 0; i < count; ++i) {
    if (auto const* key = std::get_if<std::string>(&steps[i])) path += "." + *key;
    if (auto const* index = std::get_if<std::size_t>(&steps[i]))
      path += "[" + std::to_string(*index) + "]";
  }
  return path;
}

// What a step leads to, made where there is none; nullptr where it leads nowhere.
json::value* follow(json::value& from, Step const& step, bool& made) {
  if (auto const* key = std::get_if<std::string>(&step)) {
    if (from.is_null()) from.emplace_object();
    if (!from.is_object()) return nullptr;
    made = made || !from.get_object().contains(*key);
    return &from.get_object()[*key];
  }
  if (from.is_null()) from.emplace_array();
  auto const index = std::get<std::size_t>(step);
  if (!from.is_array() || index > from.get_array().size()) return nullptr;
  made = made || index == from.get_array().size();
  if (index == from.get_array().size()) from.get_array().emplace_back(nullptr);
  return &from.get_array()[index];
}

void reject_step(json::value const& at, std::vector<Step> const& steps, std::size_t i,
                 JobEdit const& edit, JsonProblems& problems) {
  auto const place = path_text(steps, i);
  bool const to_key = std::holds_alternative<std::string>(steps[i]);
  if (to_key) {
    problems.add_of(edit.origin, "an object at " + place, shown(at), "give the whole of it");
  } else if (!at.is_array()) {
    problems.add_of(edit.origin, "a list at " + place, shown(at), "leave the index out");
  } else {
    auto const size = std::to_string(at.get_array().size());
    problems.add_of(edit.origin, "an index of " + place + " up to " + size,
                    std::to_string(std::get<std::size_t>(steps[i])),
                    "[" + size + "] adds one behind the last");
  }
}

// Values of other files: what named a file of the scan that was means the files of the scan that
// is.
void forget_files(json::value const& files, json::value& value) {
  auto* object = value.if_object();
  if (object == nullptr) return;
  auto const* file = object->if_contains("file");
  auto const* list = files.if_array();
  if (file != nullptr && list != nullptr && std::count(list->begin(), list->end(), *file) > 0)
    object->erase("file");
}

void forget_files_of_values(json::value& job) {
  auto* scan = job.is_object() ? job.get_object().if_contains("scan") : nullptr;
  if (scan == nullptr || !scan->is_object()) return;
  auto const* files = scan->get_object().if_contains("files");
  if (files == nullptr) return;
  if (auto* monitor = scan->get_object().if_contains("monitor")) forget_files(*files, *monitor);
  auto* positions = scan->get_object().if_contains("positions");
  if (positions == nullptr || !positions->is_object()) return;
  for (auto& axis : positions->get_object()) forget_files(*files, axis.value());
}

void apply_one(JobEdit const& edit, json::value& job, JsonProblems& problems) {
  auto const steps = steps_of(edit.path);
  json::value* at = &job;
  bool made = false;
  std::size_t given = 0;  // steps that the job has already
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto* const next = follow(*at, steps[i], made);
    if (next == nullptr) return reject_step(*at, steps, i, edit, problems);
    if (!made) given = i + 1;
    at = next;
  }
  *at = json::parse(edit.value);
  problems.note_origin({.path = path_text(steps, steps.size()),
                        .made_from = path_text(steps, given).size() + 1,
                        .name = edit.origin});
}

}  // namespace

JobEdit edit_of_option(std::string const& words) {
  auto const equals = words.find('=');
  if (equals == std::string::npos) reject_path(words);
  std::string path = words.substr(0, equals);
  if (path.starts_with("$.")) path.erase(0, 2);
  if (steps_of(path).empty()) reject_path(words);
  std::string const value = words.substr(equals + 1), origin = "--set " + path;
  if (is_json(value)) return {path, value, origin};
  if (value.empty() || std::string_view("[{\"").find(value.front()) != std::string_view::npos) {
    throw core::InputError(
        {.what = "read " + origin,
         .expected = "a value in JSON, or a text that is none",
         .found = value.empty() ? "nothing" : value,
         .attempt = "quote it for the shell, such as " + ("'" + path) + "=[\"a.h5\"]'"});
  }
  return {path, in_quotes(value), origin};
}

JobEdit edit_of_files(std::vector<std::string> const& files, std::string const& origin) {
  std::string list;
  for (auto const& file : files) list += (list.empty() ? "" : ", ") + in_quotes(file);
  return {"scan.files", "[" + list + "]", origin};
}

JobEdit edit_of_text(std::string_view path, std::string const& text, std::string const& origin) {
  return {std::string(path), in_quotes(text), origin};
}

void apply(std::span<JobEdit const> edits, json::value& job, JsonProblems& problems) {
  for (auto const& edit : edits) {
    if (edit.path == "scan.files") forget_files_of_values(job);
    apply_one(edit, job, problems);
  }
}

}  // namespace xrdct::config
