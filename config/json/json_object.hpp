#pragma once
#include <concepts>
#include <string>
#include <string_view>

namespace xrdct::config {

/// A text as JSON writes it: in quotes, with `"`, `\` and control characters escaped.
std::string in_quotes(std::string_view text);

/// The same JSON for people: indented, keys in their order. \param text JSON
std::string tidy_json(std::string_view text);

/// The text that JSON stands for; "" for another value. \param text JSON
std::string text_in_json(std::string_view text);

/// Makes the text of one JSON object on one line, `{"a": 1, "b": "c"}`, a key at a time and in that
/// order.
class JsonObject {
 public:
  JsonObject& text(std::string_view key, std::string_view value) {
    return raw(key, in_quotes(value));
  }
  /// In the shortest form that reads back the same, −0 as -0.
  JsonObject& number(std::string_view key, double value);
  template <std::integral T>
  JsonObject& count(std::string_view key, T value) {
    return raw(key, std::to_string(value));
  }
  JsonObject& flag(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  /// \param value JSON already
  JsonObject& raw(std::string_view key, std::string_view value);
  std::string done() const { return "{" + inside_ + "}"; }

 private:
  std::string inside_;
};

}  // namespace xrdct::config
