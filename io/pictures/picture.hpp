#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace xrdct::io {

/// A labelled axis of a picture: from the centre of the first to the centre of the last value.
struct PictureAxis {
  std::string label;  //!< "rotation [deg]"
  double first = 0.0;
  double last = 1.0;
};

/// A map: `values` [row][column], NaN is drawn grey. Its colours span `colour_limits`; what lies
/// beyond is told below the map.
struct MapPicture {
  std::string title;
  PictureAxis horizontal, vertical;
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
  std::string value_label;
  bool logarithmic = false;
};

/// Curves over one axis.
struct CurvePicture {
  std::string title;
  std::string x_label, y_label;
  std::vector<double> x;
  struct Curve {
    std::string label;
    std::vector<double> y;
  };
  std::vector<Curve> curves;
  bool logarithmic = false;
};

/// Draws as PNG: perceptual colour map (viridis) with a colour bar, axes with ticks and units.
/// \throws core::IoError
void write_png(std::filesystem::path const& file, MapPicture const& picture);
void write_png(std::filesystem::path const& file, CurvePicture const& picture);

/// Two of them side by side under one title. \throws core::IoError
void write_png(std::filesystem::path const& file, std::string const& title, MapPicture const& left,
               MapPicture const& right);
void write_png(std::filesystem::path const& file, std::string const& title, MapPicture const& left,
               CurvePicture const& right);

}  // namespace xrdct::io
