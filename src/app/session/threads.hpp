#pragma once
#include "io/ranks/communicator.hpp"

namespace xrdct::app {

/*!
 * Threads of this rank: `requested`, else OMP_NUM_THREADS, else the processors of the rank's
 * affinity mask ÷ the ranks of the node that share it. Collective.
 */
int threads_of_rank(io::Communicator& communicator, int requested);

/// Processors that this process may run on.
int available_processors();

}  // namespace xrdct::app
