#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/slices/slice_findings.hpp"
#include "app/slices/slice_inputs.hpp"
#include "app/slices/unit_sinogram.hpp"
#include "io/guard/input_files.hpp"
#include "io/journal/run_identity.hpp"
#include "io/nexus/slices_description.hpp"
#include "io/output/slices_file.hpp"

/// What the output of a reconstruction says of itself.
namespace xrdct::app {

io::SlicesDescription describe_slices(SliceInputs const& inputs, double centre,
                                      std::string_view backend);

/// The results of a unit, in the order of `describe_slices`.
std::vector<std::vector<double>> results_of(SliceInputs const& inputs, HeightFindings const& found,
                                            HeightWork const& work, core::SliceUnit const& unit,
                                            SolvedBins const& solved);

io::InputFiles input_files(SliceInputs const& inputs);

/// All that decides the bytes of the output.
io::RunIdentity identity_of_run(SliceInputs const& inputs, io::InputFiles const& files,
                                std::string_view backend);

}  // namespace xrdct::app
