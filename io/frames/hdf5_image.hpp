#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "io/images/stored_image.hpp"

namespace xrdct::io {

/// Frames of a dataset of 64-bit integers, which Hdf5Frames does not read but `read_hdf5_image`
/// does; nothing for others.
/// \throws core::IoError
std::optional<std::int64_t> frames_of_wide_integers(std::filesystem::path const& file,
                                                    std::string const& dataset);

/*!
 * A frame of an HDF5 dataset: all layouts and filters of Hdf5Frames, and 64-bit integers.
 * \param dataset empty: the only image-like one
 * \param index −1: the only frame
 * \throws core::InputError ambiguous dataset or frame; core::IoError
 */
StoredImage read_hdf5_image(std::filesystem::path const& file, std::string const& dataset,
                            std::int64_t index);

}  // namespace xrdct::io
