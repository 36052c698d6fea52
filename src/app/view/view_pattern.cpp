// One place of a scan as `xrdct view --pattern` shows it: a curve, a cake or text.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iostream>

#include "app/files/output_ending.hpp"
#include "app/files/text_pattern.hpp"
#include "app/session/version.hpp"
#include "app/session/warnings.hpp"
#include "app/view/drawing_target.hpp"
#include "app/view/view_axes.hpp"
#include "app/view/view_bins.hpp"
#include "app/view/view_pictures.hpp"
#include "core/words/errors.hpp"

namespace xrdct::app {
namespace {

/// A place by its indices.
struct Place {
  std::size_t height = 0, slow = 0, fast = 0;
  std::string name() const { return fmt::format("{},{},{}", height, slow, fast); }
};

/// "height,slow,fast" or "slow,fast" as indices.
Place place_of(ViewOptions const& options, core::ScanShape shape) {
  std::vector<std::size_t> indices;
  std::string rest = *options.pattern;
  bool good = !rest.empty() && rest.back() != ',';
  while (good && !rest.empty()) {
    auto const comma = rest.find(',');
    std::string const word = rest.substr(0, comma);
    good =
        !word.empty() && word.size() < 12 &&
        std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (good) indices.push_back(std::stoul(word));
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
  }
  if (good && indices.size() == 2) indices.insert(indices.begin(), options.height);
  if (!good || indices.size() != 3 || indices[0] >= shape.height || indices[1] >= shape.slow ||
      indices[2] >= shape.fast) {
    throw core::InputError(
        {.what = "use --pattern " + *options.pattern,
         .expected =
             fmt::format("SLOW,FAST or HEIGHT,SLOW,FAST, indices from 0 in a scan of {} x {} x {}",
                         shape.height, shape.slow, shape.fast)});
  }
  return {indices[0], indices[1], indices[2]};
}

/// One profile of a place: over the radial or the azimuthal axis.
struct Profile {
  BinAxis axis;
  std::size_t first = 0;  //!< its first bin in the pattern
  std::string name = {};  //!< of its row of a cake; empty elsewhere
};

Profile profile_of(io::PatternReader const& reader, ViewOptions const& options,
                   std::string const& reduction) {
  switch (reader.kind(reduction)) {
    case core::PatternKind::radial:
      refuse_azimuth(options, reduction);
      return {.axis = radial_axis(reader, options, reduction)};
    case core::PatternKind::azimuthal:
      return {.axis = azimuthal_axis(reader, reduction)};
    case core::PatternKind::cake:
      break;
  }
  auto const azimuthal = azimuthal_axis(reader, reduction);
  auto radial = radial_axis(reader, options, reduction);
  std::size_t const row = bin_of(*options.azimuth, azimuthal),
                    first = row * radial.axis.positions.size();
  return {.axis = std::move(radial), .first = first, .name = "  " + azimuthal.name_of(row)};
}

/// The profiles of one place.
class ProfileWriter {
 public:
  ProfileWriter(io::PatternReader const& reader, ViewOptions const& options,
                std::string const& reduction, Place const& place)
      : reader_(reader),
        options_(options),
        reduction_(reduction),
        place_(place),
        profile_(profile_of(reader, options, reduction)) {}

  std::string name() const { return "place " + place_.name() + profile_.name; }

  void draw(std::string const& output, io::PictureFormat format) const {
    auto const values = part(options_.field);
    auto const& axis = profile_.axis;
    auto curve = curve_of(options_, title(), axis.label(), axis.axis.positions,
                          {values.begin(), values.end()});
    shape_curve(curve, options_.look);
    io::write_picture(output, format, curve);
  }

  void write(std::string const& output, OutputKind kind) const {
    bool const intensity = options_.field == "I",
               errors = intensity && reader_.has_errors(reduction_);
    if (kind == OutputKind::xye && !errors) {
      throw core::InputError(
          {.what = "write " + output,
           .expected = "the intensity of a reduction with errors",
           .found = intensity ? "error_model none in " + reduction_ : "--field " + options_.field,
           .attempt = "write .xy instead"});
    }
    auto const& axis = profile_.axis;
    auto const values = part(options_.field), count = counts(values);
    auto const error = errors && kind != OutputKind::xy ? part("I_errors") : std::vector<float>();
    write_text(output,
               {.kind = kind,
                .comment = options_.comment.front(),
                .header = {std::string("xrdct ") + version + ": view of " + title(),
                           "Values: " + value_name(options_)},
                .stored = axis.stored,
                .asked = options_.unit && axis.stored ? std::optional(core::unit_of(*options_.unit))
                                                      : std::nullopt,
                .scales = scales_of(reader_),
                .centres = axis.stored ? axis.stored_positions : axis.axis.positions,
                .intensity = values,
                .error = error,
                .count = count});
  }

 private:
  // Of slices what has a value has no number of pixels.
  std::vector<float> counts(std::vector<float> const& values) const {
    if (reader_.has(reduction_, "count")) return part("count");
    std::vector<float> count;
    for (float const value : values) count.push_back(std::isnan(value) ? 0.0F : 1.0F);
    return count;
  }
  std::string title() const { return title_of(options_, reduction_, name()); }
  std::vector<float> part(std::string const& field) const {
    auto const all = reader_.pattern(reduction_, field, place_.height, place_.slow, place_.fast);
    auto const begin = all.begin() + static_cast<std::ptrdiff_t>(profile_.first);
    return {begin, begin + static_cast<std::ptrdiff_t>(profile_.axis.axis.positions.size())};
  }

  io::PatternReader const& reader_;
  ViewOptions const& options_;
  std::string const& reduction_;
  Place place_;
  Profile profile_;
};

bool has_no_value(io::PatternReader const& reader, ViewOptions const& options,
                  std::string const& reduction, Place const& place) {
  auto const values =
      reader.pattern(reduction, options.field, place.height, place.slow, place.fast);
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isnan(value); });
}

}  // namespace

void show_pattern(io::PatternReader const& reader, ViewOptions const& options,
                  std::string const& reduction) {
  std::string const output = output_of(options, "_pattern.png");
  using enum OutputKind;
  auto const kind = kind_of(output, {png, svg, pdf, xy, xye, dat, csv}, "a pattern");
  auto const format = picture_format(kind);
  require_drawing(options.file, output, !format);
  auto const place = place_of(options, reader.shape());
  auto lack = reader.lack(place.height, place.slow, place.fast);
  if (lack.empty() && has_no_value(reader, options, reduction, place))
    lack = "no bin has one there; in slices, voxels outside of the circle have none";
  if (!lack.empty())
    warn(fmt::format("{}: the place {} has no values: {}", options.file, place.name(), lack));
  if (reader.kind(reduction) == core::PatternKind::cake && !options.azimuth) {
    if (!format) {
      throw core::InputError({.what = fmt::format("write the cake {} to {}", reduction, output),
                              .expected = "one profile",
                              .found = "two axes",
                              .attempt = "choose one with --azimuth, or write a picture"});
    }
    auto const values =
        reader.pattern(reduction, options.field, place.height, place.slow, place.fast);
    auto const cake =
        cake_of(reader, options, reduction, title_of(options, reduction, "place " + place.name()),
                {values.begin(), values.end()});
    io::write_picture(output, *format, cake);
    std::cout << output << ": " << cake.rows << " x " << cake.columns << " bins, place "
              << place.name() << std::endl;
    return;
  }
  ProfileWriter const profile(reader, options, reduction, place);
  if (format) {
    profile.draw(output, *format);
  } else {
    profile.write(output, kind);
  }
  std::cout << output << ": " << profile.name() << std::endl;
}

}  // namespace xrdct::app
