#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/scan/scan_layout.hpp"
#include "core/words/names.hpp"

namespace xrdct::core {

/// The positions of one motor, frame by frame.
struct MotorTrack {
  std::string name;
  std::vector<double> positions;  //!< [frame]; NaN or ±inf: not known
  bool angle = false;  //!< in degrees: x and x + 360 are one direction, and encoders may wrap
};

/// Which moment of the exposure a position was read at.
enum class MomentTaken { middle, start, end };
template <>
inline constexpr auto words_of<MomentTaken> = std::to_array<Word<MomentTaken>>(
    {{"middle", MomentTaken::middle}, {"start", MomentTaken::start}, {"end", MomentTaken::end}});

/// What is known of an axis beforehand; what is not given is found.
struct AxisWish {
  std::optional<double> start;        //!< position of index 0
  std::optional<double> step;         //!< from index to index, ≠ 0
  std::optional<std::size_t> points;  //!< ≥ 1
};

/// The motors of a scan. `height` may have no positions: there is one height then.
struct ScanTracks {
  MotorTrack height, slow, fast;
};

/// How frames are to be placed.
struct PlacementWishes {
  AxisWish height, slow, fast;
  MomentTaken taken = MomentTaken::middle;
  /// [steps], in (0, 0.5]. Of equal steps: frames farther from every place have none; of listed
  /// places: those nearer together than this part of the usual gap are one. Not given: found, six
  /// times the spread, but ¼ to ½.
  std::optional<double> tolerance;
};

/// The places of one axis, and where the frames really were.
struct GridAxis {
  std::string name;
  bool angle = false;  //!< in degrees
  /// [place] position; rising, but falling where a negative step was wished for. Equal steps:
  /// positions[k] = positions[0] + k·step. Never empty.
  std::vector<double> positions;
  std::optional<double> step;      //!< of equal steps; nothing: listed positions, or one place
  double tolerance = 0.0;          //!< frames up to here have a place [steps, else position units]
  double largest_deviation = 0.0;  //!< |measured − place| of frames with a place, same unit
  /// [frame] position in the middle of the exposure; angles in the turn of their place. NaN: not
  /// known. Empty: no such motor.
  std::vector<double> measured;
};

/// How a scan went, in numbers. Lines are counted height·slow, frames from 0.
struct ScanCourse {
  enum class Way {
    one_line,     //!< fewer than two lines
    same,         //!< all lines the same way
    zigzag,       //!< neighbouring lines the other way, each
    mixed,        //!< both ways, in no order
    turning_on,   //!< a rotation that goes on turning from line to line
    not_in_order  //!< the points of a line in no order, as interlaced ones
  };
  Way way = Way::one_line;
  bool fast_is_fast = true;       //!< false: the slow axis moves more often than the fast one
  bool slow_in_order = true;      //!< the places of the slow axis rise or fall one by one
  bool slow_moves_on = false;     //!< the slow motor moves on during the lines, as on a spiral
  double direction_offset = 0.0;  //!< lines that run back against the others [steps]
  std::size_t frames = 0;
  std::size_t placed = 0;           //!< frames with a place
  std::size_t unknown = 0;          //!< frames without: a position is NaN
  std::size_t outside = 0;          //!< frames without: beside the grid, or between its places
  std::size_t repeated_frames = 0;  //!< frames more than one at their place, all places together
  std::size_t most_at_a_place = 0;
  std::size_t empty_places = 0;
  std::vector<std::size_t> missing_lines;   //!< without a frame; rising
  std::vector<std::size_t> partial_lines;   //!< with frames, but not at all places; rising
  std::vector<std::size_t> repeated_lines;  //!< most places with two frames or more; rising
  /// the last line measured ended early
  bool aborted = false;
};

/// Frames on the places of a grid.
struct PlacedScan {
  GridAxis height, slow, fast;
  std::vector<std::int64_t> place;  //!< [frame] (height·slow + slow)·fast + fast, or −1: none
  /// What cannot be known from the positions alone; each says the readings and the key that
  /// decides. Empty: certain.
  std::vector<std::string> questions;
  ScanCourse course;

  ScanShape shape() const noexcept {
    return {height.positions.size(), slow.positions.size(), fast.positions.size()};
  }
};

/*!
 * The place of every frame, by the positions of its motors.
 *
 *     index = round((x − start)/step)             equal steps
 *     index = that of the nearest listed position  else
 *     x     = position in the middle of the exposure, x_n ± d_n/2: + where taken at the start, − at
 *             the end, d_n the median difference of neighbours about n in the line
 *
 * Steps are found from the positions: those of the periods of the fast axis within lines, of the
 * slow axis and the heights over the scan. Lines may lie in any order and run either way, be
 * missing, repeated or broken off, and begin with frames too many; angles are folded to one turn
 * where lines go on beyond it, a line of N + 1 frames per turn keeps its N + 1 places. Places that
 * few lines reach beside the ends of the others belong to no grid (`outside`).
 *
 * Where two readings are possible the likelier one is returned with a question, never without.
 * Memory: 8 B per frame for `place`, 8 B per frame and motor for `measured` (those of the tracks,
 * which are used up), up to 60 B per frame while it runs. Time: O(n log n); 1e7 frames in seconds.
 * \throws InputError where the lists differ in length or are empty, no position is a number, or a
 * wish cannot be (step 0, points 0, tolerance outside (0, 0.5])
 */
PlacedScan place_frames(ScanTracks tracks, PlacementWishes const& wishes = {});

/// How the scan went, as a scientist would say it: "32 rotations × 31 translations, dty fast,
/// zigzag, line 10 missing, 2 frames more than places". Lines are counted from 1 here. One line.
std::string course_text(PlacedScan const& scan);

}  // namespace xrdct::core
