#pragma once
#include <string>

namespace xrdct::core {

/// A number for a message to people, six significant digits: "0.1", "1e-10".
std::string number_text(double value);

}  // namespace xrdct::core
