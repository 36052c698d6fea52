#pragma once
#include <string>
#include <vector>

#include "io/pictures/points.hpp"

namespace xrdct::io {

/// A line of text as strokes of a pen, from (0, 0) at the left end of its base line.
struct TextStrokes {
  double width = 0.0;
  std::vector<std::vector<Point>> strokes;
};

/*!
 * Lays out a line of text in letters that need no font of the machine: ASCII and ° µ · Å × θ χ −, a
 * box for any other letter. Digits, signs and points after `^` are raised.
 *
 * \param text UTF-8
 * \param height of a capital letter, in pixels
 *
 * The letters are Roman Simplex of the Hershey fonts (A. V. Hershey, U.S. National Bureau of
 * Standards, 1967).
 */
TextStrokes text_strokes(std::string const& text, double height);

}  // namespace xrdct::io
