#pragma once
#include <string>
#include <vector>

namespace xrdct::app {

/// Prints what is allowed and hardly ever right, a line each on standard error: "xrdct: warning:
/// …".
void warn(std::string const& text);
void warn(std::vector<std::string> const& texts);

}  // namespace xrdct::app
