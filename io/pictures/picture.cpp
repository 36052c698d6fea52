#include "io/pictures/picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "io/pictures/axis_ticks.hpp"
#include "io/pictures/canvas.hpp"
#include "io/pictures/colour_limits.hpp"
#include "io/pictures/colour_map.hpp"

namespace xrdct::io {
namespace {

constexpr int picture_width = 1200, picture_height = 900;
constexpr double title_size = 17.0, label_size = 15.0, tick_size = 13.0,
                 note_size = 11.0;  // heights of capitals [pixels]
constexpr Colour white{255, 255, 255}, ink{30, 30, 30}, grid{228, 228, 228};

// Colours that people with any colour vision tell apart (Okabe and Ito 2008), without the yellow.
constexpr std::array<Colour, 6> curve_colours{
    {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {86, 180, 233}, {0, 0, 0}}};

struct Span {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return !(low <= high); }
  /// At least as wide as can be drawn.
  Span widened() const {
    if (empty()) return {0.0, 1.0};
    if (high > low) return *this;
    double const margin = low == 0.0 ? 0.5 : std::abs(low) * 0.5;
    return {low - margin, high + margin};
  }
};

// The values that can be drawn: finite, and positive on a logarithmic scale.
bool drawable(double value, bool logarithmic) {
  return std::isfinite(value) && (!logarithmic || value > 0.0);
}

/// Value → [0, 1] along an axis.
struct Scale {
  Span span;
  bool logarithmic = false;
  bool single = false;  //!< one position alone, in the middle: no other has a meaning

  double operator()(double value) const {
    if (logarithmic) return std::log(value / span.low) / std::log(span.high / span.low);
    return (value - span.low) / (span.high - span.low);
  }
  Ticks ticks(int wanted) const {
    if (single)
      return {{{0.5 * (span.low + span.high), core::number_text(0.5 * (span.low + span.high))}},
              ""};
    return logarithmic ? logarithmic_ticks(span.low, span.high)
                       : linear_ticks(span.low, span.high, wanted);
  }
};

Scale scale_over(Span const& values, bool logarithmic) {
  if (!logarithmic) return {values.widened(), false};
  if (values.empty()) return {{1.0, 10.0}, true};
  return {values.high > values.low ? values : Span{values.low / 2.0, values.high * 2.0}, true};
}

// Room above the highest value; zero is shown where it is not far.
Scale with_margin(Scale scale) {
  auto& [low, high] = scale.span;
  if (scale.logarithmic) {
    high *= std::pow(high / low, 0.04);
  } else {
    if (low > 0.0 && low < 0.5 * high) low = 0.0;
    high += 0.05 * (high - low);
  }
  return scale;
}

// Half a step beyond the first and last centre.
Scale scale_of(PictureAxis const& axis, std::size_t number) {
  double const half =
      number > 1 ? (axis.last - axis.first) / static_cast<double>(number - 1) / 2.0 : 0.5;
  return {
      .span = {axis.first - half, axis.last + half}, .logarithmic = false, .single = number == 1};
}

void draw_title(Canvas& canvas, Rectangle const& plot, std::string const& title) {
  canvas.text(title, {(plot.left + plot.right) / 2.0, plot.top - 26.0}, title_size, ink,
              Align::centre);
}

void draw_horizontal_axis(Canvas& canvas, Rectangle const& plot, Scale const& scale,
                          std::string const& label) {
  auto const ticks = scale.ticks(8);
  for (auto const& tick : ticks.ticks) {
    int const x = plot.left + static_cast<int>(std::lround(scale(tick.value) * (plot.width() - 1)));
    canvas.fill({x, plot.bottom, x + 1, plot.bottom + (tick.label.empty() ? 4 : 8)}, ink);
    canvas.text(tick.label, {x + 0.5, plot.bottom + 16.0 + tick_size}, tick_size, ink,
                Align::centre);
  }
  canvas.text(label, {(plot.left + plot.right) / 2.0, plot.bottom + 46.0 + label_size}, label_size,
              ink, Align::centre);
  canvas.text(ticks.factor, {double(plot.right), plot.bottom + 42.0 + tick_size}, tick_size, ink,
              Align::right);
}

// On the left of `plot`, or on its right for a colour bar. \returns the width of the labels
double draw_vertical_ticks(Canvas& canvas, Rectangle const& plot, Scale const& scale,
                           bool on_the_right) {
  auto const ticks = scale.ticks(8);
  double widest = 0.0;
  for (auto const& tick : ticks.ticks) {
    int const y =
        plot.bottom - 1 - static_cast<int>(std::lround(scale(tick.value) * (plot.height() - 1)));
    int const length = tick.label.empty() ? 4 : 8;
    canvas.fill(on_the_right ? Rectangle{plot.right, y, plot.right + length, y + 1}
                             : Rectangle{plot.left - length, y, plot.left, y + 1},
                ink);
    canvas.text(tick.label,
                {on_the_right ? plot.right + 15.0 : plot.left - 14.0, y + 0.5 + tick_size / 2.0},
                tick_size, ink, on_the_right ? Align::left : Align::right);
    widest = std::max(widest, Canvas::text_width(tick.label, tick_size));
  }
  canvas.text(ticks.factor, {double(plot.left), plot.top - 12.0}, tick_size, ink, Align::left);
  return widest;
}

void draw_vertical_axis(Canvas& canvas, Rectangle const& plot, Scale const& scale,
                        std::string const& label) {
  double const widest = draw_vertical_ticks(canvas, plot, scale, false);
  canvas.text(label, {plot.left - 34.0 - widest, (plot.top + plot.bottom) / 2.0}, label_size, ink,
              Align::centre, true);
}

void draw_colour_bar(Canvas& canvas, Rectangle const& bar, Scale const& scale,
                     std::string const& label) {
  for (int y = bar.top; y < bar.bottom; ++y) {
    double const share = (bar.bottom - 1 - y) / static_cast<double>(bar.height() - 1);
    canvas.fill({bar.left, y, bar.right, y + 1}, viridis(share));
  }
  canvas.frame(bar, ink);
  double const widest = draw_vertical_ticks(canvas, bar, scale, true);
  canvas.text(label, {bar.right + 36.0 + widest + label_size / 2.0, (bar.top + bar.bottom) / 2.0},
              label_size, ink, Align::centre, true);
}

// Cells [first, last) of `number` that a pixel of `pixels` shows: those whose centres lie in it,
// else the one in which it lies.
std::pair<std::size_t, std::size_t> cells_of(int pixel, int pixels, std::size_t number) {
  double const cells_per_pixel = static_cast<double>(number) / pixels;
  auto const first = static_cast<std::size_t>(std::ceil(pixel * cells_per_pixel - 0.5));
  auto const last = static_cast<std::size_t>(std::ceil((pixel + 1) * cells_per_pixel - 0.5));
  if (first < last && cells_per_pixel > 1.0) return {first, std::min(last, number)};
  auto const nearest =
      std::min(static_cast<std::size_t>((pixel + 0.5) * cells_per_pixel), number - 1);
  return {nearest, nearest + 1};
}

// Mean of the drawable cells; NaN where there is none. Row 0 is at the bottom.
double shown_value(MapPicture const& picture, std::pair<std::size_t, std::size_t> rows,
                   std::pair<std::size_t, std::size_t> columns) {
  double sum = 0.0;
  std::size_t number = 0;
  for (std::size_t row = rows.first; row < rows.second; ++row) {
    for (std::size_t column = columns.first; column < columns.second; ++column) {
      double const value = picture.values[row * picture.columns + column];
      if (!drawable(value, picture.logarithmic)) continue;
      sum += value;
      ++number;
    }
  }
  return number == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(number);
}

void draw_map(Canvas& canvas, Rectangle const& plot, MapPicture const& picture,
              Scale const& scale) {
  for (int y = 0; y < plot.height(); ++y) {
    auto const rows = cells_of(plot.height() - 1 - y, plot.height(), picture.rows);
    for (int x = 0; x < plot.width(); ++x) {
      double const value = shown_value(picture, rows, cells_of(x, plot.width(), picture.columns));
      canvas.set(plot.left + x, plot.top + y,
                 std::isnan(value) ? no_value_colour : viridis(scale(value)));
    }
  }
  canvas.frame(plot, ink);
}

void draw_grid(Canvas& canvas, Rectangle const& plot, Scale const& x_scale, Scale const& y_scale) {
  for (auto const& tick : x_scale.ticks(8).ticks) {
    int const x =
        plot.left + static_cast<int>(std::lround(x_scale(tick.value) * (plot.width() - 1)));
    if (!tick.label.empty()) canvas.fill({x, plot.top, x + 1, plot.bottom}, grid);
  }
  for (auto const& tick : y_scale.ticks(8).ticks) {
    int const y =
        plot.bottom - 1 - static_cast<int>(std::lround(y_scale(tick.value) * (plot.height() - 1)));
    if (!tick.label.empty()) canvas.fill({plot.left, y, plot.right, y + 1}, grid);
  }
}

// A value that cannot be drawn interrupts the line.
void draw_curve(Canvas& canvas, Rectangle const& plot, std::vector<double> const& x,
                std::vector<double> const& y, Scale const& x_scale, Scale const& y_scale,
                Colour colour) {
  std::vector<Point> run;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (drawable(y[i], y_scale.logarithmic)) {
      run.push_back({plot.left + 0.5 + x_scale(x[i]) * (plot.width() - 1),
                     plot.bottom - 0.5 - y_scale(y[i]) * (plot.height() - 1)});
      if (i + 1 < x.size()) continue;
    }
    if (run.size() == 1)
      run.push_back(
          {run.front().x + 1.0, run.front().y});  // alone between gaps, and still to be seen
    canvas.polyline(run, 1.8, colour, plot);
    run.clear();
  }
}

void draw_legend(Canvas& canvas, Rectangle const& plot,
                 std::vector<CurvePicture::Curve> const& curves) {
  double widest = 0.0;
  std::size_t labelled = 0;
  for (auto const& curve : curves) {
    widest = std::max(widest, Canvas::text_width(curve.label, tick_size));
    labelled += curve.label.empty() ? 0 : 1;
  }
  if (labelled == 0) return;
  constexpr int line_height = 28;
  int const width = static_cast<int>(widest) + 72;
  Rectangle const box{plot.right - width - 14, plot.top + 14, plot.right - 14,
                      plot.top + 14 + 14 + line_height * static_cast<int>(curves.size())};
  canvas.fill(box, white);
  canvas.frame(box, grid);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    double const y = box.top + 7.0 + line_height * (static_cast<double>(i) + 0.5);
    canvas.polyline({{box.left + 12.0, y}, {box.left + 44.0, y}}, 2.4,
                    curve_colours[i % curve_colours.size()], box);
    canvas.text(curves[i].label, {box.left + 56.0, y + tick_size / 2.0}, tick_size, ink,
                Align::left);
  }
}

// A smaller line under everything, for what the colours leave out.
void draw_note(Canvas& canvas, Rectangle const& plot, std::string const& note) {
  canvas.text(note, {double(plot.left), plot.bottom + 88.0}, note_size, ink, Align::left);
}

void draw_panel(Canvas& canvas, Rectangle const& area, MapPicture const& picture) {
  XRDCT_ASSERT(picture.rows > 0 && picture.columns > 0 &&
               picture.values.size() == picture.rows * picture.columns);
  Rectangle const plot{area.left + 120, area.top + 80, area.right - 220, area.bottom - 100};
  Rectangle const bar{plot.right + 32, plot.top, plot.right + 62, plot.bottom};
  auto const limits = colour_limits(picture.values, picture.logarithmic);
  auto const scale =
      scale_over(limits.any ? Span{limits.low, limits.high} : Span{}, picture.logarithmic);
  draw_map(canvas, plot, picture, scale);
  draw_title(canvas, plot, picture.title);
  draw_horizontal_axis(canvas, plot, scale_of(picture.horizontal, picture.columns),
                       picture.horizontal.label);
  draw_vertical_axis(canvas, plot, scale_of(picture.vertical, picture.rows),
                     picture.vertical.label);
  draw_colour_bar(canvas, bar, scale, picture.value_label);
  draw_note(canvas, plot,
            limits.any            ? limits.note
            : picture.logarithmic ? "no value above 0"
                                  : "no value");
}

void draw_panel(Canvas& canvas, Rectangle const& area, CurvePicture const& picture) {
  Rectangle const plot{area.left + 140, area.top + 80, area.right - 40, area.bottom - 100};
  Span x_values, y_values;
  for (double const x : picture.x) x_values.include(x);
  for (auto const& curve : picture.curves) {
    XRDCT_ASSERT(curve.y.size() == picture.x.size());
    for (double const y : curve.y)
      if (drawable(y, picture.logarithmic)) y_values.include(y);
  }
  Scale const x_scale = scale_over(x_values, false);
  Scale const y_scale = with_margin(scale_over(y_values, picture.logarithmic));
  draw_grid(canvas, plot, x_scale, y_scale);
  for (std::size_t i = 0; i < picture.curves.size(); ++i)
    draw_curve(canvas, plot, picture.x, picture.curves[i].y, x_scale, y_scale,
               curve_colours[i % curve_colours.size()]);
  canvas.frame(plot, ink);
  draw_legend(canvas, plot, picture.curves);
  draw_title(canvas, plot, picture.title);
  draw_horizontal_axis(canvas, plot, x_scale, picture.x_label);
  draw_vertical_axis(canvas, plot, y_scale, picture.y_label);
}

template <class Picture>
void write_one(std::filesystem::path const& file, Picture const& picture) {
  Canvas canvas(picture_width, picture_height, white);
  draw_panel(canvas, {0, 0, picture_width, picture_height}, picture);
  canvas.write_png(file);
}

template <class Picture>
void write_two(std::filesystem::path const& file, std::string const& title, MapPicture const& left,
               Picture const& right) {
  constexpr int panel_width = 1000, heading = 50;
  Canvas canvas(2 * panel_width, picture_height, white);
  canvas.text(title, {double(panel_width), heading}, title_size, ink, Align::centre);
  draw_panel(canvas, {0, heading, panel_width, picture_height}, left);
  draw_panel(canvas, {panel_width, heading, 2 * panel_width, picture_height}, right);
  canvas.write_png(file);
}

}  // namespace

void write_png(std::filesystem::path const& file, MapPicture const& picture) {
  write_one(file, picture);
}
void write_png(std::filesystem::path const& file, CurvePicture const& picture) {
  write_one(file, picture);
}

void write_png(std::filesystem::path const& file, std::string const& title, MapPicture const& left,
               MapPicture const& right) {
  write_two(file, title, left, right);
}
void write_png(std::filesystem::path const& file, std::string const& title, MapPicture const& left,
               CurvePicture const& right) {
  write_two(file, title, left, right);
}

}  // namespace xrdct::io
