// Reads keys as pyFAI's Worker writes them: with several names for one thing, switches beside them,
// and numbers that are no JSON.
#include "config/pyfai/worker_keys.hpp"

#include <boost/json.hpp>
#include <limits>

#include "config/json/json_text.hpp"
#include "config/text/data_url.hpp"
#include "core/words/errors.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

std::string quote_non_finite(std::string_view text) {
  std::string out;
  bool in_string = false;
  while (!text.empty()) {
    std::size_t length = 1;
    if (in_string && text[0] == '\\') {
      length = std::min<std::size_t>(2, text.size());
    } else if (text[0] == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      for (std::string_view const word : {"NaN", "-Infinity", "Infinity"}) {
        if (text.starts_with(word)) {
          out += '"' + std::string(word) + '"';
          text.remove_prefix(word.size());
          length = 0;
          break;
        }
      }
    }
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out;
}

std::optional<double> number_in(json::value const& value) {
  if (value.is_number()) return value.to_number<double>();
  if (value == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (value == "Infinity") return infinity;
  if (value == "-Infinity") return -infinity;
  return std::nullopt;
}

std::optional<double> number(JsonItem const& item, std::string const& what) {
  auto const value = number_in(item.value());
  if (!value) item.reject(what);
  return value;
}

void WorkerKeys::note(std::string const& key, std::string const& text) {
  notes_.push_back(file_name_ + ": " + key + ": " + text);
}

std::string WorkerKeys::resolved(std::string const& path) const {
  std::filesystem::path const given(path);
  return given.is_absolute() || folder_.empty() ? path : (folder_ / given).string();
}

std::optional<JsonItem> WorkerKeys::any_of(std::vector<std::string> const& keys) {
  std::optional<JsonItem> found;
  for (auto const& key : keys) {
    auto const item = reader_.nullable(key);
    if (item && !found) found = item;
  }
  return found;
}

bool WorkerKeys::is_on(std::string const& key, bool otherwise) {
  auto const item = reader_.nullable(key);
  if (!item) return otherwise;
  if (auto const* flag = item->value().if_bool()) return *flag;
  if (auto const value = number_in(item->value())) return *value != 0.0;
  item->reject("true or false");
  return otherwise;
}

std::string WorkerKeys::location_of(JsonItem const& item, std::string const& text) const {
  std::error_code ignored;
  auto const url =
      std::filesystem::exists(resolved(text), ignored) ? std::nullopt : parse_data_url(text);
  if (!url) return resolved(text);
  if (!url->problem.empty())
    item.reject("a file, or a URL such as silx:///path/mask.h5?path=/entry/mask",
                "this URL has " + url->problem);
  return resolved(url->file) + url->rest;
}

std::vector<std::string> WorkerKeys::files_of(std::vector<std::string> const& keys,
                                              std::string const& flag) {
  auto const item = any_of(keys);
  if (!is_on(flag, true) || !item || item->value() == "") return {};
  std::vector<std::string> files;
  if (item->value().is_string()) {
    files.resize(1);
    item->read(files[0], "a file");
  } else if (auto const items = item->items("a file or a list of files")) {
    files.resize(items->size());
    for (std::size_t i = 0; i < files.size(); ++i) (*items)[i].read(files[i], "a file");
  }
  for (auto& file : files) file = location_of(*item, file);
  return files;
}

}  // namespace xrdct::config
