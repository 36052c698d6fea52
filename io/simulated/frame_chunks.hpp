#pragma once
#include <hdf5.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/hdf5/written_hdf5.hpp"
#include "io/simulated/scan_content.hpp"

/// Frames as chunks of HDF5 datasets, bitshuffle-LZ4 (filter 32008). Internal to io/simulated.
namespace xrdct::io {

hid_t stored_type(core::PixelType type);

/// A frame as it is stored. Any thread.
std::vector<std::byte> encoded_frame(ScanDescription const& description, DrawFrame const& draw,
                                     std::int64_t frame);

/// Makes frames [first, first + out.size()) by several threads; what the first frame that failed
/// threw is thrown again here.
void make_batch(std::int64_t first, int threads, std::span<std::vector<std::byte>> out,
                std::function<std::vector<std::byte>(std::int64_t frame)> const& make);

/// The frames of one dataset.
struct FramesDataset {
  std::string name;
  core::FrameRange frames;
  bool numbered = false;  //!< attributes image_nr_low and image_nr_high, from 1, as of Eiger
};

/*!
 * Writes a file to `<file>.part`, which takes the name of the file at the end, signed as a
 * simulation.
 * \param fill makes its content; what it has made is closed behind it. \throws core::IoError
 */
void write_signed_file(std::filesystem::path const& file,
                       std::function<void(hid_t file)> const& fill);

/// The same with frames: while `fill` runs, HDF5 knows filter 32008, whatever plug-ins there are.
void write_frames_file(std::filesystem::path const& file,
                       std::function<void(hid_t file)> const& fill);

/// Creates the dataset in a group and writes its frames, one per chunk.
void write_frames(hid_t group, FramesDataset const& dataset, ScanDescription const& description,
                  DrawFrame const& draw, int threads, FramesWritten const& written);

/// A number with its unit: a dataset of one value.
void write_number(hid_t parent, std::string const& name, double value, std::string const& unit);
/// The same without a dimension.
void write_scalar(hid_t parent, std::string const& name, double value, std::string const& unit);
/// Values of some frames with their unit, if there is one.
void write_list(hid_t parent, std::string const& name, std::span<double const> values,
                std::string const& unit);

/// The values of an entry, of [frame] of the scan.
std::span<double const> part_of(std::vector<double> const& values, core::FrameRange frames);

}  // namespace xrdct::io
