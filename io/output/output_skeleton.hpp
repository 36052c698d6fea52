#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/nexus/output_layout.hpp"

namespace xrdct::io {

/*!
 * Writes an output file that is complete but for the values of `layout.datasets`: groups,
 * attributes, axes, provenance. One process, serially.
 *
 * Format V110, fixed shapes, early allocation, no fill, no filter: the index of the chunks is
 * implicit (address = first + i·size), and whoever fills the datasets changes nothing but raw
 * bytes. The status of every place is `pending`.
 * \returns the address of the first byte of each dataset of the layout, checked to be
 * consecutive
 * \throws core::IoError
 */
std::vector<std::uint64_t> write_skeleton(std::filesystem::path const& file,
                                          OutputDescription const& description,
                                          OutputLayout const& layout);

}  // namespace xrdct::io
