#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "core/detector.hpp"

namespace xrdct::core {

/// Which pixels of a detector are dead by construction, as a rule on row and column.
struct DetectorRule {
  enum class Kind {
    open,        //!< no gap
    modules,     //!< gaps between modules, and dead columns in the middle of each
    disc,        //!< only a disc in the middle of the square is sensitive
    unsupported  //!< not a flat regular grid, or gaps that no rule gives
  } kind = Kind::open;
  ModuleLayout layout{};
  std::size_t dead_column = 0;   //!< first dead column of a module
  std::size_t dead_columns = 0;  //!< their number
  std::string_view obstacle{};   //!< why it is unsupported
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

}  // namespace xrdct::core
