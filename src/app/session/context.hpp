#pragma once
#include <functional>

#include "core/words/errors.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::app {

/// What `main` hands to a subcommand, and what it gets back.
struct Context {
  /// the ranks; nullptr for subcommands that run alone (integrate, view)
  io::Communicator* communicator = nullptr;
  /// what the command line asks for, set while it is read: ranks agree on that before they begin
  std::function<void()> work;
  /// set by the subcommand when it ends without an exception
  core::ExitStatus status = core::ExitStatus::done;
  bool first_rank() const { return communicator == nullptr || communicator->rank() == 0; }
};

}  // namespace xrdct::app
