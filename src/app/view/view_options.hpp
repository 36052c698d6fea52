#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/files/picture_options.hpp"

namespace xrdct::app {

/// The command line of `xrdct view`.
struct ViewOptions {
  std::string file;
  std::string reduction;
  std::string field = "I";
  std::optional<std::string> channel, azimuth, pattern, unit, roi;
  std::vector<std::string> background;  //!< windows, none without a roi
  std::size_t height = 0;
  std::string output, comment = "#";
  PictureOptions look;
};

}  // namespace xrdct::app
