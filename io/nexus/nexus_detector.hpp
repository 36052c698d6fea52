#pragma once
#include <filesystem>

#include "core/detector/detector.hpp"

namespace xrdct::io {

/*!
 * Reads a detector whose pixels are placed one by one: the first NXdetector of a NeXus file, as
 * pyFAI writes it.
 *
 * `pixel_corners` [row][column][4 or 6][3] in metres, in the order away from the sample, along axis
 * 1, along axis 2; `pixel_size` [2] in metres, `shape`, `mask` (not 0: dead), `orientation`, where
 * they are there. The arrays are in the order of an image of that orientation. Pixels whose corners
 * are not finite are masked. Without `pixel_corners` the detector is a regular grid. Memory: 48 B
 * per pixel.
 * \throws core::InputError no such detector, or a dataset of another shape; core::IoError the file
 * cannot be read
 */
core::Detector read_nexus_detector(std::filesystem::path const& file);

}  // namespace xrdct::io
