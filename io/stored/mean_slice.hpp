#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "core/tomography/slice_plan.hpp"
#include "io/files/durable_file.hpp"

namespace xrdct::io {

/// A slice of one height, or some of its tiles.
struct SliceTiles {
  std::size_t reduction = 0, height = 0;
  std::size_t first = 0, last = 0;  //!< tiles [first, last) of the plan
};

/*!
 * The mean of I over the bins with a value, of voxels as they lie in a file of slices.
 *
 *     mean[tile][y][x] = Σ_b I[y][x][b] / number of finite ones, in double in the order of b;
 *                        NaN: none
 *
 * \param address of the dataset's first byte
 * \returns the tiles whole: what reaches beyond the slice is padding
 */
std::vector<float> mean_tiles_of_file(FileDescriptor const& descriptor,
                                      std::filesystem::path const& file,
                                      core::SlicePlan const& plan, std::uint64_t address,
                                      SliceTiles const& tiles);

/// [y][x] of a slice whose tiles follow each other, without their padding.
std::vector<float> slice_of_tiles(core::SlicePlan const& plan, std::span<float const> tiles);

}  // namespace xrdct::io
