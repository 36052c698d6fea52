#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "io/pictures/axis_scale.hpp"
#include "io/pictures/colour_limits.hpp"
#include "io/pictures/picture_format.hpp"
#include "io/pictures/points.hpp"

namespace xrdct::io {

/// What is drawn over a map, in the units of its axes.
struct MapMarks {
  std::vector<Point> crosses;         //!< horizontal, vertical
  std::vector<double> columns, rows;  //!< lines over the whole plot
  /// a length of the horizontal axis, drawn in a corner with its text; 0: none
  double bar = 0.0;
  std::string bar_label;
};

/// A map: `values` [row][column], row 0 at the bottom. Its colours span `colour_limits`; what lies
/// beyond is counted below the map. Values that cannot be drawn have a colour of their own.
struct MapPicture {
  std::string title;
  PictureAxis horizontal, vertical;
  bool true_aspect = false;  //!< one step of either axis is as long as of the other
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
  std::string value_label;  //!< quantity and unit
  ColourChoice colours = {};
  MapMarks marks = {};
};

/// A curve over one axis; a value that cannot be drawn leaves a gap.
struct CurvePicture {
  std::string title;
  std::string x_label, y_label;  //!< quantity and unit
  std::vector<double> x, y;
  bool logarithmic = false;
  std::optional<Interval> range = {};  //!< of y; nothing: all of it
};

/*!
 * Draws with axes, ticks and a colour bar, 1200 × 900 pixels or points, and writes the file
 * durably.
 *
 * Equal pictures are equal bytes. The file is signed, so that `origin_of` knows it from others.
 * Memory: 4 B per pixel, and the file.
 * \throws core::IoError
 */
void write_picture(std::filesystem::path const& file, PictureFormat format, MapPicture const& map);
void write_picture(std::filesystem::path const& file, PictureFormat format,
                   CurvePicture const& curve);

/// Maps and curves in rows under one title, 700 × 600 pixels or points each.
using PagePart = std::variant<MapPicture, CurvePicture>;
void write_picture(std::filesystem::path const& file, PictureFormat format,
                   std::string const& title, std::vector<std::vector<PagePart>> const& rows);

/// Two of them side by side under one title, 2000 × 900 pixels or points.
void write_picture(std::filesystem::path const& file, PictureFormat format,
                   std::string const& title, MapPicture const& left, MapPicture const& right);
void write_picture(std::filesystem::path const& file, PictureFormat format,
                   std::string const& title, MapPicture const& left, CurvePicture const& right);

}  // namespace xrdct::io
