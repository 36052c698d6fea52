/// The pictures of `xrdct view` of all places: a channel, and the overview that comes first.
#include "app/view/view_pictures.hpp"

#include <cmath>
#include <iostream>

#include "app/files/output_ending.hpp"
#include "app/view/drawing_target.hpp"
#include "app/view/view_axes.hpp"
#include "app/view/view_bins.hpp"
#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

std::string height_text(io::SinogramReader const& reader, ViewOptions const& options) {
  return reader.shape().height == 1 ? "" : ", height " + std::to_string(options.height);
}

std::string places_text(core::ScanShape const& shape) {
  return std::to_string(shape.slow) + " x " + std::to_string(shape.fast) + " places";
}

}  // namespace

io::MapPicture map_of(io::SinogramReader const& reader, ViewOptions const& options,
                      std::string const& title, std::vector<float> const& values) {
  return {.title = title,
          .horizontal = picture_axis(reader.fast()),
          .vertical = picture_axis(reader.slow()),
          .rows = reader.shape().slow,
          .columns = reader.shape().fast,
          .values = {values.begin(), values.end()},
          .value_label = value_label(options),
          .logarithmic = options.logarithmic};
}

io::MapPicture cake_of(io::SinogramReader const& reader, ViewOptions const& options,
                       std::string const& reduction, std::string const& title,
                       std::vector<double> const& values) {
  auto radial = radial_axis(reader, options, reduction).axis,
       azimuthal = azimuthal_axis(reader, reduction).axis;
  if (options.unit && core::unit_of(*options.unit) != core::unit_of(reader.unit_name(reduction))) {
    throw core::InputError("cannot draw the cake " + reduction + " of " + options.file + " over " +
                           *options.unit + ": expected " + reader.unit_name(reduction) +
                           ", in which its bins are equally wide; choose one profile with "
                           "--pattern and --azimuth, or leave --unit out");
  }
  radial.label = with_unit(radial.name, radial.unit);
  azimuthal.label = with_unit(azimuthal.name, azimuthal.unit);
  return {.title = title,
          .horizontal = picture_axis(radial),
          .vertical = picture_axis(azimuthal),
          .rows = azimuthal.positions.size(),
          .columns = radial.positions.size(),
          .values = values,
          .value_label = value_label(options),
          .logarithmic = options.logarithmic};
}

io::CurvePicture curve_of(ViewOptions const& options, std::string const& title,
                          std::string const& x_label, std::vector<double> const& x,
                          std::vector<double> const& values) {
  io::CurvePicture picture{.title = title,
                           .x_label = x_label,
                           .y_label = value_label(options),
                           .x = {},
                           .curves = {{}},
                           .logarithmic = options.logarithmic};
  for (std::size_t bin = 0; bin < x.size(); ++bin) {
    if (!std::isfinite(x[bin])) continue;
    picture.x.push_back(x[bin]);
    picture.curves.front().y.push_back(values[bin]);
  }
  return picture;
}

void draw_channel(io::SinogramReader const& reader, ViewOptions const& options,
                  std::string const& reduction) {
  std::string const output = output_of(options, "_channel.png");
  kind_of(output, {OutputKind::png}, "the map of a channel");
  require_drawing(options.file, output, false);
  auto const [bin, name] = chosen_bin(reader, options, reduction);
  std::string const what = name + height_text(reader, options);
  io::write_png(output, map_of(reader, options, title_of(options, reduction, what),
                               reader.channel(reduction, options.field, options.height, bin)));
  std::cout << output << ": bin " << bin << ", " << what << ", " << places_text(reader.shape())
            << std::endl;
}

void draw_overview(io::SinogramReader const& reader, ViewOptions const& options,
                   std::string const& reduction) {
  std::string const output = output_of(options, "_overview.png"), mean = "mean of all places";
  kind_of(output, {OutputKind::png}, "an overview");
  require_drawing(options.file, output, false);
  auto const title = title_of(options, reduction, "");
  auto map = map_of(reader, options, "total intensity" + height_text(reader, options),
                    reader.total_intensity(options.height));
  map.value_label = "sum over the bins of " + reader.reductions().front();
  auto const pattern = reader.mean_pattern(reduction);
  std::string bins = std::to_string(pattern.size());
  if (reader.kind(reduction) == core::PatternKind::cake) {
    auto const cake = cake_of(reader, options, reduction, mean, pattern);
    io::write_png(output, title, map, cake);
    bins = std::to_string(cake.rows) + " x " + std::to_string(cake.columns);
  } else {
    bool const radial = reader.kind(reduction) == core::PatternKind::radial;
    auto const axis =
        radial ? radial_axis(reader, options, reduction) : azimuthal_axis(reader, reduction);
    io::write_png(output, title, map,
                  curve_of(options, mean, axis.label(), axis.axis.positions, pattern));
  }
  std::cout << output << ": total intensity of " << places_text(reader.shape())
            << height_text(reader, options) << ", beside " << bins << " bins, " << mean
            << "; --channel shows one bin, --pattern one place" << std::endl;
}

}  // namespace xrdct::app
