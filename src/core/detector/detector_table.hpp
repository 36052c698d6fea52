#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "core/detector/detector.hpp"

namespace xrdct::core {

/// Where the pixels of a detector are and which are dead by construction, as rules on row and
/// column.
struct DetectorRule {
  enum class Pixels {
    regular,       //!< on a grid
    wide_borders,  //!< pixels on both sides of a border between chips are wider
    xpad_flat,     //!< the same along the rows, and modules with gaps between them
    cirpad,        //!< modules on an arc
    cylinder,      //!< bent about an axis along the columns
    hexagons
  } pixels = Pixels::regular;
  enum class Dead {
    none,
    gaps,           //!< between modules, and columns in the middle of each
    outside_disc,   //!< only a disc in the middle of the square is sensitive
    borders,        //!< first and last row and column of each module
    outside_chips,  //!< of the Jungfrau 8M
    chip_junctions  //!< of the Jungfrau 16M
  } dead = Dead::none;
  ModuleLayout layout{};
  std::size_t dead_column = 0;   //!< first dead column of a module
  std::size_t dead_columns = 0;  //!< their number
  double border_width = 1.0;     //!< of pixels at borders, in pixels
  double radius_m = 0.0;         //!< of a cylinder
};

/// One detector of the table.
struct DetectorRow {
  std::string_view name;
  std::string_view aliases;  //!< lower case, without '_', '-' and spaces; separated by one space
  double pixel1_m, pixel2_m;
  FrameShape native_shape;  //!< without binning
  std::size_t binning;      //!< of the pixel sizes above
  DetectorRule rule;
};

/// Pixel sizes, shapes and gaps of pyFAI 2026.9.
std::span<DetectorRow const> detector_table();

/// First row and column of the 128 chips of 256 × 256 pixels of a Jungfrau 8M.
std::span<FrameShape const> jungfrau_8m_chips();

}  // namespace xrdct::core
