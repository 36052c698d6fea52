#pragma once
#include "core/detector/detector_table.hpp"

/// Positions of the pixels of detectors that are not regular. Private to core.
namespace xrdct::core {

/// Adds edges, strips or a table to a detector that has its shape and pixel sizes.
/// \param radius_m of a cylinder
void place_pixels(DetectorRule const& rule, double radius_m, Detector& detector);

}  // namespace xrdct::core
