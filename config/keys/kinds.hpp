#pragma once
#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/json/json_reader.hpp"
#include "config/json/json_text.hpp"
#include "core/words/names.hpp"

/// Kinds of values that a key may have. Each has
///
///     read(item, to)     leaves `to` alone, and notes a problem, where the value is another
///     write(value)       in canonical form
///     schema(standard)   what JSON Schema says of the values; `standard` gives defaults inside
namespace xrdct::config {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// What is written as it is.
struct Plain {
  boost::json::value write(auto const& value) const { return boost::json::value(value); }
};

struct Flag : Plain {
  void read(JsonItem const& item, bool& to) const { item.read(to); }
  boost::json::object schema(bool) const { return {{"type", "boolean"}}; }
};

struct Text : Plain {
  std::string_view what;

  constexpr explicit Text(std::string_view kind) : what(kind) {}
  void read(JsonItem const& item, std::string& to) const { item.read(to, std::string(what)); }
  boost::json::object schema(std::string const&) const {
    return {{"type", "string"}, {"minLength", 1}};
  }
};

/// Of a whole job: for editors; it decides nothing and is not kept.
struct SchemaPath {
  static constexpr Text path{"the path or URL of the schema"};
  void read(JsonItem const& item, auto const& /*job*/) const {
    std::string unused;
    path.read(item, unused);
  }
  boost::json::value write(auto const& /*job*/) const { return nullptr; }
  boost::json::object schema(auto const& /*job*/) const { return path.schema({}); }
};

/// A name of the output file: a letter or '_', then letters, digits and '_'.
struct Name : Plain {
  void read(JsonItem const& item, std::string& to) const { item.read_name(to); }
  boost::json::object schema(std::string const&) const {
    return {{"type", "string"}, {"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}};
  }
};

struct TextList {
  std::string_view what;     //!< one of the texts
  std::string_view example;  //!< of the list, in JSON
  std::size_t least = 0;     //!< texts

  void read(JsonItem const& item, std::vector<std::string>& to) const {
    std::string const one(what);
    auto const items = item.items("a list of " + one + "s", std::string(example));
    if (!items) return;
    to.resize(items->size());
    for (std::size_t i = 0; i < items->size(); ++i) (*items)[i].read(to[i], "a " + one);
    if (items->size() < least) item.reject("at least one " + one);
  }
  boost::json::array write(std::vector<std::string> const& texts) const {
    return boost::json::array(texts.begin(), texts.end());
  }
  boost::json::object schema(std::vector<std::string> const&) const {
    return {{"type", "array"}, {"minItems", least}, {"items", Text(what).schema({})}};
  }
};

/// From `low` to `high`, each of which may be infinite.
struct Number : Plain {
  double low, high;
  std::string_view what;

  constexpr explicit Number(double lowest = -infinity, double highest = infinity,
                            std::string_view kind = "a number")
      : low(lowest), high(highest), what(kind) {}
  void read(JsonItem const& item, double& to) const {
    to = item.number(low, high, std::string(what)).value_or(to);
  }
  boost::json::object schema(double) const {
    boost::json::object out{{"type", "number"}};
    if (std::isfinite(low)) out["minimum"] = low;
    if (std::isfinite(high)) out["maximum"] = high;
    return out;
  }
};

inline constexpr Number angle_deg{-360.0, 360.0, "an angle in degrees"};

/// A whole number from `low` to `high`.
struct Whole : Plain {
  static constexpr auto no_limit = std::numeric_limits<std::int64_t>::max();
  std::int64_t low, high;

  constexpr explicit Whole(std::int64_t lowest, std::int64_t highest = no_limit)
      : low(lowest), high(highest) {}
  template <class T>
  void read(JsonItem const& item, T& to) const {
    if (auto const number = item.integer(low, high)) to = static_cast<T>(*number);
  }
  boost::json::object schema(std::int64_t) const {
    boost::json::object out{{"type", "integer"}, {"minimum", low}};
    if (high < no_limit) out["maximum"] = high;
    return out;
  }
};

/// One of the names of an enumeration.
template <core::Named T>
struct Words {
  void read(JsonItem const& item, T& to) const { item.read(to); }
  boost::json::string write(T value) const { return boost::json::string(core::name_of(value)); }
  boost::json::object schema(T) const {
    auto const words = core::names_of<T>();
    return {{"enum", boost::json::array(words.begin(), words.end())}};
  }
};

/// Two numbers from `low` to `high`, the lower first.
struct Range {
  double low = -infinity;
  double high = infinity;
  std::string_view what = "a list of two numbers, lower and upper";
  std::string_view such_as = ", such as [2, 50]";
  bool may_be_equal = false;
  using Ends = std::pair<double, double>;

  /// Nothing where it is no range.
  std::optional<Ends> ends(JsonItem const& item) const {
    std::string const expected(what);
    auto const items = item.items(expected + std::string(such_as));
    if (!items) return {};
    if (items->size() != 2) return item.reject(expected), std::nullopt;
    auto const lower = (*items)[0].number(low, high, "a number"),
               upper = (*items)[1].number(low, high, "a number");
    if (!lower || !upper) return {};
    if (*lower < *upper || (*lower == *upper && may_be_equal)) return {{*lower, *upper}};
    item.problems().add(item.path(),
                        expected + " with lower " + (may_be_equal ? "≤" : "<") + " upper",
                        number_text(*lower) + " and " + number_text(*upper));
    return {};
  }
  void read(JsonItem const& item, Ends& to) const { to = ends(item).value_or(to); }
  boost::json::array write(Ends const& range) const { return {range.first, range.second}; }
  boost::json::object schema(Ends const& = {}) const {
    return {{"type", "array"},
            {"items", Number(low, high).schema(0)},
            {"minItems", 2},
            {"maxItems", 2}};
  }
};

/// A value, or null for none.
template <class Kind>
struct Nullable : Kind {
  constexpr explicit Nullable(Kind const& kind) : Kind(kind) {}

  /// A wrong number or range is none. A wrong text or object is there, so that what needs it does
  /// not miss it as well.
  template <class T>
  void read(JsonItem const& item, std::optional<T>& to) const {
    if (item.is_null()) return to.reset();
    auto const problems = item.problems().list().size();
    Kind::read(item, to.emplace());
    bool const is_numeric = std::is_arithmetic_v<T> || std::is_same_v<T, Range::Ends>;
    if (is_numeric && item.problems().list().size() > problems) to.reset();
  }
  template <class T>
  boost::json::value write(std::optional<T> const& value) const {
    return value ? boost::json::value(Kind::write(*value)) : nullptr;
  }
  template <class T>
  boost::json::object schema(std::optional<T> const& standard) const {
    auto out = Kind::schema(standard.value_or(T()));
    if (auto* words = out.if_contains("enum")) {
      words->as_array().emplace_back(nullptr);
    } else {
      out["type"] = boost::json::array{out["type"], "null"};
    }
    return out;
  }
};

}  // namespace xrdct::config
