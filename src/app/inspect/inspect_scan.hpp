#pragma once
#include "app/inspect/findings.hpp"
#include "app/inspect/inspect_options.hpp"

namespace xrdct::app {

/*!
 * Finds out what lies in the files of a scan, and how the scan went.
 *
 * Pixels are not read. Time: a few seconds for a file of 1e5 objects or a scan of 1e5 frames.
 * Memory: 8 B per frame and counter, and what `core::place_frames` needs. Main thread.
 * \throws core::InputError, core::IoError files that cannot be opened, options that name what is
 * not there
 */
Findings inspect_scan(InspectOptions const& options);

}  // namespace xrdct::app
