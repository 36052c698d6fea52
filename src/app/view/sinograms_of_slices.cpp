// Finds the sinograms of slices, and marks the rotation axis in them.
#include "app/view/sinograms_of_slices.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/session/warnings.hpp"
#include "core/words/errors.hpp"
#include "io/stored/sinogram_units.hpp"

namespace xrdct::app {
namespace {

/// A place between positions, which may lie beyond them.
double position_at(std::vector<double> const& positions, double index) {
  if (positions.size() < 2) return positions.front();
  double const last = static_cast<double>(positions.size()) - 2.0;
  auto const from = static_cast<std::size_t>(std::clamp(std::floor(index), 0.0, last));
  return positions[from] +
         (index - static_cast<double>(from)) * (positions[from + 1] - positions[from]);
}

void require_sinograms(io::SlicesReader const& reader, std::filesystem::path const& file) {
  auto const wanted = reader.sinogram_identity(), found = io::SinogramUnits(file).identity();
  if (wanted.empty() || wanted == found) return;
  throw core::InputError({.what = "show the sinograms of " + file.string(),
                          .expected = "those that the slices were made of",
                          .found = "others",
                          .attempt = "name the right file with --sinograms"});
}

}  // namespace

std::optional<std::filesystem::path> sinograms_of(io::SlicesReader const& reader,
                                                  ViewOptions const& options) {
  if (options.sinograms) {
    require_sinograms(reader, *options.sinograms);
    return *options.sinograms;
  }
  std::filesystem::path const named = reader.sinogram_file();
  for (auto const& file :
       {named, std::filesystem::path(options.file).parent_path() / named.filename()})
    if (std::filesystem::is_regular_file(file)) {
      require_sinograms(reader, file);
      return file;
    }
  warn(fmt::format("{}: its sinograms ({}) are not there: give them with --sinograms", options.file,
                   named.string()));
  return {};
}

void mark_axis(io::MapPicture& map, io::SinogramReader const& sinograms, double centre) {
  bool const slow_rotates = sinograms.rotation() == sinograms.slow().name;
  auto const along = slow_rotates ? sinograms.fast() : sinograms.slow();
  (slow_rotates ? map.marks.columns : map.marks.rows)
      .push_back(position_at(along.positions, centre));
}

}  // namespace xrdct::app
