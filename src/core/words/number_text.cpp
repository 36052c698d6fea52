// Numbers in messages: the shortest text that reads back as the same.
#include "core/words/number_text.hpp"

#include <cstdio>

namespace xrdct::core {

std::string number_text(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

}  // namespace xrdct::core
