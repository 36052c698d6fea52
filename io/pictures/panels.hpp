#pragma once
#include "io/pictures/drawing.hpp"
#include "io/pictures/picture.hpp"

namespace xrdct::io {

/// Draws a plot with all that stands around it into a part of the page.
void draw_panel(Drawing& drawing, Rectangle const& area, MapPicture const& map);
void draw_panel(Drawing& drawing, Rectangle const& area, CurvePicture const& curve);

}  // namespace xrdct::io
