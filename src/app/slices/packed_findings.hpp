#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "app/slices/slice_findings.hpp"
#include "io/stored/sinogram_units.hpp"

namespace xrdct::app {

/// Findings as bytes, to be kept and sent to other ranks of the same program: all but the geometry,
/// which the file says. Samples that are missing as runs.
std::string packed(HeightFindings const& found);
HeightFindings unpacked(SliceInputs const& inputs, std::size_t height, std::string_view bytes);

/// Sums of some places for another rank; there they are put behind those of the places before.
std::string packed(io::ChannelSum const& sum);
void append_unpacked(std::string_view bytes, io::ChannelSum& sum);

}  // namespace xrdct::app
