#pragma once
#include <memory>
#include <string>

#include "app/inspect/findings.hpp"
#include "app/inspect/inspect_options.hpp"
#include "app/inspect/scan_files.hpp"
#include "io/frames/frame_source.hpp"

/// The stages of finding out what lies in files; each adds to the findings.
namespace xrdct::app {

/// What is open while a scan is inspected.
struct OpenScan {
  InspectOptions const& options;
  ScanFiles files;
  std::unique_ptr<io::FrameSource> source;  //!< of the stack that was taken; nullptr: none
  std::string entry;                        //!< group at the root with the first frames of it
};

/// Which stacks there are, which one is taken, and opens it.
void find_frames(OpenScan& scan, Findings& findings);

/// What the files say besides: facts, motors, counters.
void find_values(OpenScan& scan, Findings& findings);

/// Axes, grid and course of the scan.
void find_course(OpenScan& scan, Findings& findings);

/// Without positions: how its lines run by the sizes of the frames, and whether there are as many
/// frames as places.
void find_lines(OpenScan& scan, Findings& findings);

/// Counters that may be the monitor, and the one that was asked for.
void find_monitor(OpenScan& scan, Findings& findings);

/// The calibration, and what does not fit it.
void find_calibration(OpenScan& scan, Findings& findings);

/// "deg" of degree and degrees; units without a usual form stay as they are.
std::string usual_unit(std::string const& unit);

}  // namespace xrdct::app
