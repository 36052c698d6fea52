#pragma once
#include <cstdint>
#include <vector>

#include "core/detector/detector_table.hpp"

/// Masks of detectors by their rules. Private to core.
namespace xrdct::core {

/// [pixel] 1: dead by construction, in native order; empty: none. Binned pixels are dead when one
/// of theirs is;
/// \param shape after binning.
std::vector<std::uint8_t> mask_by_rule(DetectorRule const& rule, FrameShape native,
                                       FrameShape shape, std::size_t binning1,
                                       std::size_t binning2);

/// Flips a mask to the image of an orientation.
void turn(std::vector<std::uint8_t>& mask, FrameShape shape, int orientation);

}  // namespace xrdct::core
