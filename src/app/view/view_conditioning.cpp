// The page of `xrdct view --conditioning`: what was done to the sinograms before.
#include "app/view/view_conditioning.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <numbers>
#include <string_view>
#include <utility>
#include <vector>

#include "app/view/sinograms_of_slices.hpp"
#include "app/view/view_axes.hpp"
#include "app/view/view_pictures.hpp"

#include "core/words/errors.hpp"
#include "io/stored/sinogram_reader.hpp"

namespace xrdct::app {
namespace {

/// "centre of mass 19.99, sweep none, …", in the order in which they are stored.
std::string text_of(std::vector<double> const& centres) {
  constexpr std::array<std::string_view, 4> methods{"centre of mass", "sweep", "half turn",
                                                    "double wedge"};
  std::string text;
  for (std::size_t i = 0; i < std::min(centres.size(), methods.size()); ++i)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", methods[i],
                        std::isfinite(centres[i]) ? fmt::format("{:.2f}", centres[i]) : "none");
  return text;
}

/// The values of one height; \throws core::InputError the file does not have them
std::vector<double> result_of(io::SlicesReader const& reader, ViewOptions const& options,
                              std::string const& reduction, std::string const& name) {
  auto values = reader.result(reduction, name, options.height);
  if (!values.empty()) return values;
  throw core::InputError({.what = "show the conditioning of " + options.file,
                          .expected = "/entry/conditioning/" + reduction + "/" + name,
                          .found = "no such dataset",
                          .attempt = "reconstruct the slices with this version of the program"});
}

}  // namespace

void draw_conditioning(io::SlicesReader const& reader, ViewOptions const& options,
                       std::string const& reduction) {
  std::string const output = output_of(options, "_conditioning.png");
  auto const format = picture_target(options, output, "a page on the conditioning");
  auto const result = [&](std::string const& name) {
    return result_of(reader, options, reduction, name);
  };
  auto angles = result("angle");
  for (auto& angle : angles) angle *= 180.0 / std::numbers::pi;
  auto const curve = [&](std::string const& title, std::string const& label,
                         std::string const& name) {
    return io::CurvePicture{.title = title,
                            .x_label = "angle of the projection [deg]",
                            .y_label = label,
                            .x = angles,
                            .y = result(name)};
  };
  auto const centres = result("centre");
  double const zingers = result("zingers").front(), missing = result("missing").front();
  std::vector<std::vector<io::PagePart>> rows(2);
  if (auto const file = sinograms_of(reader, options)) {
    io::SinogramReader const sinograms(*file);
    auto of_sinograms = options;
    of_sinograms.per.clear();
    auto const total = sinograms.total_intensity(options.height);
    auto map = map_of(sinograms, of_sinograms, "total intensity, and the centres that were found",
                      {total.begin(), total.end()});
    map.value_label = "total intensity";
    for (double const centre : centres)
      if (std::isfinite(centre)) mark_axis(map, sinograms, centre);
    rows[0].push_back(std::move(map));
  }
  rows[0].push_back(
      curve("total scattering above air", "sum over channels and translations", "total"));
  rows[1].push_back(curve("gain that was applied", "factor", "gain"));
  rows[1].push_back(curve("level of air that was found", "sum over channels", "air"));
  io::write_picture(output, format, title_of(options, reduction, "centre: " + text_of(centres)),
                    rows);
  std::cout << output << ": centre of rotation by " << text_of(centres)
            << fmt::format("; {:.0f} zingers left out, {:.0f} samples without a good frame",
                           zingers, missing)
            << std::endl;
}

}  // namespace xrdct::app
