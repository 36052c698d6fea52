// The one form of warnings.
#include "app/session/warnings.hpp"

#include <iostream>

namespace xrdct::app {

void warn(std::string const& text) { std::cerr << "xrdct: warning: " << text << std::endl; }

void warn(std::vector<std::string> const& texts) {
  for (auto const& text : texts) warn(text);
}

}  // namespace xrdct::app
