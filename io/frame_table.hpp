#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/frame_source.hpp"
#include "io/stored_dataset.hpp"

namespace xrdct::io {

/// Consecutive frames that are consecutive in one dataset, too.
struct FrameRun {
  std::int64_t first = 0;  //!< frame of the table
  std::int64_t count = 0;
  std::size_t dataset = 0;         //!< which one
  std::int64_t dataset_first = 0;  //!< frame in the dataset that is frame `first` of the table
};

/*!
 * Where each frame is: which dataset, and which frame of it. Frames without a run have no source. Internal to io/.
 *
 * Memory: 32 B per run; a virtual dataset that deals frames out to several files in turn has one run per frame.
 */
struct FrameTable {
  core::FrameShape shape;
  std::vector<std::int64_t> dims;  //!< of the dataset that the frames seem to be; their product before the last two is `frames`
  std::int64_t frames = 0;
  std::vector<FrameRun> runs;  //!< in order of `first`, without overlap

  /// The run that holds the frame, or nullptr.
  FrameRun const* find(std::int64_t frame) const;
  /// Adds one frame; joins it to the last run where it continues it.
  void add(std::int64_t frame, std::size_t dataset, std::int64_t dataset_frame);
};

/// Adds all frames of `part` after those of `whole`. \throws core::InputError frames of another shape; `name` says whose
void append_frames(FrameTable& whole, FrameTable const& part, std::string const& name);

/*!
 * Finds the stored datasets behind a path: through links, the `data_000001 …` of an Eiger master, and virtual datasets to any depth.
 *
 * HDF5 never reads through a virtual dataset here, because it fills missing sources with zeros in silence.
 */
class FrameResolver {
 public:
  /// \throws core::InputError, core::IoError; each names file, link or mapping, and what is missing
  FrameTable const& resolve(std::filesystem::path const& file, std::string const& path);

  std::vector<StoredDataset> const& datasets() const { return datasets_; }
  std::vector<InputFile> const& files() const { return files_; }  //!< all that were opened, in order
  Hdf5Files& open_files() { return open_; }

 private:
  FrameTable const& known(Hdf5Location const& where, int depth);
  FrameTable resolve_new(Hdf5Location const& where, int depth);
  FrameTable resolve_group(hid_t group, Hdf5Location const& where, int depth);
  void note(std::filesystem::path const& file);
  friend class VirtualFrames;

  Hdf5Files open_;
  std::vector<StoredDataset> datasets_;
  std::vector<InputFile> files_;
  std::map<Hdf5Location, FrameTable> known_;
};

}  // namespace xrdct::io
