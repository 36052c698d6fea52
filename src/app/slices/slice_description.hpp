#pragma once
#include <string_view>
#include <vector>

#include "app/slices/slice_findings.hpp"
#include "app/slices/slice_inputs.hpp"
#include "app/slices/unit_sinogram.hpp"
#include "io/guard/input_files.hpp"
#include "io/nexus/slices_description.hpp"

/// What the output of a reconstruction says of itself.
namespace xrdct::app {

io::SlicesDescription describe_slices(SliceInputs const& inputs, double centre,
                                      std::string_view backend);

/// The results of a unit, in the order of `describe_slices`.
std::vector<std::vector<double>> results_of(SliceInputs const& inputs, HeightFindings const& found,
                                            HeightWork const& work, core::SliceUnit const& unit,
                                            SolvedBins const& solved);

/// The sinograms, as the output lists them.
std::vector<io::InputFile> listed_inputs(SliceInputs const& inputs);

/// All files that are read, so that the output is none of them.
io::InputFiles input_files(SliceInputs const& inputs);

}  // namespace xrdct::app
