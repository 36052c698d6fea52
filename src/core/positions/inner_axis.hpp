#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/positions/axis_places.hpp"
#include "core/positions/placed_scan.hpp"
#include "core/positions/scan_lines.hpp"

namespace xrdct::core {

/// What is asked about the positions of a motor, and what is known of it before.
struct AxisQuery {
  std::string key;   //!< of the job: "fast", "slow", "height"
  std::string name;  //!< of the motor
  bool angle = false;
  AxisWish wish;
  MomentTaken taken = MomentTaken::middle;
  bool tolerance_given = false;
};

/// The places of the axis that moves within lines, and the place of each frame on it.
struct InnerAxis {
  AxisPlaces places;
  std::vector<std::int64_t> index;  //!< [frame] place, counted as `places` does; or `no_place`
  double direction_offset = 0.0;    //!< of lines that run back against the others [steps]
  bool turns_on = false;            //!< lines were brought back by whole turns
  bool in_order = true;             //!< most lines are straight
  std::vector<std::string> questions;
};

/*!
 * Places the frames of every line: the step from within the lines, the start from all of them, each
 * line as a whole first and its frames within it then.
 * \param inner [frame]; angles of lines that go on beyond a turn are brought back in place
 */
InnerAxis index_inner(std::span<double> inner, std::span<ScanLine const> lines,
                      AxisQuery const& query);

}  // namespace xrdct::core
