#pragma once
#include <string>

#include "app/simulation/simulate_options.hpp"

namespace xrdct::app {

/// Text of the job that reduces a simulated scan.
/// \param names of frames, monitor, and motors (fast, slow, height)
std::string simulated_job(SimulateOptions const& options, io::ScanNames const& names);

/// All settings of a simulated scan, as JSON: with them and the same version of the program the
/// scan can be made again. `shape` is that of the stored frames.
std::string simulated_parameters(SimulateOptions const& options);

}  // namespace xrdct::app
