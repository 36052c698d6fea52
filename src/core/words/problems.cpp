// Gathers problems and throws them together.
#include "core/words/problems.hpp"

#include <utility>

namespace xrdct::core {

Problems::Problems(std::vector<std::string> earlier)
    : texts_(std::move(earlier)), of_input_(!texts_.empty()) {}

void Problems::add(std::string problem) {
  texts_.push_back(std::move(problem));
  of_input_ = true;
}

void Problems::require(bool holds, Problem const& problem) {
  if (!holds) add(problem);
}

bool Problems::attempt(std::string const& where, std::function<void()> const& step) {
  try {
    step();
    return true;
  } catch (InputError const& error) {
    for (auto const& problem : error.problems()) add(where + problem);
  } catch (IoError const& error) {
    texts_.push_back(where + error.what());
  }
  return false;
}

void Problems::throw_if_any() const {
  if (texts_.empty()) return;
  InputError const all(texts_);
  if (of_input_) throw all;
  throw IoError(all.what());
}

}  // namespace xrdct::core
