#pragma once
#include <string>

#include "app/simulation/simulate_options.hpp"

namespace xrdct::app {

/// What the monitor reads when the beam is full: the reference of the job. [counts]
inline constexpr double simulated_monitor_reference = 100000.0;

/// Text of the job that reduces a simulated scan.
/// \param scan_file as the job names it
/// \param dataset frames in it
/// \param monitor dataset of the monitor
std::string simulated_job(SimulateOptions const& options, std::string const& scan_file,
                          std::string const& dataset, std::string const& monitor);

/// All settings of a simulated scan, as JSON: with them and the same version of the program the
/// scan can be made again. `shape` is that of the stored frames.
std::string simulated_parameters(SimulateOptions const& options);

}  // namespace xrdct::app
