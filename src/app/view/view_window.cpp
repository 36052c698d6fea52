// Maps of the mean over windows of the radial axis: the signal of a peak, and what lies below it.
#include "app/view/view_window.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "app/session/option_checks.hpp"
#include "app/view/view_axes.hpp"
#include "app/view/view_bins.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::app {
namespace {

/// Neighbouring bins of a pattern.
struct Window {
  std::size_t first = 0, bins = 0;
  std::string name;  //!< "19.8 to 20.4"
};

/// The bins of the axis whose centres lie in an interval; \param offset of the axis in the pattern
Window window_of(std::string const& option, std::string const& text, BinAxis const& axis,
                 std::size_t offset) {
  auto const interval = interval_of(text).value_or(io::Interval{});
  auto const& centres = axis.axis.positions;
  auto const lies_in = [&](double centre) {
    return centre >= interval.low && centre <= interval.high;
  };
  auto const first = std::find_if(centres.begin(), centres.end(), lies_in);
  auto const last = std::find_if_not(first, centres.end(), lies_in);
  if (first == last) {
    auto const [low, high] = std::minmax(centres.front(), centres.back());
    throw core::InputError(
        {.what = fmt::format("use {} {}", option, text),
         .expected = "a window with the centre of a bin",
         .found = fmt::format("none of {} from {} to {} {}", centres.size(), core::number_text(low),
                              core::number_text(high), axis.axis.unit),
         .attempt = "choose a wider one there"});
  }
  return {.first = offset + static_cast<std::size_t>(first - centres.begin()),
          .bins = static_cast<std::size_t>(last - first),
          .name = core::number_text(interval.low) + " to " + core::number_text(interval.high)};
}

/// Mean of the bins with a value; NaN without one.
double mean_of(std::span<float const> bins) {
  double sum = 0.0;
  std::size_t number = 0;
  for (float const value : bins) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++number;
  }
  return number == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(number);
}

/// Adds the means of a window, times `factor`, to all places of one height.
void add_means(io::PatternReader const& reader, ViewOptions const& options,
               std::string const& reduction, Window const& window, double factor,
               std::vector<double>& map) {
  auto const shape = reader.shape();
  for (std::size_t slow = 0; slow < shape.slow; ++slow) {
    auto const line =
        reader.line(reduction, options.field, options.height, slow, window.first, window.bins);
    for (std::size_t fast = 0; fast < shape.fast; ++fast) {
      auto const bins = std::span(line).subspan(fast * window.bins, window.bins);
      map[slow * shape.fast + fast] += factor * mean_of(bins);
    }
  }
}

void require_windows(io::PatternReader const& reader, ViewOptions const& options,
                     std::string const& reduction) {
  if (reader.kind(reduction) == core::PatternKind::azimuthal) {
    throw core::InputError(
        {.what = fmt::format("use --roi {} with {} in {}", *options.roi, reduction, options.file),
         .expected = "radial bins",
         .found = "azimuthal patterns",
         .attempt = "choose a bin with --azimuth"});
  }
  if (options.background.size() > 2) {
    throw core::InputError({.what = "use --background " + options.background.back(),
                            .expected = "one or two windows",
                            .found = fmt::format("{}", options.background.size()),
                            .attempt = "leave out those that are farthest from the peak"});
  }
  if (options.field != "I") {
    throw core::InputError(
        {.what = fmt::format("use --roi {} with --field {}", *options.roi, options.field),
         .expected = "I, whose mean has a meaning",
         .found = options.field,
         .attempt = "choose a bin with --channel"});
  }
}

}  // namespace

WindowMap window_map(io::PatternReader const& reader, ViewOptions const& options,
                     std::string const& reduction) {
  require_windows(reader, options, reduction);
  auto const axis = radial_axis(reader, options, reduction);
  auto const row = chosen_row(reader, options, reduction);
  std::size_t const offset = row.bin * axis.axis.positions.size();
  auto const roi = window_of("--roi", *options.roi, axis, offset);
  std::vector<Window> background;
  for (auto const& text : options.background)
    background.push_back(window_of("--background", text, axis, offset));

  WindowMap map{.values = std::vector<double>(reader.shape().slow * reader.shape().fast, 0.0),
                .name = axis.axis.name + " = " + roi.name +
                        (axis.axis.unit.empty() ? "" : " " + axis.axis.unit) + row.name};
  add_means(reader, options, reduction, roi, 1.0, map.values);
  for (auto const& window : background) {
    double const share = 1.0 / static_cast<double>(background.size());
    add_means(reader, options, reduction, window, -share, map.values);
    map.name += (&window == background.data() ? ", less " : " and ") + window.name;
  }
  return map;
}

}  // namespace xrdct::app
