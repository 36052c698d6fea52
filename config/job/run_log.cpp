// Writes the log of a run as JSON.
#include "config/job/run_log.hpp"

#include <boost/json.hpp>

namespace xrdct::config {

std::string run_log_json(RunLog const& log) {
  boost::json::object object;
  for (auto const& [key, value] : log.texts) object[key] = value;
  for (auto const& [key, value] : log.counts) object[key] = value;
  for (auto const& [key, value] : log.numbers) object[key] = value;
  boost::json::object seconds;
  for (auto const& [key, value] : log.seconds) seconds[key] = value;
  object["seconds"] = std::move(seconds);
  return boost::json::serialize(object) + "\n";
}

}  // namespace xrdct::config
