#pragma once
#include <string>

#include "core/detector/calibration.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {

/*!
 * The calibration for frames that lack a few of their detector's last rows and columns, such as 512
 * × 1028 of an Eiger500k's 514 × 1030: pixel (0, 0) stays where it is, as pyFAI takes such frames
 * when a mask of their shape is given. Anything else comes back as it is: frames that lack more
 * than 2 % of a side, and detectors with gaps, whose places a crop could move.
 */
Calibration cropped_to(Calibration calibration, FrameShape frame);

/// What a user should know where `cropped` is not `calibration`; empty: nothing.
std::string crop_note(Calibration const& calibration, Calibration const& cropped);

}  // namespace xrdct::core
