// Reads the keys of a JSON object, and says which are unknown, missing or of another kind.
#include "config/json/json_reader.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "config/json/json_text.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

std::string listed(std::vector<std::string> const& names, std::string const& quote) {
  std::string text;
  for (auto const& name : names) text += (text.empty() ? "" : ", ") + quote + name + quote;
  return text;
}

std::string range_text(std::string const& low, std::string const& high, bool low_given,
                       bool high_given) {
  if (low_given && high_given) return " from " + low + " to " + high;
  if (low_given) return " of at least " + low;
  return high_given ? " of at most " + high : "";
}

std::string did_you_mean(std::string const& word, std::vector<std::string> const& names,
                         std::string const& quote) {
  auto const nearest = core::nearest_name(word, names);
  return nearest.empty() ? std::string() : "did you mean " + quote + nearest + quote + "?";
}

// ".key", or "[\"odd key\"]" where a key is no plain name.
std::string step_to(std::string const& key) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-";
  bool const is_plain = !key.empty() && key.find_first_not_of(plain) == std::string::npos;
  return is_plain ? "." + key : "[" + shown(json::value(key)) + "]";
}

// A value as it has to be written; "" for one that is too long for a message.
std::string written(json::value const& value) {
  constexpr std::size_t longest = 60;
  auto const text = value.is_double() ? number_text(value.get_double()) : json::serialize(value);
  return text.size() <= longest ? text : std::string();
}

// What a text was meant to be that holds a number or a truth value: the same without quotes.
std::string without_quotes(json::value const& value) {
  auto const* text = value.if_string();
  if (text == nullptr) return {};
  json::error_code error;
  auto const inside = json::parse(*text, error);
  if (error || !(inside.is_number() || inside.is_bool())) return {};
  return "write " + std::string(*text) + " without quotes";
}

// What a list of one entry was meant to be where one value is wanted.
std::string without_brackets(json::value const& value) {
  auto const* list = value.if_array();
  bool const is_one = list != nullptr && list->size() == 1 && (*list)[0].is_string() &&
                      !written((*list)[0]).empty();
  return is_one ? "write " + written((*list)[0]) + " without brackets" : std::string();
}

// Whether a path leads to what stands at `outer`, or into it.
bool is_inside(std::string const& path, std::string const& outer) {
  return path.starts_with(outer) &&
         (path.size() == outer.size() || path[outer.size()] == '.' || path[outer.size()] == '[');
}

// What is left behind the mark of a place that is to be filled in; nullopt for other values.
std::optional<std::string> to_fill_in(json::value const& value) {
  auto const* text = value.if_string();
  if (text == nullptr || !std::string_view(*text).starts_with(fill_in_mark)) return {};
  return std::string(std::string_view(*text).substr(fill_in_mark.size()));
}

}  // namespace

void JsonProblems::add(std::string const& path, std::string const& expected,
                       std::string const& found, std::string const& try_this) {
  add_of(place_of(path), expected, found, try_this);
}

void JsonProblems::add_of(std::string const& whom, std::string const& expected,
                          std::string const& found, std::string const& try_this) {
  list_.push_back(whom + ": expected " + expected + ", found " + found +
                  (try_this.empty() ? "" : "; " + try_this));
}

std::string JsonProblems::place_of(std::string const& path) const {
  for (auto origin = origins_.rbegin(); origin != origins_.rend(); ++origin) {
    if (is_inside(path, origin->path))
      return origin->name + (path == origin->path ? "" : ": " + path);
    if (is_inside(origin->path, path) && path.size() >= origin->made_from) return origin->name;
  }
  return file_ + ": " + path;
}

std::string shown(json::value const& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list of " + std::to_string(value.get_array().size());
  if (value.is_double()) return number_text(value.get_double());
  auto text = json::serialize(value);
  constexpr std::size_t longest = 60;
  if (text.size() <= longest) return text;
  std::size_t cut = longest;
  while ((static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80)
    --cut;  // not inside of a character of UTF-8
  return text.substr(0, cut) + "…\"";
}

void JsonItem::reject(std::string const& expected, std::string const& try_this) const {
  if (auto const wanted = to_fill_in(*value_))
    return problems_->add(path_, expected, "nothing yet", "fill in" + *wanted);
  problems_->add(path_, expected, shown(*value_), try_this);
}

void JsonItem::read(bool& to) const {
  if (!value_->is_bool()) return reject("true or false", without_quotes(*value_));
  to = value_->get_bool();
}

void JsonItem::read(std::string& to, std::string const& what) const {
  if (!value_->is_string() || value_->get_string().empty() || to_fill_in(*value_))
    return reject(what, without_brackets(*value_));
  to = std::string(value_->get_string());
}

void JsonItem::read_name(std::string& to) const {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  constexpr std::string_view digits = "0123456789";
  auto const problems = problems_->list().size();
  read(to, "a name");
  if (problems_->list().size() > problems) return;
  bool const starts_well = letters.find(to.front()) != std::string_view::npos;
  auto const fits = [&](char c) {
    return letters.find(c) != std::string_view::npos || digits.find(c) != std::string_view::npos;
  };
  if (!starts_well || !std::all_of(to.begin(), to.end(), fits))
    reject("letters, digits and '_', not a digit first");
}

std::optional<double> JsonItem::number(double low, double high, std::string const& what) const {
  if (value_->is_number()) {
    auto const number = value_->to_number<double>();
    if (std::isfinite(number) && number >= low && number <= high) return number;
  }
  reject(what + range_text(number_text(low), number_text(high), std::isfinite(low),
                           std::isfinite(high)),
         without_quotes(*value_));
  return {};
}

std::optional<double> JsonItem::positive_number(std::string const& what) const {
  auto const number = value_->is_number() ? value_->to_number<double>() : 0.0;
  if (std::isfinite(number) && number > 0.0) return number;
  reject(what, without_quotes(*value_));
  return {};
}

std::optional<std::int64_t> JsonItem::integer(std::int64_t low, std::int64_t high) const {
  constexpr double exact = 9007199254740992.0;  // 2^53: 1e3 is a whole number, too
  if (value_->is_int64() && value_->get_int64() >= low && value_->get_int64() <= high)
    return value_->get_int64();
  if (value_->is_double() && std::abs(value_->get_double()) <= exact &&
      value_->get_double() == std::floor(value_->get_double())) {
    auto const whole = static_cast<std::int64_t>(value_->get_double());
    if (whole >= low && whole <= high) return whole;
  }
  bool const bounded = high < std::numeric_limits<std::int64_t>::max();
  reject("a whole number" + range_text(std::to_string(low), std::to_string(high), true, bounded),
         without_quotes(*value_));
  return {};
}

std::optional<std::size_t> JsonItem::choose(std::vector<std::string> const& names) const {
  auto const expected = (names.size() > 1 ? "one of " : "") + listed(names, "\"");
  if (!value_->is_string()) {
    reject(expected);
    return {};
  }
  auto const word = std::string(value_->get_string());
  auto const found = std::find(names.begin(), names.end(), word);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  reject(expected, did_you_mean(word, names, "\""));
  return {};
}

std::optional<std::vector<JsonItem>> JsonItem::items(std::string const& what,
                                                     std::string const& example) const {
  if (!value_->is_array()) {
    bool const can_be_one = !example.empty() && (value_->is_string() || value_->is_object()) &&
                            !written(*value_).empty();
    reject(what + (example.empty() ? "" : " such as " + example),
           can_be_one ? "write [" + written(*value_) + "]" : without_quotes(*value_));
    return {};
  }
  std::vector<JsonItem> all;
  for (auto const& item : value_->get_array())
    all.emplace_back(item, path_ + "[" + std::to_string(all.size()) + "]", *problems_);
  return all;
}

ObjectReader::ObjectReader(JsonItem const& item, ObjectForm const& form)
    : item_(item), object_(item.value().if_object()) {
  if (is_object()) return;
  auto const& value = item.value();
  auto const key = value.is_string()   ? form.key_of_text
                   : value.is_number() ? form.key_of_number
                                       : std::string_view();
  bool const is_inside = !key.empty() && !written(value).empty();
  item_.reject(
      "an object" + (form.example.empty() ? "" : " such as " + std::string(form.example)),
      is_inside ? "write {\"" + std::string(key) + "\": " + written(value) + "}" : std::string());
}

std::optional<JsonItem> ObjectReader::find(std::string_view key) {
  asked_.emplace_back(key);
  if (!is_object()) return {};
  auto const* value = object_->if_contains(key);
  if (value == nullptr) return {};
  return JsonItem(*value, item_.path() + "." + std::string(key), item_.problems());
}

std::optional<JsonItem> ObjectReader::nullable(std::string_view key) {
  auto item = find(key);
  if (item && item->is_null()) return {};
  return item;
}

std::optional<JsonItem> ObjectReader::require(std::string_view key, std::string_view what) {
  auto item = find(key);
  if (!item && is_object())
    item_.problems().add(item_.path() + "." + std::string(key), std::string(what), "nothing");
  return item;
}

void ObjectReader::finish() {
  if (!is_object()) return;
  std::sort(asked_.begin(), asked_.end());
  asked_.erase(std::unique(asked_.begin(), asked_.end()),
               asked_.end());  // some are asked for twice
  for (auto const& entry : *object_) {
    std::string const key(entry.key());
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    item_.problems().add(item_.path() + step_to(key), "one of the keys " + listed(asked_, ""),
                         "an unknown key", did_you_mean(key, asked_, "\""));
  }
}

}  // namespace xrdct::config
