#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/detector/calibration.hpp"

namespace xrdct::config {

/// A PONI file: its calibration, its text as stored in the output, and what a reader should know.
struct PoniFile {
  core::Calibration calibration;
  std::string text;
  bool orientation_given = false;  //!< an orientation other than 3: the convention matters
  std::vector<std::string> warnings;
};

/*!
 * Reads a PONI file of version 1, 2, 2.1 or 3: `Key: value` lines, the last value of each key
 * applies. `read_poni` looks for a spline or NeXus file that the calibration names by a relative
 * path beside the PONI file.
 * \throws core::InputError naming file, line, key, what was expected and found; every problem at
 * once.
 */
PoniFile read_poni(std::filesystem::path const& file);
PoniFile parse_poni(std::string_view text, std::string const& file_name);

/// Text of a PONI file, version 2.1, or 3 with a parallax correction, without a date.
std::string poni_text(core::Calibration const& calibration);

}  // namespace xrdct::config
