#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace xrdct::config {

/// What is true of one run and not of its result: host, date, ranks, seconds. Written beside the
/// output as `<output>.log.json`.
struct RunLog {
  /// "host", "date", "version", "writer", …
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<std::pair<std::string, std::int64_t>> counts;  //!< "ranks", "threads", "frames", …
  /// "frames_per_second", "roofline_share", …
  std::vector<std::pair<std::string, double>> numbers;
  std::vector<std::pair<std::string, double>> seconds;  //!< "wall", "read", …; per rank the largest
};

/// One JSON object with the keys in the given order, `seconds` as an object of its own.
std::string run_log_json(RunLog const& log);

}  // namespace xrdct::config
