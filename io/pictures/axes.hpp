#pragma once
#include <string>

#include "io/pictures/axis_scale.hpp"
#include "io/pictures/drawing.hpp"

/// What stands around a plot: a title, axes, a colour bar. Labels that are too long become smaller.
namespace xrdct::io {

inline constexpr double note_size = 11.0;  //!< height of capitals [pixels]
inline constexpr Colour white{255, 255, 255}, ink{30, 30, 30}, grid{228, 228, 228};

/// Centred at a place on its base line, as long as `width` at most.
void draw_title(Drawing& drawing, Point middle, double width, std::string const& title);
void draw_horizontal_axis(Drawing& drawing, Rectangle const& plot, Scale const& scale,
                          std::string const& label);
void draw_vertical_axis(Drawing& drawing, Rectangle const& plot, Scale const& scale,
                        std::string const& label);
void draw_colour_bar(Drawing& drawing, Rectangle const& bar, Scale const& scale,
                     ColourMap const& colours, std::string const& label);
void draw_grid(Drawing& drawing, Rectangle const& plot, Scale const& x_scale, Scale const& y_scale);
/// A smaller line from `left`, as long as `width` at most.
void draw_note(Drawing& drawing, Point left, double width, std::string const& note);

}  // namespace xrdct::io
