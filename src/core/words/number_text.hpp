#pragma once
#include <string>

namespace xrdct::core {

/// A number for a message to people, with so many significant digits at most: "0.1", "1e-10".
std::string number_text(double value, int digits = 6);

}  // namespace xrdct::core
