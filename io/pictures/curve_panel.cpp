// A curve with its axes.
#include <algorithm>
#include <limits>

#include "core/words/errors.hpp"
#include "io/pictures/axes.hpp"
#include "io/pictures/panels.hpp"

namespace xrdct::io {
namespace {

// Blue that people with any colour vision see (Okabe and Ito 2008).
constexpr Colour curve_colour{0, 114, 178};
constexpr double curve_width = 1.8;

/// The ends of the values that can be drawn; the lower is above the higher where there are none.
Interval ends_of(std::vector<double> const& values, bool logarithmic) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Interval ends{infinity, -infinity};
  for (double const value : values) {
    if (!is_drawable(value, logarithmic)) continue;
    ends.low = std::min(ends.low, value);
    ends.high = std::max(ends.high, value);
  }
  return ends;
}

Scale scale_of_values(CurvePicture const& curve) {
  if (curve.range) return {.ends = *curve.range, .logarithmic = curve.logarithmic};
  auto const ends = ends_of(curve.y, curve.logarithmic);
  return with_margin(scale_over(ends, ends.low <= ends.high, curve.logarithmic));
}

void draw_curve(Drawing& drawing, Rectangle const& plot, CurvePicture const& curve,
                Scale const& x_scale, Scale const& y_scale) {
  std::vector<Point> points;
  auto const draw = [&] {
    drawing.polyline(points, curve_width, curve_colour, plot);
    points.clear();
  };
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    if (!is_drawable(curve.y[i], curve.logarithmic)) {
      draw();
      continue;
    }
    points.push_back({plot.left + 0.5 + x_scale(curve.x[i]) * (plot.width() - 1),
                      plot.bottom - 0.5 - y_scale(curve.y[i]) * (plot.height() - 1)});
  }
  draw();
}

}  // namespace

void draw_panel(Drawing& drawing, Rectangle const& area, CurvePicture const& curve) {
  XRDCT_ASSERT(curve.x.size() == curve.y.size());
  Rectangle const plot{area.left + 140, area.top + 80, area.right - 40, area.bottom - 100};
  auto const x_ends = ends_of(curve.x, false);
  auto const x_scale = scale_over(x_ends, x_ends.low <= x_ends.high, false);
  auto const y_scale = scale_of_values(curve);
  draw_grid(drawing, plot, x_scale, y_scale);
  draw_curve(drawing, plot, curve, x_scale, y_scale);
  drawing.frame(plot, ink);
  draw_title(drawing, {0.5 * (plot.left + plot.right), plot.top - 26.0}, area.width() - 180.0,
             curve.title);
  draw_horizontal_axis(drawing, plot, x_scale, curve.x_label);
  draw_vertical_axis(drawing, plot, y_scale, curve.y_label);
}

}  // namespace xrdct::io
