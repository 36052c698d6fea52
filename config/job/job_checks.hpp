#pragma once
#include <string>

#include "config/job/job.hpp"
#include "config/json/json_reader.hpp"

/// What one key alone cannot tell. Private to config.
namespace xrdct::config {

/// A name of the output file: a letter or '_', then letters, digits and '_'.
void check_name(JsonItem const& item, std::string const& name);

/// Names that meet in the output, and numbers of places that no index can count.
void check_job(Job const& job, Problems& problems);

}  // namespace xrdct::config
