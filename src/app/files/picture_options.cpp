// The options that say how pictures look.
#include "app/files/picture_options.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "app/session/option_checks.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "io/pictures/colour_map.hpp"

namespace xrdct::app {
namespace {

std::optional<io::Interval> range_of(PictureOptions const& options) {
  if (!options.range) return {};
  auto const range = interval_of(*options.range);
  if (range && options.logarithmic && range->low <= 0.0) {
    throw core::InputError({.what = fmt::format("use --range {} with --log", *options.range),
                            .expected = "values above 0",
                            .found = core::number_text(range->low),
                            .attempt = "choose a range above 0"});
  }
  return range;
}

}  // namespace

void add_picture_options(CLI::App& command, PictureOptions& options, std::string const& group) {
  std::vector<CLI::Option*> added;
  added.push_back(command.add_flag("--log", options.logarithmic, "Logarithmic intensity"));
  added.push_back(command
                      .add_option("--colours", options.colours,
                                  "Colours of a map: viridis (default), grey or coolwarm, whose "
                                  "middle stands for 0")
                      ->check(one_of(io::colour_map_names())));
  auto* const limits =
      command
          .add_option("--limits", options.limits,
                      "Percentiles P:Q of the values of a map, over which its colours go, such as "
                      "2:98; default: all, without values that lie far off")
          ->check(interval_from(0.0, 100.0, "2:98"));
  added.push_back(limits);
  added.push_back(command
                      .add_option("--range", options.range,
                                  "Values LO:HI over which the colours of a map, or the axis of a "
                                  "curve, go")
                      ->check(some_interval("0:50"))
                      ->excludes(limits));
  if (group.empty()) return;
  for (auto* const option : added) option->group(group);
}

io::ColourChoice colour_choice(PictureOptions const& options) {
  return {.map = options.colours.value_or("viridis"),
          .logarithmic = options.logarithmic,
          .percentiles = options.limits ? interval_of(*options.limits) : std::nullopt,
          .range = range_of(options)};
}

void shape_curve(io::CurvePicture& curve, PictureOptions const& options) {
  std::string const of_maps = options.limits    ? "--limits " + *options.limits
                              : options.colours ? "--colours " + *options.colours
                                                : "";
  if (!of_maps.empty()) {
    throw core::InputError({.what = fmt::format("use {} with a curve", of_maps),
                            .expected = "a map, which has colours",
                            .found = "a pattern",
                            .attempt = "leave it out, or choose values by --range"});
  }
  curve.logarithmic = options.logarithmic;
  curve.range = range_of(options);
}

void require_look(PictureOptions const& options, PictureKind kind) {
  io::CurvePicture curve;
  if (kind == PictureKind::curve) shape_curve(curve, options);
  if (kind == PictureKind::map) colour_choice(options);
}

std::optional<io::PictureFormat> picture_format(OutputKind kind) {
  switch (kind) {
    case OutputKind::png:
      return io::PictureFormat::png;
    case OutputKind::svg:
      return io::PictureFormat::svg;
    case OutputKind::pdf:
      return io::PictureFormat::pdf;
    case OutputKind::xy:
    case OutputKind::xye:
    case OutputKind::dat:
    case OutputKind::csv:
    case OutputKind::hdf5:
      break;
  }
  return {};
}

}  // namespace xrdct::app
