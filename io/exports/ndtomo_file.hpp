#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

#include "io/stored/slices_reader.hpp"

namespace xrdct::io {

/// Which slices are exported.
struct VolumeChoice {
  std::string reduction, field = "I";
  std::size_t height = 0;
  std::size_t row = 0;  //!< azimuthal bin of a cake
};

/*!
 * Writes the slices of a height in the HDF5 layout that nDTomo opens.
 *
 *     /data[x][y][channel]   f4; x from left to right, y from top to bottom
 *     /q, /tth or /d         f8 [channel], the radial axis; of other units /xaxis
 *
 * nDTomo takes means over all voxels and does not know NaN: voxels without a value are 0. Equal
 * slices give equal bytes. Memory: a tile of voxels with all bins.
 * \throws core::InputError the file exists; core::IoError
 */
void write_ndtomo(std::filesystem::path const& file, SlicesReader const& slices,
                  VolumeChoice const& choice);

}  // namespace xrdct::io
