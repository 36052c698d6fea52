#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/words/errors.hpp"

namespace xrdct::core {

/// Gathers what independent checks and steps find wrong, so that a user learns of all of it at
/// once.
class Problems {
 public:
  Problems() = default;
  /// \param earlier problems of the input that are known already, reported first
  explicit Problems(std::vector<std::string> earlier);

  bool any() const noexcept { return !texts_.empty(); }
  std::vector<std::string> const& texts() const noexcept { return texts_; }
  void add(std::string problem);  //!< of the input
  void add(Problem const& problem) { add(text(problem)); }
  void require(bool holds, Problem const& problem);  //!< notes it where `holds` is false
  /// Runs `step` and notes the InputError or IoError that it throws, `where` in front of each line.
  /// \returns whether it threw none
  bool attempt(std::string const& where, std::function<void()> const& step);

  /// \throws InputError with all problems, where one is of the input; else IoError
  void throw_if_any() const;

 private:
  std::vector<std::string> texts_;
  bool of_input_ = false;
};

}  // namespace xrdct::core
