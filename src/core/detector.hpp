#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calibration.hpp"
#include "core/words.hpp"

namespace xrdct::core {

/// Modules of `module` pixels separated by `gap` pixels along both axes.
struct ModuleLayout {
  FrameShape module;
  FrameShape gap;
};

/// A flat detector with a regular grid of pixels.
struct Detector {
  std::string name;
  double pixel1_m = 0.0;           //!< slow, axis 1
  double pixel2_m = 0.0;           //!< fast, axis 2
  FrameShape shape;                //!< rows × columns; 0 × 0: taken from the frames
  int orientation = 3;             //!< 1–4
  std::vector<std::uint8_t> mask;  //!< [pixel] 1: gap or dead by construction; empty: none
};

/*!
 * The detector that a calibration names.
 *
 * Names are compared without case, spaces, '_' and '-'. `frame` is the shape of the frames: it sets the shape of a plain "Detector", and a
 * detector of the table has to agree with it. The mask follows the orientation.
 * \throws InputError unknown name (with the nearest one), a detector that is not flat and regular, missing pixel size, other shape, orientation
 * outside 0–4.
 */
Detector make_detector(DetectorChoice const& choice, FrameShape frame);

/// Shape of a detector of the table, by name. \throws InputError unknown name.
FrameShape detector_shape(std::string_view name);

/// Class names of all detectors of the table.
std::vector<std::string> detector_names();

}  // namespace xrdct::core
