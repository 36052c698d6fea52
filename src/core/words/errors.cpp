// Texts of errors.
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

std::string joined(std::vector<std::string> const& lines) {
  std::string text;
  for (auto const& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace

InputError::InputError(std::vector<std::string> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

void assertion_failed(char const* condition, std::source_location where) {
  throw AssertionError(std::string(where.file_name()) + ":" + std::to_string(where.line()) +
                       ": broken promise: " + condition);
}

}  // namespace xrdct::core
