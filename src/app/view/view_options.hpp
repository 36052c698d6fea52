#pragma once
#include <cstddef>
#include <optional>
#include <string>

namespace xrdct::app {

/// The command line of `xrdct view`.
struct ViewOptions {
  std::string file;
  std::string reduction;
  std::string field = "I";
  std::optional<std::string> channel, azimuth, pattern, unit;
  std::size_t height = 0;
  std::string output, comment = "#";
  bool logarithmic = false;
};

}  // namespace xrdct::app
