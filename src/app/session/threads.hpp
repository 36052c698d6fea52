#pragma once
#include <optional>
#include <string>

#include "io/ranks/communicator.hpp"

namespace xrdct::app {

/*!
 * Threads of this rank: `requested`, else OMP_NUM_THREADS, else the processors of the rank ÷ the
 * ranks of the node that share them. Collective; all ranks try at once whether they can be started.
 * \throws io::AgreedError more than kernels or machine take
 */
int threads_of_rank(io::Communicator& communicator, int requested);

/*!
 * The same for a program that runs alone.
 * \throws core::InputError more than kernels or machine take
 */
int threads_alone(int requested);

/// Processors that this process may run on.
int available_processors();

/// Of a variable of the environment that says how many threads there are and is ignored; nothing:
/// it is not set.
std::optional<std::string> ignored_threads_warning();

}  // namespace xrdct::app
