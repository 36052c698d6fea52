#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/nexus/slices_layout.hpp"

namespace xrdct::io {

/// Writes a file of slices that is complete but for the values of `layout.datasets`, as
/// `write_skeleton` does for sinograms. The status of every channel is `pending`.
/// \returns the address of the first byte of each dataset of the layout \throws core::IoError
std::vector<std::uint64_t> write_slices_skeleton(std::filesystem::path const& file,
                                                 SlicesDescription const& description,
                                                 SlicesLayout const& layout);

}  // namespace xrdct::io
