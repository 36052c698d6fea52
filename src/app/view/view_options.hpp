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
  bool centre = false;                   //!< slices: the rotation axis is marked
  std::optional<std::string> page;       //!< slices: channels, "q=20.1,q=24.3" or "strongest"
  bool conditioning = false;             //!< slices: what was done to the sinograms before
  std::optional<std::string> sinograms;  //!< slices: file of the sinograms beside them
  std::string per;  //!< of slices: what intensities are divided by, "mm"; found in the file
  std::string output, comment = "#";
  PictureOptions look;
};

}  // namespace xrdct::app
