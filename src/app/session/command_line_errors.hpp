#pragma once
#include <string>

namespace CLI {
class App;
}

namespace xrdct::app {

/*!
 * Words of a command line that its command does not have, one sentence each, separated by line
 * ends; "" when it knows all of them.
 *
 * Reported before the line is parsed: a misspelt command or option with the nearest one, an option
 * of another command with that command, and a long option behind one dash, which would be read as a
 * short one with a value ("-overwrite": output "verwrite").
 */
std::string unknown_words(CLI::App const& program, int argc, char const* const* argv);

/// What the help says of the options that a parser's message begins with: " (Radial bins; default
/// 1000)"; "" when it names none.
std::string help_of_option(CLI::App const& program, std::string const& command,
                           std::string const& message);

}  // namespace xrdct::app
