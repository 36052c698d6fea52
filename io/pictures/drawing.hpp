#pragma once
#include <cairo.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/pictures/colour_map.hpp"
#include "io/pictures/picture_format.hpp"
#include "io/pictures/points.hpp"

namespace xrdct::io {

enum class Align { left, centre, right };

/// Colours of an image [row][column], the first row on top.
struct ImageColours {
  std::size_t rows = 0, columns = 0;
  std::vector<Colour> colours;
};

/*!
 * A picture in the making: the one place that knows Cairo. Equal calls give equal bytes, in every
 * format: no dates, no fonts of the machine, no numbers that depend on other pictures.
 * Failures are core::IoError.
 */
class Drawing {
 public:
  /// A white page. \param title what PDF says of itself
  Drawing(PictureFormat format, int width, int height, std::string const& title);

  void fill(Rectangle const& area, Colour colour);
  /// A line of one pixel inside the edge of `area`.
  void frame(Rectangle const& area, Colour colour);
  /// Lines between neighbours; only what lies in `area` is seen.
  void polyline(std::vector<Point> const& points, double width, Colour colour,
                Rectangle const& area);
  /// Stretched over `area`; pixels stay sharp.
  void image(ImageColours const& image, Rectangle const& area);

  /*!
   * A line of text; what follows `^` (signs, digits) is raised, see letters.hpp.
   * \param anchor where the line of the text begins, has its middle, or ends
   * \param height of a capital letter [pixels]
   * \param upwards turned by 90°, read from below
   */
  void text(std::string const& text, Point anchor, double height, Colour colour, Align align,
            bool upwards = false);

  /// Ends the drawing. \returns the file
  std::string finish();

 private:
  struct Free {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* pen) const { cairo_destroy(pen); }
  };
  void use(Colour colour);

  PictureFormat format_;
  std::unique_ptr<std::string> written_;  //!< by SVG and PDF, which keep its address
  std::unique_ptr<cairo_surface_t, Free> surface_;
  std::unique_ptr<cairo_t, Free> pen_;
};

double text_width(std::string const& text, double height);

}  // namespace xrdct::io
