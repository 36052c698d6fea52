// Gaps and bad pixels that a detector has by its making.
#include "core/detector/detector_masks.hpp"

#include <algorithm>

#include "core/detector/pixel_positions.hpp"

namespace xrdct::core {
namespace {

using Dead = DetectorRule::Dead;

void mark_gaps(DetectorRule const& rule, FrameShape shape, std::vector<std::uint8_t>& mask) {
  auto const& [module, gap] = rule.layout;
  for (std::size_t row = 0; row < shape.rows; ++row) {
    bool const gap_row = row % (module.rows + gap.rows) >= module.rows;
    for (std::size_t column = 0; column < shape.columns; ++column) {
      std::size_t const c = column % (module.columns + gap.columns);
      bool const dead = c >= module.columns ||
                        (c >= rule.dead_column && c < rule.dead_column + rule.dead_columns);
      if (gap_row || dead) mask[row * shape.columns + column] = 1;
    }
  }
}

void mark_outside_of_disc(FrameShape shape, std::vector<std::uint8_t>& mask) {
  auto const radius = static_cast<double>(shape.rows / 2),
             middle = static_cast<double>(shape.columns / 2);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t column = 0; column < shape.columns; ++column) {
      double const y = static_cast<double>(row) + 0.5 - radius,
                   x = static_cast<double>(column) + 0.5 - middle;
      if (y * y + x * x > radius * radius) mask[row * shape.columns + column] = 1;
    }
  }
}

void mark_borders(FrameShape module, FrameShape shape, std::vector<std::uint8_t>& mask) {
  auto const at_border = [](std::size_t k, std::size_t length) {
    return k % length == 0 || k % length == length - 1;
  };
  for (std::size_t pixel = 0; pixel < mask.size(); ++pixel) {
    if (at_border(pixel / shape.columns, module.rows) ||
        at_border(pixel % shape.columns, module.columns))
      mask[pixel] = 1;
  }
}

void mark_outside_of_chips(FrameShape shape, std::vector<std::uint8_t>& mask) {
  constexpr std::size_t length = 256;
  std::fill(mask.begin(), mask.end(), std::uint8_t{1});
  for (auto const& [first_row, first_column] : jungfrau_8m_chips()) {
    for (std::size_t row = first_row; row < std::min(first_row + length, shape.rows); ++row) {
      for (std::size_t column = first_column;
           column < std::min(first_column + length, shape.columns); ++column)
        mask[row * shape.columns + column] = 0;
    }
  }
}

/// Four rows in the middle of each module, and four columns between its chips of 256 columns.
void mark_junctions(FrameShape module, FrameShape shape, std::vector<std::uint8_t>& mask) {
  constexpr std::size_t chip = 256, junction = 2, dead = 4;
  for (std::size_t pixel = 0; pixel < mask.size(); ++pixel) {
    std::size_t const row = pixel / shape.columns % module.rows,
                      column = pixel % shape.columns % module.columns;
    bool const in_row = row + 1 >= chip && row + 1 < chip + dead;
    std::size_t const place = (column + 1) % (chip + junction);
    bool const in_column =
        column + 1 >= chip && column + 2 < module.columns && (place >= chip || place < junction);
    if (in_row || in_column) mask[pixel] = 1;
  }
}

/// A binned pixel is dead when one of its pixels is.
std::vector<std::uint8_t> binned(std::vector<std::uint8_t> const& mask, FrameShape from,
                                 FrameShape to, std::size_t binning1, std::size_t binning2) {
  std::vector<std::uint8_t> result(to.pixels(), 0);
  for (std::size_t row = 0; row < to.rows * binning1; ++row) {
    for (std::size_t column = 0; column < to.columns * binning2; ++column)
      result[row / binning1 * to.columns + column / binning2] |= mask[row * from.columns + column];
  }
  return result;
}

}  // namespace

std::vector<std::uint8_t> mask_by_rule(DetectorRule const& rule, FrameShape native,
                                       FrameShape shape, std::size_t binning1,
                                       std::size_t binning2) {
  if (rule.dead == Dead::none) return {};
  if (rule.dead == Dead::outside_disc) {
    std::vector<std::uint8_t> mask(shape.pixels(), 0);
    mark_outside_of_disc(shape, mask);
    return mask;
  }
  std::vector<std::uint8_t> mask(native.pixels(), 0);
  if (rule.dead == Dead::gaps) mark_gaps(rule, native, mask);
  if (rule.dead == Dead::borders) mark_borders(rule.layout.module, native, mask);
  if (rule.dead == Dead::outside_chips) mark_outside_of_chips(native, mask);
  if (rule.dead == Dead::chip_junctions) mark_junctions(rule.layout.module, native, mask);
  return binned(mask, native, shape, binning1, binning2);
}

void turn(std::vector<std::uint8_t>& mask, FrameShape shape, int orientation) {
  std::size_t const columns = shape.columns;
  if (flips_rows(orientation)) {
    for (std::size_t row = 0; row < shape.rows / 2; ++row)
      std::swap_ranges(mask.begin() + row * columns, mask.begin() + (row + 1) * columns,
                       mask.begin() + (shape.rows - 1 - row) * columns);
  }
  if (flips_columns(orientation)) {
    for (std::size_t row = 0; row < shape.rows; ++row)
      std::reverse(mask.begin() + row * columns, mask.begin() + (row + 1) * columns);
  }
}

}  // namespace xrdct::core
