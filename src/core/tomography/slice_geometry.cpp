// Which samples the voxels of a slice reach.
#include "core/tomography/slice_geometry.hpp"

#include <algorithm>

namespace xrdct::core {

ReachedLine reached_line(SliceGeometry const& geometry) {
  auto const samples = static_cast<double>(geometry.translations);
  double const radius = static_cast<double>(geometry.side) / 2.0 + 1.0;
  double before = 0.0, after = 0.0;
  for (double const centre : geometry.centres) {
    before = std::max(before, radius - centre);
    after = std::max(after, centre + radius - samples);
  }
  auto const first = static_cast<std::size_t>(std::ceil(before)) + 2;
  return {first, first + geometry.translations + static_cast<std::size_t>(std::ceil(after)) + 3};
}

}  // namespace xrdct::core
