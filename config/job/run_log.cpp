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
  boost::json::array list;
  for (auto const& run : log.bad_frames)
    list.push_back(boost::json::object{{"status", run.status},
                                       {"places", run.places},
                                       {"first_place", boost::json::value_from(run.first_place)},
                                       {"last_place", boost::json::value_from(run.last_place)},
                                       {"first_frame", run.first_frame},
                                       {"last_frame", run.last_frame},
                                       {"reason", run.reason}});
  object["bad_frames"] = std::move(list);
  return boost::json::serialize(object) + "\n";
}

}  // namespace xrdct::config
