#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// A small drawing surface for the pictures of io/: lines and text with smooth edges, no dates, no
/// fonts of the machine. Equal calls give equal bytes.
namespace xrdct::io {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  bool operator==(Colour const&) const = default;
};

/// Pixels from the left and from the top; pixel (x, y) covers [x, x+1) × [y, y+1).
struct Point {
  double x = 0.0, y = 0.0;
};

struct Rectangle {
  int left = 0, top = 0, right = 0, bottom = 0;  //!< right and bottom are not part of it
  int width() const noexcept { return right - left; }
  int height() const noexcept { return bottom - top; }
};

enum class Align { left, centre, right };

class Canvas {
 public:
  Canvas(int width, int height, Colour background);
  int width() const noexcept { return width_; }
  int height() const noexcept { return height_; }
  Colour at(int x, int y) const;

  void set(int x, int y, Colour colour);
  void fill(Rectangle const& area, Colour colour);
  /// Lines between neighbours, drawn as one shape, so that crossings are not darker; clipped to
  /// `area`.
  void polyline(std::vector<Point> const& points, double width, Colour colour,
                Rectangle const& area);
  void frame(Rectangle const& area, Colour colour);

  /*!
   * Text in the built-in letters; ASCII and ° Å θ µ × ·. What follows `^` (signs, digits) is
   * raised.
   * \param anchor where the line of the text begins, has its middle, or ends
   * \param height of a capital letter [pixels]
   * \param upwards turned by 90°, read from below
   */
  void text(std::string const& text, Point anchor, double height, Colour colour, Align align,
            bool upwards = false);
  static double text_width(std::string const& text, double height);

  /// \throws core::IoError
  void write_png(std::filesystem::path const& file) const;

 private:
  void strokes(std::vector<std::pair<Point, Point>> const& segments, double width, Colour colour,
               Rectangle area);
  int width_, height_;
  std::vector<std::uint8_t> rgb_;  //!< [row][column][3]
};

}  // namespace xrdct::io
