// Which known detectors may have taken frames of a shape.
#include "core/detector/detector_guess.hpp"

#include <cmath>

#include "core/detector/detector_table.hpp"

namespace xrdct::core {
namespace {

bool is_near(std::optional<double> measured, double expected) {
  constexpr double tolerance = 0.02;
  return !measured || std::abs(*measured - expected) <= tolerance * expected;
}

}  // namespace

std::vector<std::string> detectors_like(FrameShape frame, std::optional<double> pixel1_m,
                                        std::optional<double> pixel2_m) {
  std::vector<std::string> names;
  for (auto const& row : detector_table()) {
    auto const rows = row.native_shape.rows, columns = row.native_shape.columns;
    if (frame.rows == 0 || rows == 0 || rows % frame.rows != 0 || columns % frame.columns != 0)
      continue;
    auto const binning = rows / frame.rows;
    constexpr std::size_t largest_binning = 8;
    if (columns / frame.columns != binning || binning > largest_binning) continue;
    if (binning != row.binning && binning != 1) continue;
    double const scale = static_cast<double>(binning) / static_cast<double>(row.binning);
    if (is_near(pixel1_m, row.pixel1_m * scale) && is_near(pixel2_m, row.pixel2_m * scale))
      names.emplace_back(row.name);
  }
  return names;
}

}  // namespace xrdct::core
