#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

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
  std::optional<std::string> channel, pattern;
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

/// The radial axis under the name that people use: "q", not the name of its dataset.
io::SinogramReader::Axis radial_axis(io::SinogramReader const& reader, std::string const& reduction) {
  auto axis = reader.radial(reduction);
  axis.name = core::label_of(core::unit_of(reader.unit_name(reduction)));
  return axis;
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
std::size_t bin_of(std::string const& word, io::SinogramReader::Axis const& radial, std::string const& unit_name) {
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
  bool const known_key = key.empty() || key == "bin" || key == radial.name || unit_name.rfind(key + "_", 0) == 0;
  if (used == 0 || used != text.size() || !std::isfinite(value) || !known_key) {
    throw core::InputError("cannot use --channel " + word + ": expected " + radial.name + "=VALUE [" + radial.unit + "] or bin=NUMBER, found " +
                           word);
  }
  auto const& centres = radial.positions;
  if (key == "bin") {
    if (value < 0 || value >= static_cast<double>(centres.size())) {
      throw core::InputError("cannot use --channel " + word + ": expected a bin from 0 to " + std::to_string(centres.size() - 1) + ", found " + text);
    }
    return static_cast<std::size_t>(value);
  }
  double const half_step = centres.size() > 1 ? 0.5 * std::abs(centres[1] - centres[0]) : std::numeric_limits<double>::infinity();
  if (value < centres.front() - half_step || value > centres.back() + half_step) {
    throw core::InputError("cannot use --channel " + word + ": expected a value from " + number(centres.front()) + " to " + number(centres.back()) +
                           " " + radial.unit + ", found " + text);
  }
  auto const nearest =
      std::min_element(centres.begin(), centres.end(), [&](double a, double b) { return std::abs(a - value) < std::abs(b - value); });
  return static_cast<std::size_t>(nearest - centres.begin());
}

/// The channel with the largest variation over the scan's mean pattern: what is worth seeing first.
std::size_t strongest_bin(io::SinogramReader const& reader, std::string const& reduction, std::size_t height) {
  auto const shape = reader.shape();
  auto const pattern = reader.pattern(reduction, "I", height, shape.slow / 2, shape.fast / 2);
  std::size_t best = 0;
  for (std::size_t bin = 0; bin < pattern.size(); ++bin) {
    if (!std::isnan(pattern[bin]) && (std::isnan(pattern[best]) || pattern[bin] > pattern[best])) best = bin;
  }
  return best;
}

void draw_channel(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction) {
  auto const radial = radial_axis(reader, reduction);
  std::size_t const bin =
      options.channel ? bin_of(*options.channel, radial, reader.unit_name(reduction)) : strongest_bin(reader, reduction, options.height);
  auto const values = reader.channel(reduction, "I", options.height, bin);
  io::MapPicture picture;
  picture.title = std::filesystem::path(options.file).filename().string() + "  " + reduction + "  " + radial.name + " = " +
                  number(radial.positions[bin]) + " " + radial.unit;
  picture.horizontal = picture_axis(reader.fast());
  picture.vertical = picture_axis(reader.slow());
  picture.rows = reader.shape().slow;
  picture.columns = reader.shape().fast;
  picture.values.assign(values.begin(), values.end());
  picture.value_label = "intensity";
  picture.logarithmic = options.logarithmic;
  std::string const output = options.output.empty() ? std::filesystem::path(options.file).stem().string() + "_channel.png" : options.output;
  io::write_png(output, picture);
  std::cout << output << ": bin " << bin << ", " << radial.name << " = " << number(radial.positions[bin]) << " " << radial.unit << ", "
            << picture.rows << " x " << picture.columns << " places" << std::endl;
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

void show_pattern(io::SinogramReader const& reader, ViewOptions const& options, std::string const& reduction) {
  auto const [height, slow, fast] = place_of(options, reader.shape());
  auto const radial = radial_axis(reader, reduction);
  auto const intensity = reader.pattern(reduction, "I", height, slow, fast);
  std::string const place = std::to_string(height) + "," + std::to_string(slow) + "," + std::to_string(fast);
  std::string const output = options.output.empty() ? std::filesystem::path(options.file).stem().string() + "_pattern.png" : options.output;
  std::string const suffix = std::filesystem::path(output).extension().string();
  std::string const title = std::filesystem::path(options.file).filename().string() + "  " + reduction + "  place " + place;
  if (suffix == ".xy" || suffix == ".xye") {
    if (suffix == ".xye" && !reader.has_errors(reduction)) {
      throw core::InputError("cannot write " + output + ": expected a reduction with errors, found error_model none in " + reduction +
                             "; write .xy instead");
    }
    auto const error = suffix == ".xye" ? reader.pattern(reduction, "I_errors", height, slow, fast) : std::vector<float>();
    write_columns(output, {title, with_unit(radial.name, radial.unit) + "  intensity" + (error.empty() ? "" : "  standard error")}, radial.positions,
                  intensity, error);
  } else {
    io::CurvePicture picture{.title = title,
                             .x_label = with_unit(radial.name, radial.unit),
                             .y_label = "intensity",
                             .x = radial.positions,
                             .curves = {{.label = "", .y = {intensity.begin(), intensity.end()}}},
                             .logarithmic = options.logarithmic};
    io::write_png(output, picture);
  }
  std::cout << output << ": place " << place << std::endl;
}

void view(ViewOptions const& options) {
  io::SinogramReader const reader(options.file);
  std::string const reduction = chosen_reduction(reader, options);
  if (options.height >= reader.shape().height) {
    throw core::InputError("cannot show height " + std::to_string(options.height) + " of " + options.file + ": expected an index below " +
                           std::to_string(reader.shape().height));
  }
  if (options.pattern) {
    show_pattern(reader, options, reduction);
  } else {
    draw_channel(reader, options, reduction);
  }
}

}  // namespace

void add_view(CLI::App& app, Context&) {
  auto const options = std::make_shared<ViewOptions>();
  CLI::App* command = app.add_subcommand("view", "Show one channel's sinogram as PNG, or one pattern as PNG, .xy or .xye");
  command->add_option("file", options->file, "Output of xrdct reduce")->required();
  auto* channel = command->add_option("--channel", options->channel,
                                      "Channel, e.g. q=21.3 (in the unit of the file) or bin=500; default: the strongest of the middle place");
  command->add_option("--pattern", options->pattern, "Place SLOW,FAST or HEIGHT,SLOW,FAST (indices from 0): its pattern")->excludes(channel);
  command->add_option("--reduction", options->reduction, "Which reduction; default: the first");
  command->add_option("--height", options->height, "Index of the height [0]");
  command->add_option("-o,--output", options->output, "PNG file; for a pattern also .xy or .xye");
  command->add_flag("--log", options->logarithmic, "Logarithmic intensity");
  command->callback([options] { view(*options); });
}

}  // namespace xrdct::app
