// Numbers in messages, with few digits.
#include "core/words/number_text.hpp"

#include <cstdio>

namespace xrdct::core {

std::string number_text(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

}  // namespace xrdct::core
