#pragma once

namespace CLI {
class App;
}

namespace xrdct::app {

struct Context;

/// Adds the subcommand; the callback sets `Context::work`, whose errors leave as core::InputError,
/// core::IoError and io::AgreedError.
void add_export(CLI::App& program, Context& context);

}  // namespace xrdct::app
