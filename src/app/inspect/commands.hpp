#pragma once

namespace CLI {
class App;
}

namespace xrdct::app {

struct Context;

/// Adds the subcommand; the callback sets `Context::work`, whose errors leave as core::InputError
/// and core::IoError.
void add_inspect(CLI::App& program, Context& context);

}  // namespace xrdct::app
