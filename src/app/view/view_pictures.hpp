#pragma once
#include <string>
#include <vector>

#include "app/view/view_options.hpp"
#include "io/pictures/picture.hpp"
#include "io/pictures/picture_format.hpp"
#include "io/stored/pattern_reader.hpp"
#include "io/stored/sinogram_reader.hpp"

namespace xrdct::app {

/// ", height 3"; empty where there is one alone.
std::string height_text(io::PatternReader const& reader, ViewOptions const& options);
/// \throws core::InputError an ending of no picture, a file that may not be replaced
io::PictureFormat picture_target(ViewOptions const& options, std::string const& output,
                                 std::string const& what);

/// Places of one height: \param values [slow][fast]
io::MapPicture map_of(io::PatternReader const& reader, ViewOptions const& options,
                      std::string const& title, std::vector<double> const& values);

/// A cake over its two axes:
/// \param values [azimuthal][radial]
/// \throws core::InputError a unit other than that of its bins
io::MapPicture cake_of(io::PatternReader const& reader, ViewOptions const& options,
                       std::string const& reduction, std::string const& title,
                       std::vector<double> const& values);

/// A curve; bins without a place on the axis are left out.
io::CurvePicture curve_of(ViewOptions const& options, std::string const& title,
                          std::string const& x_label, std::vector<double> const& x,
                          std::vector<double> const& values);

/// What `view` does with each choice: writes a file and says which.
/// \throws core::InputError, core::IoError
void draw_channel(io::PatternReader const& reader, ViewOptions const& options,
                  std::string const& reduction);
void draw_window(io::PatternReader const& reader, ViewOptions const& options,
                 std::string const& reduction);
void draw_overview(io::SinogramReader const& reader, ViewOptions const& options,
                   std::string const& reduction);
void show_pattern(io::PatternReader const& reader, ViewOptions const& options,
                  std::string const& reduction);

}  // namespace xrdct::app
