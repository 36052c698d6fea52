// A map with its axes and its colour bar.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/words/errors.hpp"
#include "io/pictures/axes.hpp"
#include "io/pictures/panels.hpp"

namespace xrdct::io {
namespace {

using Cells = std::pair<std::size_t, std::size_t>;  // [first, second)

/// Pixels of the image along one axis: whole cells where there is room for them, so that they keep
/// sharp edges also in programs that smooth images.
std::size_t image_pixels(std::size_t cells, int pixels) {
  auto const room = static_cast<std::size_t>(pixels);
  return cells >= room ? room : cells * ((room + cells - 1) / cells);
}

/// Cells of `number` that a pixel of `pixels` shows: those whose centres lie in it, else the one in
/// which it lies.
Cells cells_of(std::size_t pixel, std::size_t pixels, std::size_t number) {
  double const cells_per_pixel = static_cast<double>(number) / static_cast<double>(pixels);
  auto const position = static_cast<double>(pixel);
  auto const first = static_cast<std::size_t>(std::ceil(position * cells_per_pixel - 0.5));
  auto const last = static_cast<std::size_t>(std::ceil((position + 1.0) * cells_per_pixel - 0.5));
  if (first < last && cells_per_pixel > 1.0) return {first, std::min(last, number)};
  auto const nearest =
      std::min(static_cast<std::size_t>((position + 0.5) * cells_per_pixel), number - 1);
  return {nearest, nearest + 1};
}

/// Mean of the drawable cells; NaN where there is none.
double shown_value(MapPicture const& map, Cells const& rows, Cells const& columns) {
  double sum = 0.0;
  std::size_t number = 0;
  for (std::size_t row = rows.first; row < rows.second; ++row) {
    for (std::size_t column = columns.first; column < columns.second; ++column) {
      double const value = map.values[row * map.columns + column];
      if (!is_drawable(value, map.colours.logarithmic)) continue;
      sum += value;
      ++number;
    }
  }
  return number == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(number);
}

ImageColours image_of(MapPicture const& map, Rectangle const& plot, Scale const& scale,
                      ColourMap const& colours) {
  ImageColours image{.rows = image_pixels(map.rows, plot.height()),
                     .columns = image_pixels(map.columns, plot.width()),
                     .colours = {}};
  image.colours.reserve(image.rows * image.columns);
  for (std::size_t y = 0; y < image.rows; ++y) {
    auto const rows = cells_of(image.rows - 1 - y, image.rows, map.rows);
    for (std::size_t x = 0; x < image.columns; ++x) {
      double const value = shown_value(map, rows, cells_of(x, image.columns, map.columns));
      image.colours.push_back(std::isnan(value) ? colours.no_value : colours.at(scale(value)));
    }
  }
  return image;
}

/// The largest plot in `room` on which both axes have the same scale, in its middle; all of `room`
/// where a side would be too short to see something.
Rectangle with_true_aspect(Rectangle const& room, Scale const& horizontal, Scale const& vertical) {
  constexpr int shortest = 60;
  double const width = std::abs(horizontal.ends.high - horizontal.ends.low);
  double const height = std::abs(vertical.ends.high - vertical.ends.low);
  double const pixels = std::min(room.width() / width, room.height() / height);
  if (!std::isfinite(pixels)) return room;
  auto const columns = static_cast<int>(std::lround(width * pixels));
  auto const rows = static_cast<int>(std::lround(height * pixels));
  if (columns < shortest || rows < shortest) return room;
  int const left = room.left + (room.width() - columns) / 2;
  int const top = room.top + (room.height() - rows) / 2;
  return {left, top, left + columns, top + rows};
}

/// As high as the plot, but not so low that its label has no room.
Rectangle bar_beside(Rectangle const& plot, Rectangle const& room) {
  int const height = std::max(plot.height(), room.height() / 2);
  int const top = (plot.top + plot.bottom - height) / 2;
  return {plot.right + 32, top, plot.right + 62, top + height};
}

/// Dark on light and light on dark: a wide white line with a thin dark one on it.
void draw_mark(Drawing& drawing, std::vector<Point> const& points, Rectangle const& plot) {
  drawing.polyline(points, 5.0, white, plot);
  drawing.polyline(points, 2.0, ink, plot);
}

void draw_bar(Drawing& drawing, Rectangle const& plot, Scale const& horizontal,
              MapMarks const& marks) {
  constexpr int inset = 16, thickness = 8;
  double const pixels =
      marks.bar / std::abs(horizontal.ends.high - horizontal.ends.low) * plot.width();
  int const left = plot.left + inset, bottom = plot.bottom - inset,
            right = left + static_cast<int>(std::lround(pixels)),
            half = static_cast<int>(std::ceil(0.5 * text_width(marks.bar_label, note_size))) + 4;
  int const middle = std::max((left + right) / 2, left + half - 4);
  drawing.fill({left - 4, bottom - thickness - 26, std::max(right, middle + half) + 4, bottom + 4},
               white);
  drawing.fill({left, bottom - thickness, right, bottom}, ink);
  drawing.text(marks.bar_label, {double(middle), bottom - thickness - 8.0}, note_size, ink,
               Align::centre);
}

void draw_marks(Drawing& drawing, Rectangle const& plot, Scale const& horizontal,
                Scale const& vertical, MapMarks const& marks) {
  constexpr double arm = 12.0;
  auto const x = [&](double value) { return plot.left + horizontal(value) * plot.width(); };
  auto const y = [&](double value) { return plot.bottom - vertical(value) * plot.height(); };
  for (auto const& cross : marks.crosses) {
    double const across = x(cross.x), down = y(cross.y);
    draw_mark(drawing, {{across - arm, down}, {across + arm, down}}, plot);
    draw_mark(drawing, {{across, down - arm}, {across, down + arm}}, plot);
  }
  for (double const column : marks.columns)
    draw_mark(drawing, {{x(column), double(plot.top)}, {x(column), double(plot.bottom)}}, plot);
  for (double const row : marks.rows)
    draw_mark(drawing, {{double(plot.left), y(row)}, {double(plot.right), y(row)}}, plot);
  if (marks.bar > 0.0) draw_bar(drawing, plot, horizontal, marks);
}

bool lacks_values(MapPicture const& map) {
  return !std::all_of(map.values.begin(), map.values.end(),
                      [&](double value) { return is_drawable(value, map.colours.logarithmic); });
}

/// What the colour of places without a value means.
void draw_no_value(Drawing& drawing, Point at, ColourMap const& colours, bool logarithmic) {
  constexpr int size = 16;
  int const left = static_cast<int>(at.x), top = static_cast<int>(at.y);
  Rectangle const box{left, top, left + size, top + size};
  drawing.fill(box, colours.no_value);
  drawing.frame(box, ink);
  draw_note(drawing, {left + size + 8.0, top + (size + note_size) / 2.0}, 150.0,
            logarithmic ? "no value above 0" : "no value");
}

}  // namespace

void draw_panel(Drawing& drawing, Rectangle const& area, MapPicture const& map) {
  XRDCT_ASSERT(map.rows > 0 && map.columns > 0 && map.values.size() == map.rows * map.columns);
  auto const& colours = colour_map(map.colours.map);
  auto const limits = colour_limits(map.values, map.colours);
  auto const scale = scale_over({limits.low, limits.high}, limits.any, map.colours.logarithmic);
  auto const horizontal = scale_of(map.horizontal, map.columns);
  auto const vertical = scale_of(map.vertical, map.rows);
  Rectangle const room{area.left + 120, area.top + 80, area.right - 220, area.bottom - 100};
  bool const true_aspect = map.true_aspect && map.rows > 1 && map.columns > 1;
  auto const plot = true_aspect ? with_true_aspect(room, horizontal, vertical) : room;
  auto const bar = bar_beside(plot, room);
  drawing.image(image_of(map, plot, scale, colours), plot);
  draw_marks(drawing, plot, horizontal, vertical, map.marks);
  drawing.frame(plot, ink);
  draw_title(drawing, {0.5 * (plot.left + plot.right), std::min(plot.top, bar.top) - 26.0},
             area.width() - 180.0, map.title);
  draw_horizontal_axis(drawing, plot, horizontal, map.horizontal.label);
  draw_vertical_axis(drawing, plot, vertical, map.vertical.label);
  draw_colour_bar(drawing, bar, scale, colours, map.value_label);
  if (lacks_values(map)) {
    draw_no_value(drawing, {double(bar.left), bar.bottom + 18.0}, colours, map.colours.logarithmic);
  }
  draw_note(drawing, {double(room.left), area.bottom - 12.0}, area.width() - 140.0, limits.note);
}

}  // namespace xrdct::io
