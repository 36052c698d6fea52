#pragma once
#include <functional>
#include <stdexcept>
#include <string>

#include "core/words/errors.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::io {

/// An error that all ranks know of: rank 0 prints it, all ranks end with its status.
class AgreedError : public std::runtime_error {
 public:
  AgreedError(core::ExitStatus status, std::string const& text)
      : std::runtime_error(text), status_(status) {}
  AgreedError(core::ExitStatus status, core::Problem const& problem)
      : AgreedError(status, core::text(problem)) {}
  core::ExitStatus status() const noexcept { return status_; }

 private:
  core::ExitStatus status_;
};

/// Runs `work` on rank 0 alone. Collective. \throws AgreedError on all ranks when `work` fails
void on_first_rank(Communicator& communicator, std::function<void()> const& work);

/// Runs `work` on every rank. Collective.
/// \throws AgreedError on all ranks when it fails on one, with the text of the lowest such rank
void on_all_ranks(Communicator& communicator, std::function<void()> const& work);

/// Exit status and text of the exception that is being handled.
AgreedError current_error();

}  // namespace xrdct::io
