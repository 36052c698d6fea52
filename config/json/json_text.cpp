// JSON as text: parsing with line and column of a mistake, and writing.
#include "config/json/json_text.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <set>

#include "core/words/errors.hpp"

namespace xrdct::config {
namespace json = boost::json;
namespace {

/// Follows the structure of a text and notes the paths of keys that were there before.
struct DuplicateFinder {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  struct Level {
    bool is_array = false;
    std::size_t index = 0;
    std::string key;
    std::set<std::string> keys;
  };
  std::vector<Level> levels;
  std::string key_part;
  std::vector<std::string> found;

  std::string path() const {
    std::string text = "$";
    for (auto const& level : levels)
      text += level.is_array ? "[" + std::to_string(level.index) + "]" : "." + level.key;
    return text;
  }
  bool value_done() {
    if (!levels.empty() && levels.back().is_array) ++levels.back().index;
    return true;
  }
  bool open(bool is_array) {
    levels.emplace_back().is_array = is_array;
    return true;
  }
  bool close() {
    levels.pop_back();
    return value_done();
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return open(false); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code&) { return open(true); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key_part.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    key_part.append(part.data(), part.size());
    levels.back().key = key_part;
    if (!levels.back().keys.insert(key_part).second) found.push_back(path());
    key_part.clear();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return value_done(); }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return value_done(); }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return value_done(); }
  bool on_double(double, json::string_view, json::error_code&) { return value_done(); }
  bool on_bool(bool, json::error_code&) { return value_done(); }
  bool on_null(json::error_code&) { return value_done(); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

std::string shown_character(std::string_view text, std::size_t position) {
  if (position >= text.size()) return "the end of the text";
  auto const c = static_cast<unsigned char>(text[position]);
  if (c < 0x20 || c >= 0x7f) {
    std::array<char, 2> digits{};
    std::to_chars(digits.data(), digits.data() + digits.size(), c, 16);
    return std::string("the byte 0x") + (c < 0x10 ? "0" : "") +
           std::string(digits.data(), c < 0x10 ? 1 : 2);
  }
  return std::string("'") + text[position] + "'";
}

[[noreturn]] void throw_syntax_error(std::string_view text, std::size_t position,
                                     std::string const& name, std::string const& reason,
                                     std::string_view hint) {
  auto const before = text.substr(0, std::min(position, text.size()));
  auto const line = std::count(before.begin(), before.end(), '\n') + 1;
  auto const column = before.size() -
                      (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) +
                      1;
  throw core::InputError("cannot read " + name + ", line " + std::to_string(line) + ", column " +
                         std::to_string(column) + ": expected JSON, found " +
                         shown_character(text, position) + " (" + reason + "); " +
                         std::string(hint));
}

void write(json::value const& value, std::string& out);

void write_object(json::object const& object, std::string& out) {
  std::vector<std::string> keys;
  for (auto const& entry : object) keys.emplace_back(entry.key());
  std::sort(keys.begin(), keys.end());
  char separator = '{';
  for (auto const& key : keys) {
    out += separator + json::serialize(json::string(key)) + ':';
    write(object.at(key), out);
    separator = ',';
  }
  out += object.empty() ? "{}" : "}";
}

void write_array(json::array const& array, std::string& out) {
  char separator = '[';
  for (auto const& item : array) {
    out += separator;
    write(item, out);
    separator = ',';
  }
  out += array.empty() ? "[]" : "]";
}

void write(json::value const& value, std::string& out) {
  switch (value.kind()) {
    case json::kind::object:
      return write_object(value.get_object(), out);
    case json::kind::array:
      return write_array(value.get_array(), out);
    case json::kind::double_:
      out += number_text(value.get_double());
      return;
    case json::kind::string:
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::bool_:
    case json::kind::null:
      out += json::serialize(value);
      return;
  }
}

/// \param margin of the lines of the value, in columns
/// \param before characters that the first of them has before the value
std::string indented(json::value const& value, std::size_t margin, std::size_t before) {
  if (!value.is_structured()) return canonical_text(value);
  std::string const new_line = "\n" + std::string(margin + 2, ' ');
  std::string on_one_line, on_several;
  auto const add = [&](std::string const& key, json::value const& entry) {
    auto const text = key + indented(entry, margin + 2, key.size());
    on_one_line += (on_one_line.empty() ? "" : ", ") + text;
    on_several += (on_several.empty() ? "" : ",") + new_line + text;
  };
  bool const is_object = value.is_object();
  if (is_object) {
    for (auto const& [key, entry] : value.get_object())
      add(json::serialize(json::string(key)) + ": ", entry);
  } else {
    for (auto const& entry : value.get_array()) add("", entry);
  }
  bool const fits = margin + before + on_one_line.size() + 3 <= 100 &&  // brackets and a comma
                    on_one_line.find('\n') == std::string::npos;
  auto const inside = fits ? on_one_line : on_several + "\n" + std::string(margin, ' ');
  return is_object ? "{" + inside + "}" : "[" + inside + "]";
}

}  // namespace

json::value parse_json(std::string_view text, std::string const& name, std::string_view hint) {
  json::parser parser;
  json::error_code error;
  std::size_t position = parser.write_some(text.data(), text.size(), error);
  if (!error && position < text.size())
    throw_syntax_error(text, position, name, "text after the end of the value", hint);
  if (error) throw_syntax_error(text, position, name, error.message(), hint);
  return parser.release();
}

std::vector<std::string> duplicate_keys(std::string_view text) {
  json::basic_parser<DuplicateFinder> parser{json::parse_options{}};
  json::error_code error;
  parser.write_some(false, text.data(), text.size(), error);
  return parser.handler().found;
}

std::string canonical_text(json::value const& value) {
  std::string out;
  write(value, out);
  return out;
}

std::string indented_text(json::value const& value) { return indented(value, 0, 0) + "\n"; }

std::string number_text(double value) {
  std::array<char, 32> digits{};
  auto const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value == 0.0 ? 0.0 : value).ptr;
  return {digits.data(), end};
}

}  // namespace xrdct::config
