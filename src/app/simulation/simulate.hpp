#pragma once
#include <iosfwd>

#include "app/simulation/simulate_options.hpp"
#include "io/ranks/communicator.hpp"

namespace xrdct::app {

/*!
 * Writes a simulated scan into a folder: frames, `calib.poni`, `truth.h5`, and `job.json`, the job
 * that reduces it. Collective.
 *
 * With `repeat` N frame n of the scan is stored frame n mod (frames / N): the master links each
 * data file N times, and N copies of the truth follow one another. A rank writes whole data files;
 * rank 0 writes the rest. Same bytes for any number of ranks and threads. Progress and a summary go
 * to `log` on rank 0.
 * \throws core::InputError settings that cannot be, files that exist; core::IoError no space, no
 * permission.
 */
void simulate(SimulateOptions const& options, io::Communicator& communicator, std::ostream& log);

}  // namespace xrdct::app
