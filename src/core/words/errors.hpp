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
  watchdog = 98,       //!< no progress
  requeue = 99         //!< stopped on request, can be resumed
};

/*!
 * Something that the user wrote is wrong: a job, a PONI file, an option (exit status 2).
 *
 * The text says `cannot <verb> <object>: expected X, found Y; <what to try>`. An error may carry
 * several problems, one per line.
 */
class InputError : public std::runtime_error {
 public:
  explicit InputError(std::string const& problem)
      : std::runtime_error(problem), problems_{problem} {}
  explicit InputError(std::vector<std::string> problems);
  std::vector<std::string> const& problems() const noexcept { return problems_; }

 private:
  std::vector<std::string> problems_;
};

/// A file could not be read or written, or its content is broken (exit status 3). Same form of text
/// as `InputError`.
class IoError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
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
