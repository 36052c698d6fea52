#pragma once
#include <CLI/CLI.hpp>

#include "app/session/context.hpp"

/// Commands on sinograms and slices.
namespace xrdct::app {

/// `xrdct reconstruct`.
void add_reconstruct(CLI::App& app, Context& context);

}  // namespace xrdct::app
