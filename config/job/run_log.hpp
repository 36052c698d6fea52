#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace xrdct::config {

/// Consecutive places whose frames have one status that is not good. Places are height, slow, fast;
/// a frame is -1 where there is none.
struct BadFramesOfLog {
  std::string status;
  std::int64_t places = 0;
  std::array<std::int64_t, 3> first_place{}, last_place{};
  std::int64_t first_frame = -1, last_frame = -1;  //!< of these two places
  std::string reason;                              //!< of the first one; may be empty
};

/// What is true of one run and not of its result: host, date, ranks, seconds. Written beside the
/// output as `<output>.log.json`.
struct RunLog {
  /// "host", "date", "version", "writer", …
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<std::pair<std::string, std::int64_t>> counts;  //!< "ranks", "threads", "frames", …
  /// "frames_per_second", "roofline_share", …
  std::vector<std::pair<std::string, double>> numbers;
  std::vector<std::pair<std::string, double>> seconds;  //!< "wall", "read", …; per rank the largest
  std::vector<BadFramesOfLog> bad_frames;
};

/// One JSON object with the keys in the given order, `seconds` as an object of its own,
/// `bad_frames` as a list of such.
std::string run_log_json(RunLog const& log);

}  // namespace xrdct::config
