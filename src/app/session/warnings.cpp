// The one form of warnings, and that of errors.
#include "app/session/warnings.hpp"

#include <algorithm>
#include <iostream>

namespace xrdct::app {

void warn(std::string const& text) { std::cerr << "xrdct: warning: " << text << std::endl; }

void warn(std::vector<std::string> const& texts) {
  for (auto const& text : texts) warn(text);
}

void tell_error(std::string_view text, std::string const& whom) {
  std::string const prefix = whom.empty() ? "xrdct: error: " : "xrdct: " + whom + ": error: ";
  while (!text.empty()) {
    auto const end = std::min(text.find('\n'), text.size());
    std::cerr << prefix << text.substr(0, end) << "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::cerr << std::flush;
}

}  // namespace xrdct::app
