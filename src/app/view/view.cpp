// `xrdct view`: which of the pictures and texts of an output is wanted.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/session/context.hpp"
#include "app/session/option_checks.hpp"
#include "app/session/warnings.hpp"
#include "app/view/commands.hpp"
#include "app/view/view_conditioning.hpp"
#include "app/view/view_options.hpp"
#include "app/view/view_pictures.hpp"
#include "app/view/view_slices.hpp"
#include "core/words/errors.hpp"
#include "core/words/names.hpp"
#include "core/words/units.hpp"
#include "io/stored/pattern_reader.hpp"
#include "io/stored/sinogram_reader.hpp"
#include "io/stored/slices_reader.hpp"

namespace xrdct::app {
namespace {

std::string chosen_reduction(io::PatternReader const& reader, ViewOptions const& options) {
  auto const names = reader.reductions();
  if (options.reduction.empty()) return names.front();
  if (std::find(names.begin(), names.end(), options.reduction) != names.end())
    return options.reduction;
  throw core::InputError(
      {.what = fmt::format("show the reduction {} of {}", options.reduction, options.file),
       .expected = "one of " + core::listed(names, ", ")});
}

void refuse_unit_of_azimuth(io::PatternReader const& reader, ViewOptions const& options,
                            std::string const& reduction) {
  if (!options.unit || reader.kind(reduction) != core::PatternKind::azimuthal) return;
  throw core::InputError(
      {.what = fmt::format("use --unit {} with {} in {}", *options.unit, reduction, options.file),
       .expected = "radial bins",
       .found = "azimuthal patterns, which are in degrees",
       .attempt = "leave the option out"});
}

void warn_of_pending(std::size_t pending, std::size_t all, std::string const& what,
                     ViewOptions const& options) {
  if (pending > 0)
    warn(
        fmt::format("{}: {} of {} {} are pending: the run has not come to them, or has ended "
                    "before; they are shown without a value",
                    options.file, pending, all, what));
}

void require_height(io::PatternReader const& reader, ViewOptions const& options) {
  if (options.height < reader.shape().height) return;
  throw core::InputError({.what = fmt::format("show height {} of {}", options.height, options.file),
                          .expected = fmt::format("an index below {}", reader.shape().height)});
}

/// What all files have; false: an overview is wanted.
bool shown(io::PatternReader const& reader, ViewOptions const& options,
           std::string const& reduction) {
  require_height(reader, options);
  refuse_unit_of_azimuth(reader, options, reduction);
  bool const nothing_chosen = !options.channel && !options.azimuth;
  if (options.roi) {
    draw_window(reader, options, reduction);
  } else if (options.pattern) {
    show_pattern(reader, options, reduction);
  } else if (nothing_chosen && options.field == "I") {
    return false;
  } else {
    draw_channel(reader, options, reduction);
  }
  return true;
}

void view_sinograms(ViewOptions const& options) {
  if (options.centre || options.page || options.sinograms || options.conditioning) {
    throw core::InputError(
        {.what = "view " + options.file,
         .expected = "slices for --centre, --page, --conditioning and --sinograms",
         .found = "sinograms",
         .attempt = "give the file that 'xrdct reconstruct' wrote"});
  }
  io::SinogramReader const reader(options.file);
  warn_of_pending(reader.pending_places(), reader.shape().places(), "places", options);
  std::string const reduction = chosen_reduction(reader, options);
  if (!shown(reader, options, reduction)) draw_overview(reader, options, reduction);
}

void view_slices(ViewOptions options) {
  io::SlicesReader const reader(options.file);
  std::string const reduction = chosen_reduction(reader, options),
                    unit = reader.geometry(reduction).unit;
  std::size_t channels = 0;
  for (auto const& name : reader.reductions())
    channels += reader.shape().height * reader.pattern_shape(name).bins();
  warn_of_pending(reader.pending_channels(), channels, "channels", options);
  options.per = unit.empty() ? "step" : unit;
  require_height(reader, options);
  if (options.page) return draw_slices_page(reader, options, reduction);
  if (options.conditioning) return draw_conditioning(reader, options, reduction);
  if (!shown(reader, options, reduction)) draw_slices_overview(reader, options, reduction);
}

void view(ViewOptions const& options) {
  if (io::holds_slices(options.file)) return view_slices(options);
  view_sinograms(options);
}

}  // namespace

void add_view(CLI::App& app, Context& context) {
  auto const options = std::make_shared<ViewOptions>();
  CLI::App* command =
      app.add_subcommand("view",
                         "Show the total intensity beside the mean pattern, one channel's sinogram "
                         "or slice, or one place's pattern as a picture; a pattern also as text");
  command->add_option("file", options->file, "Output of xrdct reduce or reconstruct")
      ->check(some_name())
      ->required();
  auto* channel = command->add_option("--channel", options->channel,
                                      "Sinogram of a channel, e.g. q=21.3 (in the unit of the "
                                      "file, or in --unit), bin=500, or strongest: of the middle "
                                      "place; without it: an overview");
  command->add_option("--azimuth", options->azimuth,
                      "Azimuth of a cake or an azimuthal pattern, e.g. chi=-30 [deg], bin=12");
  command->add_option("--field", options->field, "I (default), I_errors, std or count");
  auto* pattern =
      command
          ->add_option("--pattern", options->pattern,
                       "Place SLOW,FAST or HEIGHT,SLOW,FAST (indices from 0): its pattern")
          ->excludes(channel);
  command
      ->add_option("--unit", options->unit,
                   "Radial unit of the axis, such as 2th_deg, q_A^-1, d_A; default: that of the "
                   "file, but 2th_deg for .xy and .xye")
      ->check(radial_unit());
  command->add_option("--reduction", options->reduction, "Which reduction; default: the first");
  command->add_option("--height", options->height, "Index of the height [0]")
      ->check(whole_number(0, 1000000000));
  command
      ->add_option(
          "-o,--output", options->output,
          ".png, .svg or .pdf; for a pattern also .xy, .xye (text in 2theta, or in --unit), "
          ".dat or .csv (text in the unit of the bins)")
      ->check(some_name());
  command
      ->add_option("--comment", options->comment,
                   "What begins the lines of the header of texts: # (default), ' (for TOPAS) or !")
      ->check(one_of({"#", "'", "!"}));
  auto* roi =
      command
          ->add_option("--roi", options->roi,
                       "Map of the mean over the channels LO:HI, in the unit of the file, or in "
                       "--unit")
          ->check(some_interval("19.8:20.4"))
          ->excludes(channel)
          ->excludes(pattern);
  command
      ->add_option("--background", options->background,
                   "With --roi: a window LO:HI whose mean is subtracted; given twice, that of both")
      ->check(some_interval("19:19.5"))
      ->needs(roi)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  command->add_flag("--centre", options->centre, "Of slices: mark the rotation axis");
  auto* page =
      command
          ->add_option(
              "--page", options->page,
              "Of slices: channels over their sinograms, such as q=20.1,q=24.3, or strongest: "
              "the three highest peaks of the strongest voxel")
          ->check(some_name())
          ->excludes(channel)
          ->excludes(pattern)
          ->excludes(roi);
  command->add_option("--sinograms", options->sinograms,
                      "With --page and --conditioning: the file of the sinograms; default: the one "
                      "that the slices were made of");
  command
      ->add_flag("--conditioning", options->conditioning,
                 "Of slices: centre of rotation by each method, total scattering, gain and air of "
                 "the sinograms")
      ->excludes(channel)
      ->excludes(pattern)
      ->excludes(roi)
      ->excludes(page);
  add_picture_options(*command, options->look, "");
  command->callback([options, &context] { context.work = [options] { view(*options); }; });
}

}  // namespace xrdct::app
