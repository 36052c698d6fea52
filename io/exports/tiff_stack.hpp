#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "io/stored/slices_reader.hpp"

namespace xrdct::io {

/// Which slices make a stack.
struct StackChoice {
  std::string reduction, field = "I";
  std::size_t height = 0;               //!< of a stack of all bins
  std::optional<std::size_t> bin = {};  //!< of a stack of all heights
};

/*!
 * Writes slices as TIFF, one page of float32 each: all bins of a height, or all heights of a bin.
 *
 * Row 0 is at the top. The resolution is in voxels per unit of the axes, which the description
 * names. Files of more than 4 GB are BigTIFF. Voxels without a value are NaN. Equal slices give
 * equal bytes. Memory: 16 slices.
 * \throws core::InputError the file exists; core::IoError
 */
void write_tiff_stack(std::filesystem::path const& file, SlicesReader const& slices,
                      StackChoice const& choice);

/// Bytes that it takes, at most.
std::size_t tiff_stack_bytes(SlicesReader const& slices, StackChoice const& choice);

}  // namespace xrdct::io
