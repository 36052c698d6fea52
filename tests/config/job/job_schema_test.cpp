#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <functional>

#include "config/json/json_text.hpp"
#include "tests/config/job_text.hpp"

/// The schema, the parser and the page for users say the same.
namespace xrdct::config {
namespace {

namespace json = boost::json;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// Calls `visit` for every schema below the root, objects before their properties.
void walk(json::value const& schema, Keys const& keys,
          std::function<void(Keys const&, json::object const&)> const& visit) {
  auto const& object = schema.as_object();
  visit(keys, object);
  if (auto const* items = object.if_contains("items")) {
    auto below = keys;
    below.emplace_back("[]");
    walk(*items, below, visit);
  }
  auto const* properties = object.if_contains("properties");
  if (properties == nullptr) return;
  for (auto const& property : properties->as_object()) {
    auto below = keys;
    below.emplace_back(property.key());
    walk(property.value(), below, visit);
  }
}

void for_each_schema(std::function<void(Keys const&, json::object const&)> const& visit) {
  walk(json_of("config/job.schema.json"), {}, visit);
}

/// Keys that name a value of the scan: it has exactly one of the first three, and a file beside
/// column alone.
std::array<char const*, 5> const names_of_values{"dataset", "column", "header", "file", "first"};

/// Full.json, in which a value of the scan is named by this key if the path leads to one.
json::value full_job(Keys const& keys) {
  auto job = json_of("config/examples/full.json");
  bool const names_value = keys.size() >= 3 && keys[0] == "scan" &&
                           std::find(names_of_values.begin(), names_of_values.end(), keys.back()) !=
                               names_of_values.end();
  if (!names_value) return job;
  auto above = keys;
  above.pop_back();
  auto& object = at(job, above).as_object();
  std::string const one =
      keys.back() == "column" || keys.back() == "header" ? keys.back() : "dataset";
  for (auto const* key : names_of_values) object.erase(key);
  object[one] = "x";
  object["first"] = 1;
  if (one != "header") object["file"] = "x.csv";
  return job;
}

std::vector<std::string> problems_with(Keys const& keys, json::value const& value) {
  auto job = full_job(keys);
  at(job, keys) = value;
  return problems_of(job);
}

TEST(JobSchema, TheFileIsWhatTheTablesOfKeysGive) {
  EXPECT_TRUE(text_of(source_file("config/job.schema.json")) == job_schema())
      << "renew config/job.schema.json: cmake --build <build folder> --target job-schema";
}

TEST(JobSchema, KnowsTheKeysOfTheParser) {
  for_each_schema([](Keys const& keys, json::object const& schema) {
    auto const* properties = schema.if_contains("properties");
    if (properties == nullptr) return;
    std::vector<std::string> names;
    for (auto const& property : properties->as_object()) names.emplace_back(property.key());
    std::sort(names.begin(), names.end());
    std::string listed;
    for (auto const& name : names) listed += (listed.empty() ? "" : ", ") + name;
    auto job = full_job(keys);
    at(job, keys).as_object()["no_such_key_at_all"] = 1;
    EXPECT_THAT(problems_of(job), Contains("job.json: " + path_text(keys) +
                                           ".no_such_key_at_all: expected one of the keys " +
                                           listed + ", found an unknown key"));
    EXPECT_FALSE(schema.at("additionalProperties").as_bool()) << path_text(keys);
  });
}

TEST(JobSchema, TheFullExampleHasEveryKey) {
  for_each_schema([](Keys const& keys, json::object const&) {
    auto job = full_job(keys);
    EXPECT_NO_THROW(at(job, keys)) << path_text(keys);
  });
}

TEST(JobSchema, DefaultsAreThoseOfTheParser) {
  for_each_schema([](Keys const& keys, json::object const& schema) {
    auto const* value = schema.if_contains("default");
    if (value == nullptr) return;
    auto explicit_job = full_job(keys);
    at(explicit_job, keys) = *value;
    auto silent_job = full_job(keys);
    if (keys.back() == "positions") {  // nothing is repeated without them
      erase(explicit_job, {"scan", "repeated"});
      erase(silent_job, {"scan", "repeated"});
    }
    erase(silent_job, keys);
    auto const text = [](json::value const& job) {
      return canonical_job(parse_job(std::string(json::serialize(job)), "job.json", ""), "CPU");
    };
    EXPECT_EQ(text(explicit_job), text(silent_job)) << path_text(keys);
  });
}

/// Keys that an object must have: always, or with one value of another key, which full.json has.
std::vector<std::string> required_keys(json::object const& schema) {
  std::vector<std::string> keys;
  auto const add = [&](json::object const& from) {
    auto const* required = from.if_contains("required");
    if (required == nullptr) return;
    for (auto const& key : required->as_array()) keys.emplace_back(key.as_string());
  };
  add(schema);
  if (auto const* alternatives_here = schema.if_contains("oneOf")) {
    for (auto const& one : alternatives_here->as_array())
      if (auto const* object = one.if_object(); object->contains("required"))
        keys.emplace_back(object->at("required").as_array()[0].as_string());
  }
  if (auto const* conditions = schema.if_contains("allOf")) {
    for (auto const& condition : conditions->as_array()) add(condition.at("then").as_object());
  }
  return keys;
}

TEST(JobSchema, RequiredKeysAreRequired) {
  for_each_schema([](Keys const& keys, json::object const& schema) {
    auto const* properties = schema.if_contains("properties");
    if (properties == nullptr) return;
    for (auto const& property : properties->as_object()) {
      auto const required = required_keys(schema);
      bool const is_required = std::count(required.begin(), required.end(), property.key()) > 0;
      auto below = keys;
      below.emplace_back(property.key());
      auto job = full_job(below);
      erase(job, below);
      EXPECT_EQ(!problems_of(job).empty(), is_required) << path_text(keys) << "." << property.key();
    }
  });
}

TEST(JobSchema, WordsAreThoseOfTheParser) {
  for_each_schema([](Keys const& keys, json::object const& schema) {
    auto const* words = schema.if_contains("enum");
    if (words == nullptr) return;
    std::string listed;
    for (auto const& word : words->as_array()) {
      auto const here = StartsWith("job.json: " + path_text(keys) +
                                   ":");  // another method wants other keys beside it
      EXPECT_THAT(problems_with(keys, word), testing::Not(Contains(here))) << path_text(keys);
      if (word.is_string())
        listed += (listed.empty() ? "\"" : ", \"") + std::string(word.get_string()) + '"';
    }
    EXPECT_THAT(problems_with(keys, "no such word"),
                Contains(HasSubstr(listed + ", found \"no such word\"")))
        << path_text(keys);
  });
}

TEST(JobSchema, BoundsAreThoseOfTheParser) {
  std::size_t bounds = 0;
  for_each_schema([&](Keys const& keys, json::object const& schema) {
    for (auto const& [key, beyond] : {std::pair("minimum", -1e-3), std::pair("maximum", 1e-3)}) {
      auto const* bound = schema.if_contains(key);
      if (bound == nullptr) continue;
      ++bounds;
      bool const whole =
          schema.at("type").is_string() && schema.at("type") == json::value("integer");
      double const value = bound->to_number<double>();
      double const outside =
          value + (whole ? beyond * 1e3 : beyond * std::max(1.0, std::abs(value)));
      EXPECT_THAT(problems_with(keys, value),
                  testing::Not(Contains(StartsWith("job.json: " + path_text(keys) + ":"))))
          << path_text(keys);
      EXPECT_THAT(problems_with(keys, outside),
                  Contains(StartsWith("job.json: " + path_text(keys) + ":")))
          << path_text(keys);
    }
  });
  EXPECT_GE(bounds, 10u);
}

TEST(JobSchema, EveryKeyRefusesAValueOfAnotherType) {
  for_each_schema([](Keys const& keys, json::object const& schema) {
    if (keys.empty()) return;
    bool const is_object = schema.contains("properties");
    json::value const wrong = is_object ? json::value(7) : json::value(json::object{{"a", 1}});
    EXPECT_THAT(problems_with(keys, wrong),
                Contains(StartsWith("job.json: " + path_text(keys) + ": ")))
        << path_text(keys);
  });
}

TEST(JobSchema, EveryKeyIsDescribedHereAndForUsers) {
  auto const page = text_of(source_file("docs/job.md"));
  for_each_schema([&](Keys const& keys, json::object const& schema) {
    if (keys.empty() || keys.back() == "[]") return;
    std::string path;
    for (auto const& key : keys) path += key == "[]" ? "[]" : (path.empty() ? "" : ".") + key;
    auto const row = page.find("| `" + path + "` |");
    ASSERT_NE(row, std::string::npos) << "docs/job.md has no row for " << path;
    auto const line = page.substr(row, page.find('\n', row) - row);
    auto const description = std::string(schema.at("description").as_string());
    EXPECT_THAT(line, AnyOf(HasSubstr(description), HasSubstr("ee below"))) << path;
    if (!schema.contains("default")) return;
    EXPECT_THAT(line, HasSubstr("| `" + canonical_text(schema.at("default")) + "` |"))
        << "docs/job.md, default of " << path;
  });
}

}  // namespace
}  // namespace xrdct::config
