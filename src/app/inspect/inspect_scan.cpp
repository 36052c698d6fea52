// Goes through the stages of finding out what lies in the files of a scan.
#include "app/inspect/inspect_scan.hpp"

#include "app/inspect/open_scan.hpp"

namespace xrdct::app {

Findings inspect_scan(InspectOptions const& options) {
  Findings findings;
  OpenScan scan{
      .options = options, .files = scan_files(options.words), .source = nullptr, .entry = {}};
  find_frames(scan, findings);
  find_values(scan, findings);
  find_course(scan, findings);
  find_lines(scan, findings);
  find_monitor(scan, findings);
  find_calibration(scan, findings);
  return findings;
}

}  // namespace xrdct::app
