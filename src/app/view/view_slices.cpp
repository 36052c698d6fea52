// Pictures of slices: what stands over them, the overview that comes first, and channels beside
// their sinograms.
#include "app/view/view_slices.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <optional>
#include <vector>

#include "app/view/sinograms_of_slices.hpp"
#include "app/view/view_axes.hpp"
#include "app/view/view_bins.hpp"
#include "app/view/view_pictures.hpp"
#include "core/words/errors.hpp"
#include "core/words/number_text.hpp"
#include "io/nexus/slices_description.hpp"
#include "io/stored/sinogram_reader.hpp"

namespace xrdct::app {
namespace {

constexpr std::size_t channels_of_page = 3;

/// The largest of 1, 2 and 5 times a power of ten that is no longer than a quarter of the width.
double bar_length(double width) {
  double const most = 0.25 * width, power = std::pow(10.0, std::floor(std::log10(most)));
  for (double const factor : {5.0, 2.0})
    if (factor * power <= most) return factor * power;
  return power;
}

std::vector<double> to_double(std::vector<float> const& values) {
  return {values.begin(), values.end()};
}

/// The highest local maxima of a pattern of one row, in the order of their bins.
std::vector<std::size_t> strongest_peaks(std::vector<float> const& pattern, std::size_t first,
                                         std::size_t bins) {
  auto const value = [&](std::size_t i) {
    return i < bins && std::isfinite(pattern[first + i]) ? pattern[first + i]
                                                         : -std::numeric_limits<float>::infinity();
  };
  std::vector<std::size_t> peaks;
  for (std::size_t i = 0; i < bins; ++i)
    if (std::isfinite(value(i)) && value(i) >= value(i + 1) && (i == 0 || value(i) > value(i - 1)))
      peaks.push_back(i);
  std::stable_sort(peaks.begin(), peaks.end(),
                   [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
  peaks.resize(std::min(peaks.size(), channels_of_page));
  std::sort(peaks.begin(), peaks.end());
  for (auto& peak : peaks) peak += first;
  return peaks;
}

std::vector<ChosenBin> channels_of(io::SlicesReader const& reader, ViewOptions const& options,
                                   std::string const& reduction) {
  std::vector<ChosenBin> channels;
  auto each = options;
  if (*options.page == "strongest") {
    auto const [y, x] = reader.typical_place(reduction, options.height);
    auto const columns = reader.pattern_shape(reduction).columns;
    auto const row = chosen_row(reader, options, reduction);
    auto const pattern = reader.pattern(reduction, "I", options.height, y, x);
    for (std::size_t const bin : strongest_peaks(pattern, row.bin * columns, columns)) {
      each.channel = fmt::format("bin={}", bin % columns);
      if (reader.kind(reduction) == core::PatternKind::azimuthal)
        each.azimuth = std::exchange(each.channel, std::nullopt);
      channels.push_back(chosen_bin(reader, each, reduction));
    }
    if (channels.empty())
      throw core::InputError({.what = "choose channels of " + options.file,
                              .expected = "a voxel with values",
                              .found = "none"});
    return channels;
  }
  for (std::string rest = *options.page; !rest.empty();) {
    auto const comma = rest.find(',');
    each.channel = rest.substr(0, comma);
    channels.push_back(chosen_bin(reader, each, reduction));
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
  }
  return channels;
}

/// Where the rotation axis is in the sinograms of a height, along the translation.
std::optional<double> centre_of(io::SlicesReader const& reader, ViewOptions const& options,
                                std::string const& reduction) {
  if (auto const centre = reader.geometry(reduction).centre) return centre;
  auto const centre = reader.result(reduction, "centre", options.height);
  return centre.empty() || !std::isfinite(centre.front()) ? std::nullopt
                                                          : std::optional(centre.front());
}

}  // namespace

void show_as_slice(io::MapPicture& map, io::StoredAxis const& x, ViewOptions const& options) {
  for (std::size_t row = 0; row < map.rows / 2; ++row)
    std::swap_ranges(map.values.begin() + static_cast<std::ptrdiff_t>(row * map.columns),
                     map.values.begin() + static_cast<std::ptrdiff_t>((row + 1) * map.columns),
                     map.values.end() - static_cast<std::ptrdiff_t>((row + 1) * map.columns));
  std::swap(map.vertical.first, map.vertical.last);
  map.true_aspect = true;
  if (options.centre) map.marks.crosses.push_back({0.0, 0.0});
  if (map.columns < 2) return;
  double const step = std::abs(x.positions[1] - x.positions[0]);
  map.marks.bar = bar_length(step * static_cast<double>(map.columns));
  std::string const unit = io::SliceAxes{.step = step, .unit = x.unit}.unit_text();
  map.marks.bar_label = core::number_text(map.marks.bar) + (unit.empty() ? "" : " " + unit);
}

void draw_slices_overview(io::SlicesReader const& reader, ViewOptions const& options,
                          std::string const& reduction) {
  std::string const output = output_of(options, "_overview.png");
  auto const format = picture_target(options, output, "an overview");
  auto const [y, x] = reader.typical_place(reduction, options.height);
  auto map = map_of(reader, options, "mean over all bins" + height_text(reader, options),
                    to_double(reader.mean_slice(reduction, options.height)));
  map.value_label = "mean " + value_label(options);
  auto const pattern = to_double(reader.pattern(reduction, "I", options.height, y, x));
  std::string const title = title_of(options, reduction, ""),
                    voxel = fmt::format("strongest voxel, row {}, column {}", y, x);
  if (reader.kind(reduction) == core::PatternKind::cake) {
    auto cake = cake_of(reader, options, reduction, voxel, pattern);
    cake.colours.range.reset();  // of the slice: these are other values
    io::write_picture(output, format, title, map, cake);
  } else {
    bool const radial = reader.kind(reduction) == core::PatternKind::radial;
    auto const axis =
        radial ? radial_axis(reader, options, reduction) : azimuthal_axis(reader, reduction);
    io::write_picture(output, format, title, map,
                      curve_of(options, voxel, axis.label(), axis.axis.positions, pattern));
  }
  std::cout << output << ": mean slice of " << reader.side() << " x " << reader.side() << " voxels"
            << height_text(reader, options) << ", beside the pattern of the " << voxel
            << "; --channel shows one bin, --roi a window of bins, --pattern one voxel, --page "
               "channels and their sinograms"
            << std::endl;
}

void draw_slices_page(io::SlicesReader const& reader, ViewOptions const& options,
                      std::string const& reduction) {
  std::string const output = output_of(options, "_page.png");
  auto const format = picture_target(options, output, "a page of channels");
  auto const channels = channels_of(reader, options, reduction);
  std::vector<std::vector<io::PagePart>> rows(1);
  for (auto const& [bin, name] : channels)
    rows[0].push_back(map_of(reader, options, name,
                             to_double(reader.channel(reduction, "I", options.height, bin))));
  if (auto const file = sinograms_of(reader, options)) {
    io::SinogramReader const sinograms(*file);
    auto of_sinograms = options;
    of_sinograms.per.clear();
    of_sinograms.look.range.reset();  // of the slices: these are other values
    std::size_t const columns = reader.pattern_shape(reduction).columns,
                      stored = sinograms.pattern_shape(reduction).columns,
                      first = reader.geometry(reduction).first_bin;
    rows.emplace_back();
    for (auto const& [bin, name] : channels) {
      auto const sinogram = sinograms.channel(reduction, "I", options.height,
                                              bin / columns * stored + first + bin % columns);
      auto map = map_of(sinograms, of_sinograms, "sinogram, " + name, to_double(sinogram));
      if (auto const centre = centre_of(reader, options, reduction); centre && options.centre)
        mark_axis(map, sinograms, *centre);
      rows[1].push_back(std::move(map));
    }
  }
  std::string const height =
      reader.shape().height == 1 ? "" : fmt::format("height {}", options.height);
  io::write_picture(output, format, title_of(options, reduction, height), rows);
  std::cout << output << ": " << channels.size() << " channels"
            << (rows.size() > 1 ? ", and their sinograms" : "") << std::endl;
}

}  // namespace xrdct::app
