#include "core/number_text.hpp"

#include <cstdio>

namespace xrdct::core {

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

}  // namespace xrdct::core
