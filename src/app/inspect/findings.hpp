#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/calibration/poni.hpp"
#include "core/lines/line_evidence.hpp"
#include "core/positions/placed_scan.hpp"
#include "core/scan/scan_layout.hpp"
#include "core/scan/value_name.hpp"
#include "io/survey/scan_command.hpp"
#include "io/survey/scan_facts.hpp"
#include "io/survey/scan_values.hpp"

/// What `inspect` finds in the files of a scan.
namespace xrdct::app {

/// Images that may be the frames of a scan.
struct FoundStack {
  std::string path;  //!< as `scan.dataset`; "": images
  std::int64_t frames = 0;
  std::vector<std::int64_t> dims;  //!< before rows and columns; empty: not known
  core::FrameShape shape;
  std::string encoding;                //!< "u32 bitshuffle-LZ4"; "": not known
  std::vector<std::string> detectors;  //!< that have frames of this shape
  std::size_t entries = 1;             //!< datasets that `*` stands for
  std::string problem;                 //!< why it cannot be read; "": it can
  bool likely = true;                  //!< false: rather a mask, a dark or a table
};

/// A list with one value for each frame, or one motor that stood still.
struct FoundSeries {
  core::ValueName where;
  std::string name, unit;
  io::ValueRole role = io::ValueRole::counter;
  std::vector<double> values;  //!< [frame]
  double low = 0.0, high = 0.0;
  bool moves() const { return low < high; }
};

/// An image that masks pixels where it is not 0.
struct FoundMask {
  std::string location;  //!< file:/dataset
  double share = 0.0;    //!< of the pixels that it masks
};

/// What can be read in more than one way, or is missing, and the option that decides.
struct Question {
  std::string text;
  std::string option;  //!< of `inspect`
  std::string key;     //!< of the job that says the same
};

/// An axis of the scan: the series of its motor, or what the command, or the user, says.
struct FoundAxis {
  std::optional<std::size_t> series;  //!< index into Findings::series
  std::string name, unit;
  std::optional<double> start, step;
  std::size_t points = 0;  //!< 0: not known
};

struct Findings {
  std::vector<std::string> files;  //!< as `scan.files`
  std::size_t file_count = 0;      //!< what they stand for
  std::vector<FoundStack> stacks;
  std::optional<std::size_t> stack;  //!< the one that is taken
  io::ScanFacts facts;
  std::optional<io::ScanCommand> command;
  std::vector<std::string> remarks;  //!< entries left out, and the like
  std::vector<FoundSeries> series;
  std::size_t motors_at_rest = 0;
  FoundAxis height, slow, fast;
  std::optional<core::PlacedScan> placed;   //!< nothing: no positions
  std::optional<core::ScanShape> shape;     //!< nothing: not known
  std::string shape_source;                 //!< where it is from, without positions
  std::string course;                       //!< how the scan went, in words; "": not known
  std::optional<bool> zigzag;               //!< said by the user, where there are no positions
  bool stopped_early = false;               //!< places without a frame are the last ones
  std::optional<core::LineEvidence> lines;  //!< what the frames say; nothing: they were not asked
  std::string lines_seen_by;                //!< "by the stored sizes of the frames"
  std::optional<std::size_t> monitor;       //!< that was asked for; index into `series`
  std::vector<std::size_t> monitors;        //!< that may be one, the likeliest first
  std::vector<FoundMask> masks;
  std::string poni_file;  //!< "": not given
  std::optional<config::PoniFile> poni;
  std::vector<Question> questions;

  FoundStack const* taken() const { return stack ? &stacks[*stack] : nullptr; }
};

}  // namespace xrdct::app
