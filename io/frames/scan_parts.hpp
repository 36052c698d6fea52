#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/frames/frame_source.hpp"
#include "io/frames/frame_table.hpp"

/// Which datasets make up a scan. Internal to io/.
namespace xrdct::io {

struct ScanParts {
  std::vector<FramePart> parts;
  /// entries that are left out or without frames, and those that stopped early; for people
  std::vector<std::string> remarks;
};

/*!
 * Puts the frames of all files, and of all datasets that a path with `*` finds in each, one after
 * another; `whole.close()` is left to do. A dataset without frames adds none, and is remarked,
 * as are files that are passed over (see `open_frames`).
 * \throws core::InputError, core::IoError as FrameResolver and match_paths
 */
ScanParts append_parts(FrameTable& whole, FrameResolver& resolver, FileNames const& files,
                       std::string const& dataset, WithoutFrames const& without_frames);

}  // namespace xrdct::io
