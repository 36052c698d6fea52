// Chooses where slices are reconstructed.
#include "kokkos/tomography/slice_engines.hpp"

#include <algorithm>
#include <limits>

#include "kokkos/space/host_work.hpp"
#include "kokkos/tomography/device_filter.hpp"
#include "kokkos/tomography/device_iterations.hpp"
#include "kokkos/tomography/filtered_back_projection.hpp"
#include "kokkos/tomography/iterative_slices.hpp"

namespace xrdct::kernels {

std::unique_ptr<FilterEngine> make_filter_engine(core::SliceGeometry const& geometry,
                                                 std::span<double const> weights,
                                                 core::FilterWindow window) {
  if (kernels_run_on_host())
    return std::make_unique<FilteredBackProjection>(geometry, weights, window);
  return std::make_unique<DeviceFilter>(geometry, weights, window);
}

std::unique_ptr<IterationEngine> make_iteration_engine(core::SliceGeometry const& geometry,
                                                       Footprint footprint) {
  if (kernels_run_on_host()) return std::make_unique<IterativeSlices>(geometry, footprint);
  return std::make_unique<DeviceIterations>(geometry, footprint);
}

void leave_circle(core::SliceGeometry const& geometry, std::size_t bins, std::span<float> slice) {
  for (std::size_t row = 0; row < geometry.side; ++row)
    for (std::size_t column = 0; column < geometry.side; ++column)
      if (!geometry.inside(row, column))
        std::fill_n(
            slice.begin() + static_cast<std::ptrdiff_t>((row * geometry.side + column) * bins),
            bins, std::numeric_limits<float>::quiet_NaN());
}

}  // namespace xrdct::kernels
