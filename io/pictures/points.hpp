#pragma once

/// Places on a picture, in pixels from the left and from the top; one pixel is one point of SVG and
/// PDF.
namespace xrdct::io {

struct Point {
  double x = 0.0, y = 0.0;
};

/// Pixels [left, right) × [top, bottom).
struct Rectangle {
  int left = 0, top = 0, right = 0, bottom = 0;
  int width() const noexcept { return right - left; }
  int height() const noexcept { return bottom - top; }
};

}  // namespace xrdct::io
