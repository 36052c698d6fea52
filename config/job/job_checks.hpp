#pragma once
#include "config/job/job.hpp"
#include "config/json/json_reader.hpp"

/// What one key alone cannot tell. Private to config.
namespace xrdct::config {

/// Names that meet in the output, and numbers of places that no index can count.
void check_job(Job const& job, JsonProblems& problems);

}  // namespace xrdct::config
