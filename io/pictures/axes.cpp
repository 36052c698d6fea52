// Titles, axes and colour bars of pictures.
#include "io/pictures/axes.hpp"

#include <algorithm>
#include <cmath>

namespace xrdct::io {
namespace {

constexpr double title_size = 16.0, label_size = 14.0, tick_size = 12.0;  // heights of capitals
constexpr int wanted_ticks = 8, long_tick = 8, short_tick = 4;

int length_of(Tick const& tick) { return tick.label.empty() ? short_tick : long_tick; }

int x_of(Tick const& tick, Rectangle const& plot, Scale const& scale) {
  return plot.left + static_cast<int>(std::lround(scale(tick.value) * (plot.width() - 1)));
}

int y_of(Tick const& tick, Rectangle const& plot, Scale const& scale) {
  return plot.bottom - 1 - static_cast<int>(std::lround(scale(tick.value) * (plot.height() - 1)));
}

/// The height at which a text is not wider than `width`.
double fitting(std::string const& text, double height, double width) {
  double const found = text_width(text, height);
  return found > width ? height * width / found : height;
}

enum class Side { left, right };

/// \returns the width of the labels
double draw_vertical_ticks(Drawing& drawing, Rectangle const& plot, Scale const& scale, Side side) {
  auto const ticks = scale.ticks(wanted_ticks);
  bool const right = side == Side::right;
  double widest = 0.0;
  for (auto const& tick : ticks.ticks) {
    int const y = y_of(tick, plot, scale), length = length_of(tick);
    int const begin = right ? plot.right : plot.left - length;
    drawing.fill({begin, y, begin + length, y + 1}, ink);
    drawing.text(tick.label,
                 {right ? plot.right + 15.0 : plot.left - 14.0, y + 0.5 + tick_size / 2.0},
                 tick_size, ink, right ? Align::left : Align::right);
    widest = std::max(widest, text_width(tick.label, tick_size));
  }
  drawing.text(ticks.factor, {double(plot.left), plot.top - 12.0}, tick_size, ink, Align::left);
  return widest;
}

/// Turned text beside a plot, centred on its height.
void draw_upwards(Drawing& drawing, Rectangle const& plot, double x, std::string const& label) {
  double const size = fitting(label, label_size, plot.height() + 20.0);
  drawing.text(label, {x, (plot.top + plot.bottom) / 2.0}, size, ink, Align::centre, true);
}

}  // namespace

void draw_title(Drawing& drawing, Point middle, double width, std::string const& title) {
  drawing.text(title, middle, fitting(title, title_size, width), ink, Align::centre);
}

void draw_horizontal_axis(Drawing& drawing, Rectangle const& plot, Scale const& scale,
                          std::string const& label) {
  auto const ticks = scale.ticks(wanted_ticks);
  for (auto const& tick : ticks.ticks) {
    int const x = x_of(tick, plot, scale);
    drawing.fill({x, plot.bottom, x + 1, plot.bottom + length_of(tick)}, ink);
    drawing.text(tick.label, {x + 0.5, plot.bottom + 16.0 + tick_size}, tick_size, ink,
                 Align::centre);
  }
  drawing.text(label, {(plot.left + plot.right) / 2.0, plot.bottom + 45.0 + label_size},
               fitting(label, label_size, plot.width() + 100.0), ink, Align::centre);
  drawing.text(ticks.factor, {double(plot.right), plot.bottom + 42.0 + tick_size}, tick_size, ink,
               Align::right);
}

void draw_vertical_axis(Drawing& drawing, Rectangle const& plot, Scale const& scale,
                        std::string const& label) {
  double const widest = draw_vertical_ticks(drawing, plot, scale, Side::left);
  draw_upwards(drawing, plot, plot.left - 34.0 - widest, label);
}

void draw_colour_bar(Drawing& drawing, Rectangle const& bar, Scale const& scale,
                     ColourMap const& colours, std::string const& label) {
  ImageColours image{.rows = static_cast<std::size_t>(bar.height()), .columns = 1, .colours = {}};
  for (std::size_t row = 0; row < image.rows; ++row) {
    auto const from_below = static_cast<double>(image.rows - 1 - row);
    image.colours.push_back(colours.at(from_below / static_cast<double>(image.rows - 1)));
  }
  drawing.image(image, bar);
  drawing.frame(bar, ink);
  double const widest = draw_vertical_ticks(drawing, bar, scale, Side::right);
  draw_upwards(drawing, bar, bar.right + 36.0 + widest + label_size / 2.0, label);
}

void draw_grid(Drawing& drawing, Rectangle const& plot, Scale const& x_scale,
               Scale const& y_scale) {
  for (auto const& tick : x_scale.ticks(wanted_ticks).ticks) {
    int const x = x_of(tick, plot, x_scale);
    if (!tick.label.empty()) drawing.fill({x, plot.top, x + 1, plot.bottom}, grid);
  }
  for (auto const& tick : y_scale.ticks(wanted_ticks).ticks) {
    int const y = y_of(tick, plot, y_scale);
    if (!tick.label.empty()) drawing.fill({plot.left, y, plot.right, y + 1}, grid);
  }
}

void draw_note(Drawing& drawing, Point left, double width, std::string const& note) {
  drawing.text(note, left, fitting(note, note_size, width), ink, Align::left);
}

}  // namespace xrdct::io
