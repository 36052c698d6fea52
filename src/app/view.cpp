#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "app/command_files.hpp"
#include "app/context.hpp"
#include "app/text_pattern.hpp"
#include "core/errors.hpp"
#include "core/units.hpp"
#include "io/picture.hpp"
#include "io/sinogram_reader.hpp"

namespace xrdct::app {
namespace {

struct ViewOptions {
  std::string file;
  std::string reduction;
  std::string field = "I";
  std::optional<std::string> channel, azimuth, pattern;
  std::size_t height = 0;
  std::string output;
  bool logarithmic = false;
};

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string with_unit(std::string const& name, std::string const& unit) { return unit.empty() ? name : name + " [" + unit + "]"; }

/// An axis of the bins under the name that people use ("q", not the name of its dataset), and the option that chooses on it.
struct BinAxis {
  io::SinogramReader::Axis axis;
  std::string option;
  std::vector<std::string> keys;  //!< what may stand before '='
  bool turns = false;             //!< values that are 360 degrees apart are the same

  std::string name_of(std::size_t bin) const { return axis.name + " = " + number(axis.positions[bin]) + (axis.unit.empty() ? "" : " " + axis.unit); }
};

BinAxis radial_axis(io::SinogramReader const& reader, std::string const& reduction) {
  std::string const unit_name = reader.unit_name(reduction);
  BinAxis result{.axis = reader.radial(reduction), .option = "--channel", .keys = {}};
  result.axis.name = core::label_of(core::unit_of(unit_name));
  result.keys = {result.axis.name, unit_name.substr(0, unit_name.find('_'))};
  return result;
}

BinAxis azimuthal_axis(io::SinogramReader const& reader, std::string const& reduction) {
  BinAxis result{.axis = reader.azimuthal(reduction), .option = "--azimuth", .keys = {"chi", "azimuth"}, .turns = true};
  result.axis.name = "chi";
  return result;
}

io::PictureAxis picture_axis(io::SinogramReader::Axis const& axis) {
  return {.label = with_unit(axis.name, axis.unit), .first = axis.positions.front(), .last = axis.positions.back()};
}

std::string chosen_reduction(io::SinogramReader const& reader, ViewOptions const& options) {
  auto const names = reader.reductions();
  if (options.reduction.empty()) return names.front();
  if (std::find(names.begin(), names.end(), options.reduction) != names.end()) return options.reduction;
  std::string known;
  for (auto const& name : names) known += (known.empty() ? "" : ", ") + name;
  throw core::InputError("cannot show the reduction " + options.reduction + " of " + options.file + ": expected one of " + known);
}

/// "q=21.3" or "21.3": the bin whose centre is nearest; "bin=17": that bin.
std::size_t bin_of(std::string const& word, BinAxis const& on) {
  auto const equals = word.find('=');
  std::string const key = equals == std::string::npos ? "" : word.substr(0, equals);
  std::string const text = equals == std::string::npos ? word : word.substr(equals + 1);
  std::size_t used = 0;
  double value = std::numeric_limits<double>::quiet_NaN();
  try {
    value = std::stod(text, &used);
  } catch (std::exception const&) {
    used = 0;
  }
  std::string const problem = "cannot use " + on.option + " " + word + ": expected ";
  bool const known_key = key.empty() || key == "bin" || std::find(on.keys.begin(), on.keys.end(), key) != on.keys.end();
  if (used == 0 || used != text.size() || !std::isfinite(value) || !known_key) {
    throw core::InputError(problem + with_unit(on.axis.name + "=VALUE", on.axis.unit) + " or bin=NUMBER, found " + word);
  }
  auto const& centres = on.axis.positions;
  if (key == "bin") {
    if (value < 0 || value >= static_cast<double>(centres.size())) {
      throw core::InputError(problem + "a bin from 0 to " + std::to_string(centres.size() - 1) + ", found " + text);
    }
    return static_cast<std::size_t>(value);
  }
  if (on.turns) value -= 360.0 * std::round((value - 0.5 * (centres.front() + centres.back())) / 360.0);
  double const half_step = centres.size() > 1 ? 0.5 * std::abs(centres[1] - centres[0]) : std::numeric_limits<double>::infinity();
  if (value < centres.front() - half_step || value > centres.back() + half_step) {
    throw core::InputError(problem + "a value from " + number(centres.front()) + " to " + number(centres.back()) + " " + on.axis.unit + ", found " +
                           text);
  }
  auto const nearest =
      std::min_element(centres.begin(), centres.end(), [&](double a, double b) { return std::abs(a - value) < std::abs(b - value); });
  return static_cast<std::size_t>(nearest - centres.begin());
}

/// The strongest of some bins in the pattern of the middle place: what is worth seeing first.
std::size_t strongest_bin(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction, std::size_t first,
                          std::size_t bins) {
  auto const shape = reader.shape();
  auto const pattern = reader.pattern(reduction, options.field, options.height, shape.slow / 2, shape.fast / 2);
  std::size_t best = first;
  for (std::size_t bin = first; bin < first + bins; ++bin) {
    if (!std::isnan(pattern[bin]) && (std::isnan(pattern[best]) || pattern[bin] > pattern[best])) best = bin;
  }
  return best;
}

std::string value_label(ViewOptions const& options) {
  if (options.field == "I") return "intensity";
  if (options.field == "I_errors") return "standard error";
  return options.field == "std" ? "standard deviation" : "pixels";
}

std::string title_of(ViewOptions const& options, std::string const& reduction, std::string const& what) {
  return std::filesystem::path(options.file).filename().string() + "  " + reduction + "  " + what;
}

/// The name to write to, which may be written to.
std::string output_of(ViewOptions const& options, std::string const& suffix) {
  std::string const output = options.output.empty() ? std::filesystem::path(options.file).stem().string() + suffix : options.output;
  require_drawing(options.file, output);
  return output;
}

/// A bin of a pattern and its name for people.
struct ChosenBin {
  std::size_t bin = 0;
  std::string name;
};

ChosenBin chosen_on(BinAxis const& axis, std::optional<std::string> const& word, io::SinogramReader const& reader, ViewOptions const& options,
                    std::string const& reduction) {
  std::size_t const bins = axis.axis.positions.size();
  std::size_t const bin = word ? bin_of(*word, axis) : strongest_bin(reader, options, reduction, 0, bins);
  return {bin, axis.name_of(bin)};
}

/// A bin of a cake: what is not said is not averaged over, since a mean of intensities would need their weights.
ChosenBin chosen_of_cake(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction) {
  auto const radial = radial_axis(reader, reduction), azimuthal = azimuthal_axis(reader, reduction);
  std::size_t const columns = radial.axis.positions.size();
  if (!options.azimuth) {
    auto const& centres = azimuthal.axis.positions;
    throw core::InputError("cannot draw a channel of " + reduction + " in " + options.file + ": expected --azimuth with --channel, for a bin from " +
                           number(centres.front()) + " to " + number(centres.back()) +
                           " deg of this cake, found none; a mean over the azimuth is a reduction of its own, with the pattern radial");
  }
  std::size_t const row = bin_of(*options.azimuth, azimuthal);
  std::size_t const bin = row * columns + (options.channel ? bin_of(*options.channel, radial)
                                                           : strongest_bin(reader, options, reduction, row * columns, columns) % columns);
  return {bin, radial.name_of(bin % columns) + ", " + azimuthal.name_of(row)};
}

void refuse_azimuth(ViewOptions const& options, std::string const& reduction) {
  if (!options.azimuth) return;
  throw core::InputError("cannot use --azimuth " + *options.azimuth + " with " + reduction + " in " + options.file +
                         ": expected a cake or an azimuthal pattern, found radial patterns; leave the option out");
}

ChosenBin chosen_bin(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction) {
  switch (reader.kind(reduction)) {
    case core::PatternKind::radial:
      refuse_azimuth(options, reduction);
      return chosen_on(radial_axis(reader, reduction), options.channel, reader, options, reduction);
    case core::PatternKind::azimuthal:
      if (options.channel) {
        throw core::InputError("cannot use --channel " + *options.channel + " with " + reduction + " in " + options.file +
                               ": expected radial bins, found azimuthal patterns; choose with --azimuth");
      }
      return chosen_on(azimuthal_axis(reader, reduction), options.azimuth, reader, options, reduction);
    case core::PatternKind::cake:
      return chosen_of_cake(reader, options, reduction);
  }
  return {};
}

void draw_channel(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction) {
  auto const [bin, name] = chosen_bin(reader, options, reduction);
  auto const values = reader.channel(reduction, options.field, options.height, bin);
  io::MapPicture picture;
  picture.title = title_of(options, reduction, name);
  picture.horizontal = picture_axis(reader.fast());
  picture.vertical = picture_axis(reader.slow());
  picture.rows = reader.shape().slow;
  picture.columns = reader.shape().fast;
  picture.values.assign(values.begin(), values.end());
  picture.value_label = value_label(options);
  picture.logarithmic = options.logarithmic;
  std::string const output = output_of(options, "_channel.png");
  io::write_png(output, picture);
  std::cout << output << ": bin " << bin << ", " << name << ", " << picture.rows << " x " << picture.columns << " places" << std::endl;
}

/// \param values [azimuthal][radial]
template <class Value>
std::string draw_cake(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction, std::string const& what,
                      std::vector<Value> const& values, std::string const& suffix) {
  auto const radial = radial_axis(reader, reduction), azimuthal = azimuthal_axis(reader, reduction);
  io::MapPicture picture;
  picture.title = title_of(options, reduction, what);
  picture.horizontal = picture_axis(radial.axis);
  picture.vertical = picture_axis(azimuthal.axis);
  picture.rows = azimuthal.axis.positions.size();
  picture.columns = radial.axis.positions.size();
  picture.values.assign(values.begin(), values.end());
  picture.value_label = value_label(options);
  picture.logarithmic = options.logarithmic;
  std::string const output = output_of(options, suffix);
  io::write_png(output, picture);
  return output + ": " + std::to_string(picture.rows) + " x " + std::to_string(picture.columns) + " bins";
}

void draw_mean_cake(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction) {
  if (options.field != "I") {
    throw core::InputError("cannot draw the mean of " + options.field + " of " + reduction + " in " + options.file +
                           ": expected the field I, or --pattern for one place, or --azimuth for a channel");
  }
  std::cout << draw_cake(reader, options, reduction, "mean of all places", reader.mean_pattern(reduction), "_cake.png") << ", mean of all places"
            << std::endl;
}

/// "height,slow,fast" or "slow,fast" as indices.
std::array<std::size_t, 3> place_of(ViewOptions const& options, core::ScanShape shape) {
  std::vector<std::size_t> indices;
  std::string rest = *options.pattern;
  bool good = !rest.empty();
  while (good && !rest.empty()) {
    auto const comma = rest.find(',');
    std::string const word = rest.substr(0, comma);
    good = !word.empty() && word.size() < 12 && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (good) indices.push_back(std::stoul(word));
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
  }
  if (good && indices.size() == 2) indices.insert(indices.begin(), options.height);
  if (!good || indices.size() != 3 || indices[0] >= shape.height || indices[1] >= shape.slow || indices[2] >= shape.fast) {
    throw core::InputError("cannot use --pattern " + *options.pattern + ": expected SLOW,FAST or HEIGHT,SLOW,FAST, indices from 0 in a scan of " +
                           std::to_string(shape.height) + " x " + std::to_string(shape.slow) + " x " + std::to_string(shape.fast));
  }
  return {indices[0], indices[1], indices[2]};
}

/// One profile of a place: over the radial or the azimuthal axis.
struct Profile {
  BinAxis axis;
  std::size_t first = 0;  //!< its first bin in the pattern
  std::string name = {};  //!< of its row of a cake; empty elsewhere
  std::vector<float> part(std::vector<float> const& pattern) const {
    auto const begin = pattern.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + static_cast<std::ptrdiff_t>(axis.axis.positions.size())};
  }
};

Profile profile_of(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction) {
  switch (reader.kind(reduction)) {
    case core::PatternKind::radial:
      refuse_azimuth(options, reduction);
      return {.axis = radial_axis(reader, reduction)};
    case core::PatternKind::azimuthal:
      return {.axis = azimuthal_axis(reader, reduction)};
    case core::PatternKind::cake:
      break;
  }
  auto const azimuthal = azimuthal_axis(reader, reduction);
  auto radial = radial_axis(reader, reduction);
  std::size_t const row = bin_of(*options.azimuth, azimuthal), first = row * radial.axis.positions.size();
  return {.axis = std::move(radial), .first = first, .name = "  " + azimuthal.name_of(row)};
}

void write_profile(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction, Profile const& profile,
                   std::array<std::size_t, 3> const& place, std::string const& title, std::string const& output) {
  auto const [height, slow, fast] = place;
  auto const values = profile.part(reader.pattern(reduction, options.field, height, slow, fast));
  std::string const suffix = std::filesystem::path(output).extension().string(), x_label = with_unit(profile.axis.axis.name, profile.axis.axis.unit);
  if (suffix != ".xy" && suffix != ".xye") {
    io::CurvePicture const picture{.title = title,
                                   .x_label = x_label,
                                   .y_label = value_label(options),
                                   .x = profile.axis.axis.positions,
                                   .curves = {{.label = "", .y = {values.begin(), values.end()}}},
                                   .logarithmic = options.logarithmic};
    return io::write_png(output, picture);
  }
  bool const with_errors = suffix == ".xye";
  if (with_errors && (options.field != "I" || !reader.has_errors(reduction))) {
    throw core::InputError("cannot write " + output + ": expected the intensity of a reduction with errors, found " +
                           (options.field == "I" ? "error_model none in " + reduction : "--field " + options.field) + "; write .xy instead");
  }
  auto const error = with_errors ? profile.part(reader.pattern(reduction, "I_errors", height, slow, fast)) : std::vector<float>();
  write_columns(output, {title, x_label + "  " + value_label(options) + (with_errors ? "  standard error" : "")}, profile.axis.axis.positions, values,
                error);
}

void show_pattern(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction) {
  auto const place = place_of(options, reader.shape());
  auto const [height, slow, fast] = place;
  std::string const name = std::to_string(height) + "," + std::to_string(slow) + "," + std::to_string(fast);
  std::string const output = output_of(options, "_pattern.png");
  std::string const suffix = std::filesystem::path(output).extension().string();
  if (reader.kind(reduction) == core::PatternKind::cake && !options.azimuth) {
    if (suffix == ".xy" || suffix == ".xye") {
      throw core::InputError("cannot write the cake " + reduction + " to " + output +
                             ": expected one profile, found two axes; choose one with --azimuth, or write a picture");
    }
    auto const values = reader.pattern(reduction, options.field, height, slow, fast);
    std::cout << draw_cake(reader, options, reduction, "place " + name, values, "_pattern.png") << ", place " << name << std::endl;
    return;
  }
  auto const profile = profile_of(reader, options, reduction);
  write_profile(reader, options, reduction, profile, place, title_of(options, reduction, "place " + name + profile.name), output);
  std::cout << output << ": place " << name << profile.name << std::endl;
}

void view(ViewOptions const& options) {
  io::SinogramReader const reader(options.file);
  std::string const reduction = chosen_reduction(reader, options);
  if (options.height >= reader.shape().height) {
    throw core::InputError("cannot show height " + std::to_string(options.height) + " of " + options.file + ": expected an index below " +
                           std::to_string(reader.shape().height));
  }
  bool const nothing_chosen = !options.channel && !options.azimuth;
  if (options.pattern) {
    show_pattern(reader, options, reduction);
  } else if (nothing_chosen && reader.kind(reduction) == core::PatternKind::cake) {
    draw_mean_cake(reader, options, reduction);
  } else {
    draw_channel(reader, options, reduction);
  }
}

}  // namespace

void add_view(CLI::App& app, Context&) {
  auto const options = std::make_shared<ViewOptions>();
  CLI::App* command = app.add_subcommand("view", "Show one channel's sinogram or a cake as PNG, or one pattern as PNG, .xy or .xye");
  command->add_option("file", options->file, "Output of xrdct reduce")->required();
  auto* channel = command->add_option("--channel", options->channel,
                                      "Channel, e.g. q=21.3 (in the unit of the file) or bin=500; default: the strongest of the middle place");
  command->add_option("--azimuth", options->azimuth,
                      "Azimuth of a cake or an azimuthal pattern, e.g. chi=-30 [deg] or bin=12; a cake without it: its mean over all places");
  command->add_option("--field", options->field, "I (default), I_errors, std or count");
  command->add_option("--pattern", options->pattern, "Place SLOW,FAST or HEIGHT,SLOW,FAST (indices from 0): its pattern")->excludes(channel);
  command->add_option("--reduction", options->reduction, "Which reduction; default: the first");
  command->add_option("--height", options->height, "Index of the height [0]");
  command->add_option("-o,--output", options->output, "PNG file; for a pattern also .xy or .xye");
  command->add_flag("--log", options->logarithmic, "Logarithmic intensity");
  command->callback([options] { view(*options); });
}

}  // namespace xrdct::app
