#pragma once
#include <string>

#include "config/json/json_reader.hpp"
#include "config/pyfai/worker_keys.hpp"

/// Version and geometry in a configuration of pyFAI's Worker. Private to config: names Boost.
namespace xrdct::config {

/// \throws core::InputError another version than 3, 4 or 5
void check_version(WorkerKeys& keys);

/// The keys of a calibration that `reader` finds, as lines of a PONI file.
std::string poni_text(ObjectReader& reader);

}  // namespace xrdct::config
