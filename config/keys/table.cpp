// What tables of keys do whatever the struct is that they fill.
#include "config/keys/table.hpp"

#include <algorithm>
#include <string>

namespace xrdct::config {
namespace json = boost::json;

bool Beside::holds(json::object const& words_read) const {
  auto const* read = words_read.if_contains(key);
  return key.empty() ||
         (read != nullptr && std::any_of(words.begin(), words.end(), [&](std::string_view word) {
            return *read == json::string_view(word);
          }));
}

std::optional<JsonItem> TableReader::find(KeyText const& key) {
  auto const& required = key.use.required;
  auto const& beside = key.use.beside;
  bool const holds = beside.holds(words_), may_hold = holds || !words_.contains(beside.key);
  bool const is_required = holds && !required.empty();
  auto item = is_required ? reader_.require(key.name, required) : reader_.find(key.name);
  if (!item || may_hold) return item;
  item->reject("no such key here",
               std::string(key.name) + " belongs to " + std::string(beside.owner));
  return {};
}

void TableSchema::add(KeyText const& key, json::object const& values, json::value const& standard) {
  json::object property{{"description", key.description}};
  if (key.use.required.empty() && key.use.default_in_schema) {
    // the keys of an object have defaults of their own
    property["default"] = standard.is_object() ? json::object() : standard;
  }
  for (auto const& [name, value] : values) property[name] = value;
  properties_[key.name] = property;
  if (key.use.required.empty()) return;
  auto const& beside = key.use.beside;
  if (beside.key.empty()) return required_.emplace_back(key.name), void();
  json::array words;
  for (auto const word : beside.words) {
    if (!word.empty()) words.emplace_back(word);
  }
  json::object const has_word{{beside.key, json::object{{"enum", words}}}};
  conditions_.push_back(
      {{"if", json::object{{"required", json::array{beside.key}}, {"properties", has_word}}},
       {"then", json::object{{"required", json::array{key.name}}}}});
}

json::object TableSchema::done() const {
  json::object schema{{"type", "object"}, {"additionalProperties", false}};
  if (!required_.empty()) schema["required"] = required_;
  if (!conditions_.empty()) schema["allOf"] = conditions_;
  schema["properties"] = properties_;
  return schema;
}

}  // namespace xrdct::config
