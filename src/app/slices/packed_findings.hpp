#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "app/slices/slice_findings.hpp"

namespace xrdct::app {

/// Findings as bytes, to be kept and sent to other ranks of the same program: all but the geometry,
/// which the file says. Samples that are missing as runs.
std::string packed(HeightFindings const& found);
HeightFindings unpacked(SliceInputs const& inputs, std::size_t height, std::string_view bytes);

}  // namespace xrdct::app
