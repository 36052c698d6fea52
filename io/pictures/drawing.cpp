// Lines, text and images on a page, by Cairo.
#include "io/pictures/drawing.hpp"

#include <fmt/core.h>

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include <algorithm>
#include <utility>

#include "core/words/errors.hpp"
#include "io/pictures/letters.hpp"
#include "io/pictures/svg_names.hpp"

namespace xrdct::io {
namespace {

constexpr double quarter_turn = 1.57079632679489661923;

cairo_status_t append(void* target, unsigned char const* bytes, unsigned int size) {
  try {  // no exception may pass through Cairo
    static_cast<std::string*>(target)->append(reinterpret_cast<char const*>(bytes), size);
  } catch (std::bad_alloc const&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
  return CAIRO_STATUS_SUCCESS;
}

cairo_surface_t* make_surface(PictureFormat format, int width, int height, std::string& target) {
  switch (format) {
    case PictureFormat::png:
      return cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    case PictureFormat::svg:
      return cairo_svg_surface_create_for_stream(append, &target, width, height);
    case PictureFormat::pdf:
      return cairo_pdf_surface_create_for_stream(append, &target, width, height);
  }
  return nullptr;
}

void require(cairo_status_t status) {
  if (status == CAIRO_STATUS_SUCCESS) return;
  throw core::IoError({.what = "draw the picture",
                       .expected = "success of Cairo",
                       .found = fmt::format("\"{}\"", cairo_status_to_string(status)),
                       .attempt = "free some memory, or choose another ending of its name"});
}

}  // namespace

Drawing::Drawing(PictureFormat format, int width, int height, std::string const& title)
    : format_(format),
      written_(std::make_unique<std::string>()),
      surface_(make_surface(format, width, height, *written_)),
      pen_(cairo_create(surface_.get())) {
  if (format == PictureFormat::pdf) {
    auto* const pdf = surface_.get();
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, "");  // none
    cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "xrdct");
    if (!title.empty())
      cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, title.c_str());
  }
  // As large on a screen as PNG, and in viewers that know no points.
  if (format == PictureFormat::svg)
    cairo_svg_surface_set_document_unit(surface_.get(), CAIRO_SVG_UNIT_PX);
  cairo_set_line_cap(pen_.get(), CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(pen_.get(), CAIRO_LINE_JOIN_ROUND);
  fill({0, 0, width, height}, {255, 255, 255});
  require(cairo_status(pen_.get()));
}

void Drawing::use(Colour colour) {
  cairo_set_source_rgb(pen_.get(), colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0);
}

void Drawing::fill(Rectangle const& area, Colour colour) {
  use(colour);
  cairo_rectangle(pen_.get(), area.left, area.top, area.width(), area.height());
  cairo_fill(pen_.get());
}

void Drawing::frame(Rectangle const& area, Colour colour) {
  use(colour);
  cairo_set_line_width(pen_.get(), 1.0);
  cairo_rectangle(pen_.get(), area.left + 0.5, area.top + 0.5, area.width() - 1.0,
                  area.height() - 1.0);
  cairo_stroke(pen_.get());
}

void Drawing::polyline(std::vector<Point> const& points, double width, Colour colour,
                       Rectangle const& area) {
  if (points.empty()) return;
  cairo_save(pen_.get());
  cairo_rectangle(pen_.get(), area.left, area.top, area.width(), area.height());
  cairo_clip(pen_.get());
  use(colour);
  cairo_set_line_width(pen_.get(), width);
  cairo_move_to(pen_.get(), points.front().x, points.front().y);
  for (auto const& point : points) cairo_line_to(pen_.get(), point.x, point.y);
  cairo_stroke(pen_.get());
  cairo_restore(pen_.get());
}

void Drawing::image(ImageColours const& image, Rectangle const& area) {
  XRDCT_ASSERT(image.colours.size() == image.rows * image.columns && !image.colours.empty());
  auto const rows = static_cast<int>(image.rows), columns = static_cast<int>(image.columns);
  std::unique_ptr<cairo_surface_t, Free> const surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows));
  require(cairo_surface_status(surface.get()));
  auto* const bytes = cairo_image_surface_get_data(surface.get());
  auto const stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (std::size_t row = 0; row < image.rows; ++row) {
    auto* const pixels = reinterpret_cast<std::uint32_t*>(bytes + row * stride);
    for (std::size_t column = 0; column < image.columns; ++column) {
      auto const colour = image.colours[row * image.columns + column];
      pixels[column] = std::uint32_t{colour.red} << 16 | std::uint32_t{colour.green} << 8 |
                       std::uint32_t{colour.blue};
    }
  }
  cairo_surface_mark_dirty(surface.get());
  cairo_save(pen_.get());
  cairo_translate(pen_.get(), area.left, area.top);
  cairo_scale(pen_.get(), area.width() / static_cast<double>(columns),
              area.height() / static_cast<double>(rows));
  cairo_set_source_surface(pen_.get(), surface.get(), 0.0, 0.0);
  cairo_pattern_set_filter(cairo_get_source(pen_.get()), CAIRO_FILTER_NEAREST);
  cairo_paint(pen_.get());
  cairo_restore(pen_.get());
}

void Drawing::text(std::string const& text, Point anchor, double height, Colour colour, Align align,
                   bool upwards) {
  auto const laid_out = text_strokes(text, height);
  double const shift = align == Align::left     ? 0.0
                       : align == Align::centre ? -laid_out.width / 2.0
                                                : -laid_out.width;
  cairo_save(pen_.get());
  cairo_translate(pen_.get(), anchor.x, anchor.y);
  if (upwards) cairo_rotate(pen_.get(), -quarter_turn);
  for (auto const& stroke : laid_out.strokes) {
    cairo_new_sub_path(pen_.get());
    for (auto const& point : stroke) cairo_line_to(pen_.get(), point.x + shift, point.y);
  }
  use(colour);
  cairo_set_line_width(pen_.get(), std::max(1.0, 0.1 * height));
  cairo_stroke(pen_.get());
  cairo_restore(pen_.get());
}

std::string Drawing::finish() {
  cairo_show_page(pen_.get());
  require(cairo_status(pen_.get()));
  if (format_ == PictureFormat::png)
    require(cairo_surface_write_to_png_stream(surface_.get(), append, written_.get()));
  cairo_surface_finish(surface_.get());
  require(cairo_surface_status(surface_.get()));
  return format_ == PictureFormat::svg ? with_own_names(*written_) : std::move(*written_);
}

double text_width(std::string const& text, double height) {
  return text_strokes(text, height).width;
}

}  // namespace xrdct::io
