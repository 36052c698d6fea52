// Writes JSON objects whose keys keep their order, for texts that people read.
#include "config/json/json_object.hpp"

#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "config/json/json_text.hpp"

namespace xrdct::config {

std::string in_quotes(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

std::string tidy_json(std::string_view text) {
  return indented_text(boost::json::parse(boost::json::string_view(text.data(), text.size())));
}

std::string text_in_json(std::string_view text) {
  auto const value = boost::json::parse(boost::json::string_view(text.data(), text.size()));
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

JsonObject& JsonObject::number(std::string_view key, double value) {
  std::array<char, 32> digits{};
  char const* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw(key, std::string_view(digits.data(), end));
}

JsonObject& JsonObject::raw(std::string_view key, std::string_view value) {
  if (!inside_.empty()) inside_ += ", ";
  inside_ += in_quotes(key) + ": ";
  inside_ += value;
  return *this;
}

}  // namespace xrdct::config
