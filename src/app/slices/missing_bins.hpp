#pragma once
#include "app/slices/slice_findings.hpp"
#include "app/slices/unit_sinogram.hpp"
#include "kokkos/tomography/slice_projector.hpp"

namespace xrdct::app {

/// For a filtered back projection: makes every sample a number. Those that the height misses are
/// filled as it says; those that one bin alone misses, in the same way for that bin. Gives status
/// and number of filled samples of each bin; a bin without any sample becomes 0 everywhere.
SolvedBins fill_missing(HeightFindings const& found, HeightWork const& work,
                        UnitSinogram& sinogram);

/// For iterations: 1 for each sample that was measured, 0 for the others and in spare lanes. Gives
/// status and number of samples without weight of each bin.
/// \param weights becomes [projection][translation][lane]
SolvedBins weigh_measured(HeightFindings const& found, UnitSinogram const& sinogram,
                          kernels::LargeFloats& weights);

}  // namespace xrdct::app
