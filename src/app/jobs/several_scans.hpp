#pragma once
#include <functional>

#include "app/jobs/scan_list.hpp"
#include "core/words/errors.hpp"

namespace xrdct::app {

/*!
 * Does `work` for each of the scans that a command line asks for, one after another. Collective.
 *
 * Of several scans each is announced, an error of one is told and the next begins, and a summary
 * ends them. A scan that is stopped by a signal is the last.
 *
 * \param work sets its second argument where an error ends the others, too: an output is begun
 * \returns the worst status of all
 * \throws io::AgreedError of the only scan, or one that ends all
 */
core::ExitStatus for_each_scan(
    io::Communicator& communicator, ReduceOptions const& options,
    std::function<core::ExitStatus(ScanRequest const& scan, bool& ends_all)> const& work);

}  // namespace xrdct::app
