// The pictures of `xrdct view` of all places: a channel, and the overview that comes first.
#include "app/view/view_pictures.hpp"

#include <fmt/core.h>

#include <cmath>
#include <iostream>

#include "app/files/output_ending.hpp"
#include "app/view/drawing_target.hpp"
#include "app/view/view_axes.hpp"
#include "app/view/view_bins.hpp"
#include "app/view/view_slices.hpp"
#include "app/view/view_window.hpp"
#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

std::string places_text(io::PatternReader const& reader) {
  return fmt::format("{} x {} {}", reader.shape().slow, reader.shape().fast,
                     reader.first_row_on_top() ? "voxels" : "places");
}

}  // namespace

std::string height_text(io::PatternReader const& reader, ViewOptions const& options) {
  return reader.shape().height == 1 ? "" : fmt::format(", height {}", options.height);
}

io::PictureFormat picture_target(ViewOptions const& options, std::string const& output,
                                 std::string const& what) {
  using enum OutputKind;
  auto const kind = kind_of(output, {png, svg, pdf}, what);
  require_drawing(options.file, output, false);
  return picture_format(kind).value();
}

io::MapPicture map_of(io::PatternReader const& reader, ViewOptions const& options,
                      std::string const& title, std::vector<double> const& values) {
  auto const fast = reader.fast(), slow = reader.slow();
  io::MapPicture map{.title = title,
                     .horizontal = picture_axis(fast),
                     .vertical = picture_axis(slow),
                     .true_aspect = !fast.unit.empty() && fast.unit == slow.unit,
                     .rows = reader.shape().slow,
                     .columns = reader.shape().fast,
                     .values = values,
                     .value_label = value_label(options),
                     .colours = colour_choice(options.look)};
  if (reader.first_row_on_top()) show_as_slice(map, fast, options);
  return map;
}

io::MapPicture cake_of(io::PatternReader const& reader, ViewOptions const& options,
                       std::string const& reduction, std::string const& title,
                       std::vector<double> const& values) {
  auto radial = radial_axis(reader, options, reduction).axis,
       azimuthal = azimuthal_axis(reader, reduction).axis;
  if (options.unit && core::unit_of(*options.unit) != core::unit_of(reader.unit_name(reduction))) {
    throw core::InputError(
        {.what =
             fmt::format("draw the cake {} of {} over {}", reduction, options.file, *options.unit),
         .expected = reader.unit_name(reduction) + ", in which its bins are equally wide",
         .attempt = "choose one profile with --pattern and --azimuth, or leave --unit out"});
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
          .colours = colour_choice(options.look)};
}

io::CurvePicture curve_of(ViewOptions const& options, std::string const& title,
                          std::string const& x_label, std::vector<double> const& x,
                          std::vector<double> const& values) {
  io::CurvePicture picture{.title = title,
                           .x_label = x_label,
                           .y_label = value_label(options),
                           .x = {},
                           .y = {},
                           .logarithmic = options.look.logarithmic};
  for (std::size_t bin = 0; bin < x.size(); ++bin) {
    if (!std::isfinite(x[bin])) continue;
    picture.x.push_back(x[bin]);
    picture.y.push_back(values[bin]);
  }
  return picture;
}

void draw_channel(io::PatternReader const& reader, ViewOptions const& options,
                  std::string const& reduction) {
  std::string const output = output_of(options, "_channel.png");
  auto const format = picture_target(options, output, "the map of a channel");
  auto const [bin, name] = chosen_bin(reader, options, reduction);
  std::string const what = name + height_text(reader, options);
  auto const values = reader.channel(reduction, options.field, options.height, bin);
  io::write_picture(
      output, format,
      map_of(reader, options, title_of(options, reduction, what), {values.begin(), values.end()}));
  std::cout << output << ": bin " << bin << ", " << what << ", " << places_text(reader)
            << std::endl;
}

void draw_window(io::PatternReader const& reader, ViewOptions const& options,
                 std::string const& reduction) {
  std::string const output = output_of(options, "_roi.png");
  auto const format = picture_target(options, output, "the map of a window");
  auto const window = window_map(reader, options, reduction);
  std::string const what = window.name + height_text(reader, options);
  auto map = map_of(reader, options, title_of(options, reduction, what), window.values);
  map.value_label = "mean " + value_label(options);
  io::write_picture(output, format, map);
  std::cout << output << ": mean over " << what << ", " << places_text(reader) << std::endl;
}

void draw_overview(io::SinogramReader const& reader, ViewOptions const& options,
                   std::string const& reduction) {
  std::string const output = output_of(options, "_overview.png"), mean = "mean of all places";
  auto const format = picture_target(options, output, "an overview");
  auto const title = title_of(options, reduction, "");
  auto const total = reader.total_intensity(options.height);
  auto map = map_of(reader, options, "total intensity" + height_text(reader, options),
                    {total.begin(), total.end()});
  map.value_label =
      "sum over the bins of " + reader.reductions().front() + " [counts per normalization]";
  auto const pattern = reader.mean_pattern(reduction);
  auto bins = fmt::format("{}", pattern.size());
  if (reader.kind(reduction) == core::PatternKind::cake) {
    auto cake = cake_of(reader, options, reduction, mean, pattern);
    cake.colours.range.reset();  // of the map of places: these are other values
    io::write_picture(output, format, title, map, cake);
    bins = fmt::format("{} x {}", cake.rows, cake.columns);
  } else {
    bool const radial = reader.kind(reduction) == core::PatternKind::radial;
    auto const axis =
        radial ? radial_axis(reader, options, reduction) : azimuthal_axis(reader, reduction);
    io::write_picture(output, format, title, map,
                      curve_of(options, mean, axis.label(), axis.axis.positions, pattern));
  }
  std::cout << output << ": total intensity of " << places_text(reader)
            << height_text(reader, options) << ", beside " << bins << " bins, " << mean
            << "; --channel shows one bin, --roi a window of bins, --pattern one place"
            << std::endl;
}

}  // namespace xrdct::app
