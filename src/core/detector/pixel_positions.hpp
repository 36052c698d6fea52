#pragma once
#include <array>
#include <cstddef>

#include "core/detector/detector.hpp"

namespace xrdct::core {

/// A point of a detector before it is placed in the laboratory [m]: along axis 1, along axis 2,
/// away from the sample. The origin is a corner of pixel (0, 0) of orientation 3.
struct DetectorPoint {
  double p1 = 0.0, p2 = 0.0, depth = 0.0;
};

bool flips_rows(int orientation);     //!< of orientations 1 and 2
bool flips_columns(int orientation);  //!< of orientations 1 and 4
/// Whether every pixel has corners of its own.
bool has_own_corners(Detector const& detector);
/// Whether the depth differs from point to point.
bool is_curved(Detector const& detector);

/*!
 * Positions of the pixels of an image as it is stored: orientation o is orientation 3 on the image
 * flipped along axis 1 for o ∈ {1, 2} and along axis 2 for o ∈ {1, 4}.
 *
 *     regular      p = pixel size·(index + ½)          at corners: pixel size·index
 *     edges        the middle between two edges        at corners: the edge
 *     distortion   pixel size·(index + ½ + shift)      at corners: the same without ½
 *     strips       mean of the four corners, float32
 *     table
 *     mean of the first four corners,
 *       float32. Of a hexagon that is not the middle: it lies a quarter of the pitch beside it,
 *       as in
 * pyFAI, so that calibrations made there are met.
 */
DetectorPoint pixel_center(Detector const& detector, std::size_t row, std::size_t column);
/// Where pixels (row − 1, column − 1) and (row, column) of a contiguous detector meet.
DetectorPoint shared_corner(Detector const& detector, std::size_t row, std::size_t column);
/// Corner k of a pixel: A = (row, column), B = (row + 1, column), C = (row + 1, column + 1), D =
/// (row, column + 1); of a hexagon in the order of the table.
DetectorPoint pixel_corner(Detector const& detector, std::size_t row, std::size_t column,
                           std::size_t k);
/// Area of a pixel relative to pixel size 1 · pixel size 2; differs from 1 for distortion splines
/// alone, as in pyFAI.
double relative_area(Detector const& detector, std::size_t row, std::size_t column);
/// Normal of a pixel, towards the sample's side when its table is in the usual order: (C − A) × (D
/// − B), in the order depth, p1, p2.
std::array<double, 3> pixel_normal(Detector const& detector, std::size_t row, std::size_t column);

}  // namespace xrdct::core
