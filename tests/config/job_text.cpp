#include "job_text.hpp"

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "core/errors.hpp"

namespace xrdct::config {
namespace json = boost::json;

std::filesystem::path source_file(std::string const& path) { return std::filesystem::path(XRDCT_TEST_SOURCE_DIR).parent_path() / path; }

std::string text_of(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

json::value json_of(std::string const& path) { return json::parse(text_of(source_file(path))); }

json::value& at(json::value& root, Keys const& keys) {
  auto* value = &root;
  for (auto const& key : keys) value = key == "[]" ? &value->as_array().at(0) : &value->as_object().at(key);
  return *value;
}

std::string path_text(Keys const& keys) {
  std::string text = "$";
  for (auto const& key : keys) text += key == "[]" ? "[0]" : "." + key;
  return text;
}

std::vector<std::string> problems_of(std::string const& text) {
  try {
    parse_job(text, "job.json", "/folder");
  } catch (core::InputError const& error) {
    return error.problems();
  }
  return {};
}

std::vector<std::string> problems_of(json::value const& job) { return problems_of(std::string(json::serialize(job))); }

}  // namespace xrdct::config
