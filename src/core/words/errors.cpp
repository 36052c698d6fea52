// Texts of errors.
#include "core/words/errors.hpp"

namespace xrdct::core {
namespace {

std::string joined(std::vector<std::string> const& lines) {
  std::string all;
  for (auto const& line : lines) all += (all.empty() ? "" : "\n") + line;
  return all;
}

}  // namespace

std::string text(Problem const& problem) {
  auto const behind = [](char const* mark, std::string const& words) {
    return words.empty() ? std::string() : mark + words;
  };
  return "cannot " + problem.what + ": expected " + problem.expected +
         behind(", found ", problem.found) + behind("; ", problem.attempt);
}

InputError::InputError(std::vector<std::string> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

void assertion_failed(char const* condition, std::source_location where) {
  throw AssertionError(std::string(where.file_name()) + ":" + std::to_string(where.line()) +
                       ": broken promise: " + condition);
}

}  // namespace xrdct::core
