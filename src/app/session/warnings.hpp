#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace xrdct::app {

/// Prints what is allowed and hardly ever right, a line each on standard error: "xrdct: warning:
/// …".
void warn(std::string const& text);
void warn(std::vector<std::string> const& texts);

/// Prints an error on standard error, "xrdct: error: …" before each of its lines, so that each can
/// be found in a log of many ranks. \param whom the rank or the scan that it is of; empty: all
void tell_error(std::string_view text, std::string const& whom);

}  // namespace xrdct::app
