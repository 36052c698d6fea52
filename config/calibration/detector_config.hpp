#pragma once
#include <string>
#include <vector>

#include "config/calibration/poni_lines.hpp"
#include "core/detector/calibration.hpp"

/// The JSON of a PONI file. Private to config.
namespace xrdct::config {

/// `Detector_config: {…}`: pixel sizes, shape and orientation; what the program cannot honour is a
/// problem or a warning.
void read_detector_config(PoniLine const& line, core::DetectorChoice& detector,
                          PoniProblems& problems, std::vector<std::string>& warnings);

}  // namespace xrdct::config
