#include "io/pictures/canvas.hpp"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>

#include "core/words/errors.hpp"
#include "io/files/durable_file.hpp"
#include "io/pictures/letters.hpp"

namespace xrdct::io {
namespace {

using namespace std::string_view_literals;

// A tEXt chunk: length, name, `Software` and the program, check sum.
constexpr std::string_view software_chunk = "\0\0\0\x0etEXtSoftware\0xrdct\xf6\xa0\x37\x26"sv;

using Segment = std::pair<Point, Point>;

constexpr double letter_rows = 6.0;     // a capital letter spans six steps of the grid
constexpr double raised_size = 0.75;    // of what follows ^
constexpr double raised_by = 0.5;       // in capital heights
constexpr double letter_spacing = 2.0;  // grid steps between letters

double distance(Point p, Segment const& segment) {
  auto const [a, b] = segment;
  double const dx = b.x - a.x, dy = b.y - a.y;
  double const length2 = dx * dx + dy * dy;
  double const along =
      length2 > 0.0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0) : 0.0;
  double const ex = p.x - (a.x + along * dx), ey = p.y - (a.y + along * dy);
  return std::sqrt(ex * ex + ey * ey);
}

// Neighbouring dots of a letter become strokes; diagonal ones only where no straight way joins
// them.
void add_strokes(Letter const& letter, Point origin, double step, std::vector<Segment>& segments) {
  int const columns = static_cast<int>(letter.columns.size());
  auto const dot = [&](int column, int row) {
    return column >= 0 && column < columns && row >= 0 &&
           (letter.columns[static_cast<std::size_t>(column)] >> row & 1) != 0;
  };
  auto const place = [&](int column, int row) {
    return Point{origin.x + column * step, origin.y + (row - letter_rows) * step};
  };
  for (int column = 0; column < columns; ++column) {
    for (int row = 0; row < 9; ++row) {
      if (!dot(column, row)) continue;
      bool const right = dot(column + 1, row), below = dot(column, row + 1),
                 left = dot(column - 1, row);
      if (right) segments.emplace_back(place(column, row), place(column + 1, row));
      if (below) segments.emplace_back(place(column, row), place(column, row + 1));
      if (dot(column + 1, row + 1) && !right && !below)
        segments.emplace_back(place(column, row), place(column + 1, row + 1));
      if (dot(column - 1, row + 1) && !left && !below)
        segments.emplace_back(place(column, row), place(column - 1, row + 1));
      segments.emplace_back(place(column, row), place(column, row));
    }
  }
}

// Lays out a line of text that begins at (0, 0) on its base line; returns its width.
double lay_out(std::string const& text, double height, std::vector<Segment>& segments) {
  double x = 0.0;
  bool raised = false;
  for (char32_t const code : code_points(text)) {
    bool const may_be_raised =
        code == U'-' || code == U'+' || code == U'.' || (code >= U'0' && code <= U'9');
    if (code == U'^' || (raised && !may_be_raised)) raised = code == U'^';
    if (code == U'^') continue;
    auto const letter = letter_of(code);
    double const step = (raised ? raised_size * height : height) / letter_rows;
    add_strokes(letter, {x, raised ? -raised_by * height : 0.0}, step, segments);
    x += (static_cast<double>(letter.columns.size()) - 1.0 + letter_spacing) * step;
  }
  return std::max(0.0, x - letter_spacing * height / letter_rows);
}

}  // namespace

Canvas::Canvas(int width, int height, Colour background)
    : width_(width),
      height_(height),
      rgb_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) {
  fill({0, 0, width, height}, background);
}

Colour Canvas::at(int x, int y) const {
  auto const* const pixel =
      &rgb_.at((static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                static_cast<std::size_t>(x)) *
               3);
  return {pixel[0], pixel[1], pixel[2]};
}

void Canvas::set(int x, int y, Colour colour) {
  auto* const pixel = &rgb_.at((static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                                static_cast<std::size_t>(x)) *
                               3);
  pixel[0] = colour.red;
  pixel[1] = colour.green;
  pixel[2] = colour.blue;
}

void Canvas::fill(Rectangle const& area, Colour colour) {
  for (int y = area.top; y < area.bottom; ++y)
    for (int x = area.left; x < area.right; ++x) set(x, y, colour);
}

void Canvas::frame(Rectangle const& area, Colour colour) {
  fill({area.left, area.top, area.right, area.top + 1}, colour);
  fill({area.left, area.bottom - 1, area.right, area.bottom}, colour);
  fill({area.left, area.top, area.left + 1, area.bottom}, colour);
  fill({area.right - 1, area.top, area.right, area.bottom}, colour);
}

// The share of a pixel that is covered is taken from the distance of its centre to the nearest
// segment.
void Canvas::strokes(std::vector<Segment> const& segments, double width, Colour colour,
                     Rectangle area) {
  area = {std::max(area.left, 0), std::max(area.top, 0), std::min(area.right, width_),
          std::min(area.bottom, height_)};
  if (area.width() <= 0 || area.height() <= 0) return;
  std::vector<double> cover(
      static_cast<std::size_t>(area.width()) * static_cast<std::size_t>(area.height()), 0.0);
  double const reach = width / 2.0 + 0.5;
  auto const range = [](double low, double high, int begin, int end) {
    return std::pair(
        static_cast<int>(std::clamp(std::floor(low), double(begin), double(end))),
        static_cast<int>(std::clamp(std::ceil(high) + 1.0, double(begin), double(end))));
  };
  for (auto const& segment : segments) {
    auto const [a, b] = segment;
    auto const [left, right] =
        range(std::min(a.x, b.x) - reach, std::max(a.x, b.x) + reach, area.left, area.right);
    auto const [top, bottom] =
        range(std::min(a.y, b.y) - reach, std::max(a.y, b.y) + reach, area.top, area.bottom);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) {
        auto& covered =
            cover[static_cast<std::size_t>(y - area.top) * static_cast<std::size_t>(area.width()) +
                  static_cast<std::size_t>(x - area.left)];
        covered =
            std::max(covered, std::clamp(reach - distance({x + 0.5, y + 0.5}, segment), 0.0, 1.0));
      }
    }
  }
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) {
      double const share =
          cover[static_cast<std::size_t>(y - area.top) * static_cast<std::size_t>(area.width()) +
                static_cast<std::size_t>(x - area.left)];
      if (share <= 0.0) continue;
      Colour const below = at(x, y);
      auto const mix = [share](std::uint8_t under, std::uint8_t over) {
        return static_cast<std::uint8_t>(std::lround(under + share * (over - under)));
      };
      set(x, y,
          {mix(below.red, colour.red), mix(below.green, colour.green),
           mix(below.blue, colour.blue)});
    }
  }
}

void Canvas::polyline(std::vector<Point> const& points, double width, Colour colour,
                      Rectangle const& area) {
  std::vector<Segment> segments;
  if (points.size() == 1) segments.emplace_back(points[0], points[0]);
  for (std::size_t i = 1; i < points.size(); ++i) segments.emplace_back(points[i - 1], points[i]);
  strokes(segments, width, colour, area);
}

void Canvas::text(std::string const& text, Point anchor, double height, Colour colour, Align align,
                  bool upwards) {
  std::vector<Segment> segments;
  double const width = lay_out(text, height, segments);
  double const shift = align == Align::left ? 0.0 : align == Align::centre ? -width / 2.0 : -width;
  auto const placed = [&](Point p) {
    double const along = p.x + shift;
    return upwards ? Point{anchor.x + p.y, anchor.y - along}
                   : Point{anchor.x + along, anchor.y + p.y};
  };
  Point low{1e9, 1e9}, high{-1e9, -1e9};
  for (auto& [a, b] : segments) {
    a = placed(a);
    b = placed(b);
    low = {std::min({low.x, a.x, b.x}), std::min({low.y, a.y, b.y})};
    high = {std::max({high.x, a.x, b.x}), std::max({high.y, a.y, b.y})};
  }
  if (segments.empty()) return;
  double const margin = height;
  strokes(segments, std::max(1.0, 0.14 * height), colour,
          {static_cast<int>(std::max(low.x - margin, 0.0)),
           static_cast<int>(std::max(low.y - margin, 0.0)), static_cast<int>(high.x + margin),
           static_cast<int>(high.y + margin)});
}

double Canvas::text_width(std::string const& text, double height) {
  std::vector<Segment> unused;
  return lay_out(text, height, unused);
}

void Canvas::write_png(std::filesystem::path const& file) const {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width_);
  image.height = static_cast<png_uint_32>(height_);
  image.format = PNG_FORMAT_RGB;
  std::vector<char> png(PNG_IMAGE_PNG_SIZE_MAX(image));
  png_alloc_size_t size = png.size();
  if (png_image_write_to_memory(&image, png.data(), &size, 0, rgb_.data(), 0, nullptr) == 0)
    throw core::IoError("cannot encode picture " + file.string() + ": " + image.message +
                        "; choose another name and try again");
  png.resize(size);
  // Signed behind the signature and the header, which have a fixed length: by this a picture is
  // known that may be replaced.
  constexpr std::ptrdiff_t header = 33;
  png.insert(png.begin() + header, software_chunk.begin(), software_chunk.end());
  write_file(file, std::string_view(png.data(), png.size()));
}

}  // namespace xrdct::io
