#pragma once
#include <string>
#include <string_view>

#include "io/chunks/known_places.hpp"
#include "io/frames/frame_table.hpp"
#include "io/frames/scan_parts.hpp"

namespace xrdct::io {

/*!
 * Hands on what one rank has found of the frames in HDF5 files, so that no other has to open them
 * all. Internal to io/.
 *
 * Size: per file about 200 B and five times its name, per chunk that is known 3 to 6 B.
 */
class FoundFrames {
 public:
  static std::string text(FrameResolver const& resolver, FrameTable const& whole,
                          ScanParts const& parts, KnownPlaces const& places);
  /// Fills all four, which are new. Looks for each file, and takes its size from here.
  /// \throws core::IoError a file is not there
  static void take_over(std::string_view text, FrameResolver& resolver, FrameTable& whole,
                        ScanParts& parts, KnownPlaces& places);
};

}  // namespace xrdct::io
