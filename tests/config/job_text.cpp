#include "job_text.hpp"

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "core/words/errors.hpp"

namespace xrdct::config {
namespace json = boost::json;

std::filesystem::path source_file(std::string const& path) {
  return std::filesystem::path(XRDCT_TEST_SOURCE_DIR).parent_path() / path;
}

std::string text_of(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

json::value json_of(std::string const& path) { return json::parse(text_of(source_file(path))); }

namespace {

/// The first entry of a list that has the next key, or the first of all.
std::size_t entry_with(json::array const& list, Keys const& keys, std::size_t next) {
  for (std::size_t i = 0; next < keys.size() && i < list.size(); ++i) {
    if (list[i].is_object() && list[i].as_object().contains(keys[next])) return i;
  }
  return 0;
}

json::value& follow(json::value& root, Keys const& keys, std::size_t steps) {
  auto* value = &root;
  for (std::size_t k = 0; k < steps; ++k) {
    bool const is_list = keys[k] == "[]";
    value = is_list ? &value->as_array().at(entry_with(value->as_array(), keys, k + 1))
                    : &value->as_object().at(keys[k]);
  }
  return *value;
}

}  // namespace

json::value& at(json::value& root, Keys const& keys) { return follow(root, keys, keys.size()); }

void erase(json::value& root, Keys const& keys) {
  follow(root, keys, keys.size() - 1).as_object().erase(keys.back());
}

std::string path_text(Keys const& keys) {
  auto root = json_of("config/examples/full.json");
  std::string text = "$";
  for (std::size_t k = 0; k < keys.size(); ++k) {
    text +=
        keys[k] == "[]"
            ? "[" + std::to_string(entry_with(follow(root, keys, k).as_array(), keys, k + 1)) + "]"
            : "." + keys[k];
  }
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

std::vector<std::string> problems_of(json::value const& job) {
  return problems_of(std::string(json::serialize(job)));
}

}  // namespace xrdct::config
