#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/detector/calibration.hpp"
#include "core/detector/distortion_spline.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {

/// Modules of `module` pixels separated by `gap` pixels along both axes.
struct ModuleLayout {
  FrameShape module;
  FrameShape gap;
};

/// Where the pixels of a contiguous detector meet, in native order, when that is not index × pixel
/// size.
struct PixelEdges {
  std::vector<double> rows;     //!< [rows + 1] m along axis 1; empty: index × pixel size
  std::vector<double> columns;  //!< [columns + 1] m along axis 2
  std::vector<double> depth;  //!< [columns + 1] m away from the sample; float32 values, as rows and
                              //!< columns then are; empty: flat
};

/// Rows of pixels that need not touch each other, in native order: modules one above the other.
struct PixelStrips {
  struct Row {
    double lower_depth, lower, upper_depth, upper;  //!< m away from the sample and along axis 1
  };
  std::vector<Row> rows;        //!< empty: no strips
  std::vector<double> columns;  //!< [columns + 1] m along axis 2
  bool is_flat = true;          //!< all depths are 0
};

/// Corners of every pixel, in native order. Memory: 48 B per pixel, 72 B for hexagons.
struct PixelTable {
  std::size_t corners = 4;      //!< of a pixel
  std::vector<float> position;  //!< [pixel][corner][3] m: away from the sample, along axis 1, along
                                //!< axis 2; empty: no table
  bool is_flat = true;          //!< all depths are 0
};

/// A detector: at most one of `edges`, `strips`, `table` and `distortion` places its pixels;
/// without them they lie on a regular grid.
struct Detector {
  std::string name;
  double pixel1_m = 0.0;           //!< slow, axis 1
  double pixel2_m = 0.0;           //!< fast, axis 2
  FrameShape shape;                //!< rows × columns; 0 × 0: taken from the frames
  int orientation = 3;             //!< 1–4
  std::vector<std::uint8_t> mask;  //!< [pixel] 1: gap or dead by construction; empty: none
  PixelEdges edges = {};
  PixelStrips strips = {};
  PixelTable table = {};
  std::optional<DistortionSpline> distortion = {};
};

/*!
 * The detector that a calibration names.
 *
 * Names are compared without case, spaces, '_' and '-'. `frame` is the shape of the frames: it sets
 * the shape of a plain "Detector", and a detector of the table has to agree with it. The mask
 * follows the orientation.
 * \throws InputError unknown name (with the nearest one), missing pixel size, a binning that the
 * detector has not, other shape, orientation outside 0–4.
 */
Detector make_detector(DetectorChoice const& choice, FrameShape frame);

/// The same with the distortion of its spline file, which also gives shape and pixel sizes.
Detector make_detector(DetectorChoice const& choice, FrameShape frame,
                       DistortionSpline const& distortion);

/*!
 * A detector whose arrays are in the order of an image of its own orientation, for images of
 * another one (0: the same). Its `orientation` becomes the difference of the two: what is still to
 * be flipped.
 * \throws InputError other shape
 */
Detector oriented(Detector detector, int orientation, FrameShape frame);

/// Shape of a detector of the table, by name. \throws InputError unknown name.
FrameShape detector_shape(std::string_view name);

/// Class names of all detectors of the table.
std::vector<std::string> detector_names();

}  // namespace xrdct::core
