#pragma once

namespace CLI {
class App;
}

namespace xrdct::app {

struct Context;

/// Each adds its subcommand; the callback sets `Context::work`, whose errors leave as
/// core::InputError, core::IoError and io::AgreedError.
void add_reduce(CLI::App& program, Context& context);
void add_check(CLI::App& program, Context& context);
void add_verify(CLI::App& program, Context& context);

}  // namespace xrdct::app
