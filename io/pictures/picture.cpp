// Pictures of maps and curves, alone, two side by side, or in rows.
#include "io/pictures/picture.hpp"

#include <algorithm>
#include <variant>

#include "io/files/durable_file.hpp"
#include "io/guard/picture_signature.hpp"
#include "io/pictures/axes.hpp"
#include "io/pictures/panels.hpp"

namespace xrdct::io {
namespace {

constexpr int picture_width = 1200, panel_width = 1000, picture_height = 900, heading = 50;

void write(std::filesystem::path const& file, PictureFormat format, Drawing& drawing) {
  auto const bytes = drawing.finish();
  write_file(file, format == PictureFormat::png   ? signed_png(bytes)
                   : format == PictureFormat::svg ? signed_svg(bytes)
                                                  : signed_pdf(bytes));
}

template <class Picture>
void write_one(std::filesystem::path const& file, PictureFormat format, Picture const& picture) {
  Drawing drawing(format, picture_width, picture_height, picture.title);
  draw_panel(drawing, {0, 0, picture_width, picture_height}, picture);
  write(file, format, drawing);
}

template <class Picture>
void write_two(std::filesystem::path const& file, PictureFormat format, std::string const& title,
               MapPicture const& left, Picture const& right) {
  Drawing drawing(format, 2 * panel_width, picture_height, title);
  draw_title(drawing, {double(panel_width), heading}, 2.0 * panel_width - 40.0, title);
  draw_panel(drawing, {0, heading, panel_width, picture_height}, left);
  draw_panel(drawing, {panel_width, heading, 2 * panel_width, picture_height}, right);
  write(file, format, drawing);
}

}  // namespace

void write_picture(std::filesystem::path const& file, PictureFormat format, MapPicture const& map) {
  write_one(file, format, map);
}
void write_picture(std::filesystem::path const& file, PictureFormat format,
                   CurvePicture const& curve) {
  write_one(file, format, curve);
}
void write_picture(std::filesystem::path const& file, PictureFormat format,
                   std::string const& title, MapPicture const& left, MapPicture const& right) {
  write_two(file, format, title, left, right);
}
void write_picture(std::filesystem::path const& file, PictureFormat format,
                   std::string const& title, MapPicture const& left, CurvePicture const& right) {
  write_two(file, format, title, left, right);
}

void write_picture(std::filesystem::path const& file, PictureFormat format,
                   std::string const& title, std::vector<std::vector<PagePart>> const& rows) {
  constexpr int width = 700, height = 600;
  std::size_t columns = 1;
  for (auto const& row : rows) columns = std::max(columns, row.size());
  int const page = static_cast<int>(columns) * width;
  Drawing drawing(format, page, heading + static_cast<int>(rows.size()) * height, title);
  draw_title(drawing, {0.5 * page, heading}, page - 40.0, title);
  int top = heading;
  for (auto const& row : rows) {
    int left = 0;
    for (auto const& part : row) {
      Rectangle const area{left, top, left + width, top + height};
      std::visit([&](auto const& picture) { draw_panel(drawing, area, picture); }, part);
      left += width;
    }
    top += height;
  }
  write(file, format, drawing);
}

}  // namespace xrdct::io
