#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/words/words.hpp"

namespace xrdct::core {

/// Names of the detectors that have frames of this shape, with their binnings, and pixels of these
/// sizes where they are known [m, within 2 %]. Of several sizes of one table row that of the shape.
std::vector<std::string> detectors_like(FrameShape frame, std::optional<double> pixel1_m = {},
                                        std::optional<double> pixel2_m = {});

}  // namespace xrdct::core
