#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/tomography/slice_plan.hpp"
#include "io/files/durable_file.hpp"

namespace xrdct::io {

/*!
 * The mean of I over the bins with a value, of a height as it lies in a file of slices.
 *
 *     mean[y][x] = Σ_b I[y][x][b] / number of finite ones, in double in the order of b; NaN: none
 *
 * \param address of the dataset's first byte
 */
std::vector<float> mean_slice_of_file(FileDescriptor const& descriptor,
                                      std::filesystem::path const& file,
                                      core::SlicePlan const& plan, std::uint64_t address,
                                      std::size_t reduction, std::size_t height);

}  // namespace xrdct::io
