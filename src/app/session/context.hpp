#pragma once
#include "core/words/errors.hpp"
#include "io/ranks/communicator.hpp"

namespace CLI {
class App;
}

namespace xrdct::app {

/// What `main` hands to a subcommand, and what it gets back.
struct Context {
  /// the ranks; nullptr for subcommands that run alone (integrate, view)
  io::Communicator* communicator = nullptr;
  /// set by the subcommand when it ends without an exception
  core::ExitStatus status = core::ExitStatus::done;
  bool first_rank() const { return communicator == nullptr || communicator->rank() == 0; }
};

/// Each adds its subcommand; the work is done in the callback. Errors leave as core::InputError and
/// core::IoError.
void add_reduce(CLI::App& app, Context& context);
void add_check(CLI::App& app, Context& context);
void add_integrate(CLI::App& app, Context& context);
void add_simulate(CLI::App& app, Context& context);
void add_view(CLI::App& app, Context& context);

}  // namespace xrdct::app
