#pragma once
#include <source_location>
#include <stdexcept>
#include <string>
#include <vector>

namespace xrdct::core {

/// What the program tells its caller when it ends.
enum class ExitStatus {
  done = 0,            //!< all frames reduced
  internal_error = 1,  //!< an error of the program itself
  wrong_input = 2,     //!< job, PONI, options
  io_failed = 3,       //!< input or output could not be read or written
  incomplete = 4,      //!< done, but frames are missing or corrupt
  watchdog = 98,       //!< no rank got on for `run.watchdog_s`
  stopped = 99         //!< stopped by a signal; the same command goes on
};

/// What is wrong, in the one form that all messages have.
struct Problem {
  std::string what;  //!< what cannot be done: "<verb> <object>"
  std::string expected;
  std::string found = {};    //!< empty: says nothing that is not known
  std::string attempt = {};  //!< what to try; empty: nothing
};

/// "cannot <what>: expected <expected>, found <found>; <attempt>"
std::string text(Problem const& problem);

/*!
 * Something that the user wrote is wrong: a job, a PONI file, an option (exit status 2).
 *
 * May carry several problems, one per line. A text of its own is for what another library, or
 * another rank, has said.
 */
class InputError : public std::runtime_error {
 public:
  explicit InputError(Problem const& problem) : InputError(text(problem)) {}
  explicit InputError(std::string const& problem)
      : std::runtime_error(problem), problems_{problem} {}
  explicit InputError(std::vector<std::string> problems);
  std::vector<std::string> const& problems() const noexcept { return problems_; }

 private:
  std::vector<std::string> problems_;
};

/// A file could not be read or written, or its content is broken (exit status 3).
class IoError : public std::runtime_error {
 public:
  explicit IoError(Problem const& problem) : std::runtime_error(text(problem)) {}
  explicit IoError(std::string const& problem) : std::runtime_error(problem) {}
};

/// A broken promise between two parts of the program (exit status 1); thrown by `XRDCT_ASSERT`.
class AssertionError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void assertion_failed(char const* condition,
                                   std::source_location where = std::source_location::current());

}  // namespace xrdct::core

/// Checks a precondition that only a programmer can break. Always on: its cost is outside of every
/// loop over pixels.
#define XRDCT_ASSERT(condition) \
  ((condition) ? void(0) : ::xrdct::core::assertion_failed(#condition))
