#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/words/words.hpp"

namespace xrdct::io {

/// What the files of a scan say of the experiment.
struct ScanDescription {
  core::FrameShape shape;
  core::PixelType type = core::PixelType::u32;
  std::string detector;
  double pixel1_m = 0.0, pixel2_m = 0.0;
  double distance_m = 0.0;
  double beam_row = 0.0, beam_column = 0.0;  //!< point of normal incidence [pixels]
  double wavelength_m = 0.0;
};

/// Makes the pixels of one frame, native byte order, pixels × size of the type. Called from several
/// threads at once.
using DrawFrame = std::function<void(std::int64_t frame, std::span<std::byte> pixels)>;
/// Reported on the calling thread how many frames are written.
using FramesWritten = std::function<void(std::int64_t frames)>;

/// Where the frames are in a data file.
inline constexpr char const* scan_dataset = "/entry/data/data";

/// Bytes that a frame takes in a file. \throws core::InputError this build cannot encode
std::size_t stored_frame_bytes(ScanDescription const& description, DrawFrame const& draw,
                               std::int64_t frame);

/*!
 * Writes frames as chunks of one frame, bitshuffle-LZ4 (filter 32008), to `<file>.part`, which
 * takes the name of the file at the end. NeXus: NXentry/NXdata, NXdetector, NXmonitor.
 * `image_nr_low`, `image_nr_high` on the dataset count frames from 1, as Eiger does. Equal frames
 * give equal bytes: no times, and no filter plug-in of the machine is asked.
 * \param monitor one value per frame, or empty: no monitor in this file
 * \param threads that draw and encode, at least 1
 * \throws core::IoError
 */
void write_scan_data(std::filesystem::path const& file, ScanDescription const& description,
                     core::FrameRange frames, std::span<double const> monitor,
                     DrawFrame const& draw, int threads, FramesWritten const& written);

/// A data file as its master names it.
struct ScanPart {
  std::string file;  //!< relative to the folder of the master
  core::FrameRange frames;
};

/// Writes an Eiger-like master: /entry/data with external links data_000001, … to the data files,
/// detector and monitor.
/// \throws core::IoError
void write_scan_master(std::filesystem::path const& file, ScanDescription const& description,
                       std::span<ScanPart const> parts, std::span<double const> monitor);

}  // namespace xrdct::io
