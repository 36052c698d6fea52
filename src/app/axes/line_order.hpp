#pragma once
#include <string>

#include "core/lines/line_evidence.hpp"
#include "core/scan/place_map.hpp"
#include "io/frames/frame_source.hpp"
#include "io/stored/sinogram_reader.hpp"

/// Whether frames without positions lie in the lines that the job declares: what the frames
/// themselves say. Nothing is corrected.
namespace xrdct::app {

/// The lines of a scan as the job declares them.
struct DeclaredLines {
  core::PlaceMap places;  //!< in the order of lines
  bool snake = false;
};

/// What the frames say, and how they were asked.
struct SeenLines {
  core::LineEvidence evidence;
  core::ScanShape shape;  //!< of the lines that were looked at
  std::string by;         //!< "by the stored sizes of the frames"

  /// A warning; empty: the lines are as declared, or nothing is seen.
  std::string warning() const;
};

/// By the brightness of frames as far as it costs little (`FrameSource::brightness`): of whole
/// lines from the first on, at most 20 000 frames.
SeenLines seen_lines(io::FrameSource& source, DeclaredLines const& declared);

/// The same where the answer costs no reading: sizes of compressed frames were read with the files.
/// Nothing is seen of others.
SeenLines lines_by_size(io::FrameSource& source, DeclaredLines const& declared);

/// By the total intensity of the places of an output, whole heights from the first on, at most
/// 2 000 000 places.
SeenLines seen_lines(io::SinogramReader const& output, DeclaredLines const& declared);

}  // namespace xrdct::app
