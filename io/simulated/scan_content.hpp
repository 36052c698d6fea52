#pragma once
#include <cstddef>
#include <cstdint>
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

/// A motor as a beamline calls it, and where it was measured.
struct MeasuredMotor {
  std::string name, unit;
  std::vector<double> positions;  //!< [frame]
  bool in_entries = true;         //!< it moves in an entry, not only from one to the next
};

/// Consecutive frames that the beamline took as a scan of its own.
struct ScanEntry {
  core::FrameRange frames;
  std::string title;  //!< the command
  bool aborted = false;
};

/// All that is written of a scan beside its pixels.
struct ScanContent {
  ScanDescription description;
  std::vector<ScanEntry> entries;       //!< all frames, in order
  std::vector<double> monitor;          //!< [frame] counts
  std::vector<MeasuredMotor> motors;    //!< that move; empty: positions are not written
  std::int64_t frames_per_file = 1000;  //!< where there are several data files
  std::int64_t repeat = 1;              //!< links to each data file of the Eiger layout

  std::int64_t frames() const { return entries.empty() ? 0 : entries.back().frames.last; }
};

/// Makes the pixels of one frame, native byte order, pixels × size of the type. Called from several
/// threads at once.
using DrawFrame = std::function<void(std::int64_t frame, std::span<std::byte> pixels)>;
/// Reported on the calling thread how many frames are written.
using FramesWritten = std::function<void(std::int64_t frames)>;

}  // namespace xrdct::io
