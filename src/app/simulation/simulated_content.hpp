#pragma once
#include "app/simulation/simulate_options.hpp"
#include "core/phantom/simulated_scan.hpp"
#include "io/simulated/scan_content.hpp"

namespace xrdct::app {

/// What the monitor reads when the beam is full: the reference of the job. [counts]
inline constexpr double simulated_monitor_reference = 100000.0;

/*!
 * What the files of a scan say beside its pixels: entries with the commands of a beamline, monitor,
 * and the measured motors, where they are asked for, in the order fast, slow, height. The height is
 * among them where it moves.
 */
io::ScanContent simulated_content(SimulateOptions const& options, core::SimulatedScan const& scan);

}  // namespace xrdct::app
