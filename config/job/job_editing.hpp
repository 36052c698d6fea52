#pragma once
#include <boost/json/value.hpp>
#include <span>

#include "config/job/job_edits.hpp"
#include "config/json/json_reader.hpp"

/// Private to config: names Boost.
namespace xrdct::config {

/*!
 * Puts the values of a command line into the JSON of a job, one after another. Objects on the way
 * that are not there are made; an index one beyond the end of a list adds to it.
 * \param problems learns which keys come from which edit, so that what is wrong with them is
 * reported of it; a path that leads through a value of another kind is noted
 */
void apply(std::span<JobEdit const> edits, boost::json::value& job, JsonProblems& problems);

}  // namespace xrdct::config
