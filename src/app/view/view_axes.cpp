// The axes of stored patterns, in the unit that is asked for, and how bins are chosen on them.
#include "app/view/view_axes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "config/calibration/poni.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::app {
namespace {

using core::number_text;

/// The lowest and the highest centre; those without a place on the axis do not count.
std::pair<double, double> ends_of(std::vector<double> const& centres) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (double const centre : centres) {
    if (!std::isfinite(centre)) continue;
    low = std::min(low, centre);
    high = std::max(high, centre);
  }
  return {low, high};
}

/// Half of the step from the centre of a bin to that of its neighbour.
double half_step(std::vector<double> const& centres, std::size_t bin) {
  if (centres.size() < 2) return std::numeric_limits<double>::infinity();
  double const step = std::abs(centres[bin] - centres[bin == 0 ? 1 : bin - 1]);
  return std::isfinite(step) ? 0.5 * step : 0.0;
}

std::size_t nearest_bin(std::vector<double> const& centres, double value) {
  std::size_t nearest = 0;
  double distance = std::numeric_limits<double>::infinity();
  for (std::size_t bin = 0; bin < centres.size(); ++bin) {
    double const here = std::abs(centres[bin] - value);
    if (here < distance) distance = here, nearest = bin;
  }
  return nearest;
}

}  // namespace

std::string with_unit(std::string const& name, std::string const& unit) {
  return unit.empty() ? name : name + " [" + unit + "]";
}

std::string BinAxis::name_of(std::size_t bin) const {
  return axis.name + " = " + number_text(axis.positions[bin]) +
         (axis.unit.empty() ? "" : " " + axis.unit);
}

core::RadialScales scales_of(io::PatternReader const& reader) {
  std::string const text = reader.poni_text();
  if (text.empty()) return {};
  try {
    return core::radial_scales(config::parse_poni(text, "the stored calibration").calibration);
  } catch (core::InputError const&) {
    return {};
  }
}

BinAxis radial_axis(io::PatternReader const& reader, ViewOptions const& options,
                    std::string const& reduction) {
  core::Unit const stored = core::unit_of(reader.unit_name(reduction)),
                   unit = options.unit ? core::unit_of(*options.unit) : stored;
  BinAxis result{.axis = reader.radial(reduction),
                 .option = "--channel",
                 .keys = {},
                 .turns = false,
                 .stored = stored};
  result.stored_positions = result.axis.positions;
  if (unit != stored)
    result.axis.positions =
        core::converted(result.stored_positions, stored, unit, scales_of(reader));
  std::string const name(core::name_of(unit));
  result.axis.name = core::label_of(unit);
  result.axis.unit = core::symbol_of(unit);
  result.keys = {result.axis.name, name.substr(0, name.find('_'))};
  return result;
}

BinAxis azimuthal_axis(io::PatternReader const& reader, std::string const& reduction) {
  BinAxis result{.axis = reader.azimuthal(reduction),
                 .option = "--azimuth",
                 .keys = {"chi", "azimuth"},
                 .turns = true};
  result.axis.name = "chi";
  return result;
}

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
  auto const problem = [&](std::string const& expected, std::string const& found) {
    return core::Problem{fmt::format("use {} {}", on.option, word), expected, found};
  };
  bool const known_key = key.empty() || key == "bin" ||
                         std::find(on.keys.begin(), on.keys.end(), key) != on.keys.end();
  if (used == 0 || used != text.size() || !std::isfinite(value) || !known_key) {
    throw core::InputError(
        problem(with_unit(on.axis.name + "=VALUE", on.axis.unit) + " or bin=NUMBER", word));
  }
  auto const& centres = on.axis.positions;
  if (key == "bin") {
    if (value < 0 || value >= static_cast<double>(centres.size()) || value != std::floor(value)) {
      throw core::InputError(problem(fmt::format("a bin from 0 to {}", centres.size() - 1), text));
    }
    return static_cast<std::size_t>(value);
  }
  auto const [low, high] = ends_of(centres);
  if (on.turns) value -= 360.0 * std::round((value - 0.5 * (low + high)) / 360.0);
  std::size_t const nearest = nearest_bin(centres, value);
  if ((value < low || value > high) &&
      !(std::abs(value - centres[nearest]) <= half_step(centres, nearest))) {
    throw core::InputError(problem(
        fmt::format("a value from {} to {} {}", number_text(low), number_text(high), on.axis.unit),
        text));
  }
  return nearest;
}

io::PictureAxis picture_axis(io::StoredAxis const& axis) {
  return {.label = axis.label.empty() ? with_unit(axis.name, axis.unit) : axis.label,
          .first = axis.positions.front(),
          .last = axis.positions.back()};
}

std::string value_name(ViewOptions const& options) {
  if (options.field == "I") return "intensity";
  if (options.field == "I_errors") return "standard error";
  return options.field == "std" ? "standard deviation" : "pixels";
}

std::string value_label(ViewOptions const& options) {
  if (options.field == "count") return value_name(options);
  std::string const unit = options.per.empty() ? "" : " per " + options.per;
  return with_unit(value_name(options), "counts per normalization" + unit);
}

std::string title_of(ViewOptions const& options, std::string const& reduction,
                     std::string const& what) {
  return std::filesystem::path(options.file).filename().string() + "  " + reduction + "  " + what;
}

std::string output_of(ViewOptions const& options, std::string const& suffix) {
  return options.output.empty() ? std::filesystem::path(options.file).stem().string() + suffix
                                : options.output;
}

}  // namespace xrdct::app
