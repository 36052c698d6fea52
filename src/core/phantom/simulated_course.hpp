#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/phantom/simulation_settings.hpp"

namespace xrdct::core {

/// Where the motors were.
struct MotorPositions {
  double height_mm = 0.0;
  double rotation_deg = 0.0;
  double translation_mm = 0.0;
};

/// One frame of a scan as it went.
struct TakenFrame {
  std::int64_t place = -1;    //!< height·slow·fast, fast index last; −1: none
  std::size_t line = 0;       //!< height·slow, of the place; counted from 0
  std::size_t run = 0;        //!< counts lines in the order of time
  MotorPositions middle;      //!< of the exposure: what the frame shows
  MotorPositions measured;    //!< as the files say: at the middle or the start of the exposure
  double travel_steps = 0.0;  //!< of the fast motor during the exposure; 0: it stood still
};

/*!
 * All frames in the order of time.
 *
 * Lines follow one another height by height, in `interlaced` = N passes 0, N, 2N, …, 1, N+1, …
 * Those of a zigzag run backwards every second time, counted through all heights. A missing line
 * is left out, and those after it run as if it had been there; one that is repeated is run twice
 * in the same direction; one that is aborted ends after a drawn number of its frames, the first
 * time. A longer one has a frame beyond its end, which has no place. Motors that move deviate from
 * their places by up to `jitter` steps. Numbers are keyed by (seed, frame).
 */
std::vector<TakenFrame> simulated_course(SimulationSettings const& settings);

/// The motors at the middle of a place.
MotorPositions positions_of(SimulationSettings const& settings, std::size_t place);

/// Everything that is wrong with the course, one line each, each naming the option of `xrdct
/// simulate`, which counts lines from 1.
std::vector<std::string> problems_of_course(SimulationSettings const& settings);

}  // namespace xrdct::core
