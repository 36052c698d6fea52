#pragma once
#include <string>

namespace xrdct::core {

/// A number for a message to people, with so many significant digits at most: "0.1", "1e-10".
std::string number_text(double value, int digits = 6);

/// Bytes likewise, in units of 1000: "512 B", "1.85 MB", "17.9 TB".
std::string bytes_text(double bytes);

}  // namespace xrdct::core
