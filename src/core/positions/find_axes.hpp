#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/positions/placed_scan.hpp"

namespace xrdct::core {

/// Two motors that move together, such as a motor and its encoder.
struct MotorTwin {
  std::size_t taken;     //!< index of the motor that was taken
  std::size_t left_out;  //!< of the one that tells the same
};

/// The axes of a scan among its motors; numbers are indices into the motors that were asked of.
struct AxesFound {
  std::optional<std::size_t> fast;  //!< nothing: no motor moved
  std::optional<std::size_t> slow;  //!< nothing: one line
  std::optional<std::size_t> height;
  std::vector<std::size_t> moved;  //!< all that moved in steps, fastest first, twins left out
  std::vector<MotorTwin> twins;
  std::vector<std::string> questions;  //!< what could be read in two ways; empty: certain
};

/*!
 * Which of many motors moved in a scan, and which of them is the fast axis, the slow one, and the
 * height.
 *
 * A motor moved where its positions form steps, or go to and fro evenly: what merely drifts or
 * trembles, and what never changes, is none. Of the motors that moved, the one that passes a step
 * most often is fast. Motors whose positions are a straight function of each other over the scan
 * (|correlation| > 0.999, or of an angle modulo a turn) are twins; the one whose steps are the
 * more even is taken, of equals the one named first.
 *
 * Tracks of different lengths cannot be compared: those that are not as long as the most are left
 * out. Time O(motors · frames · log frames) on at most 1e5 frames, evenly chosen runs of a longer
 * scan. Memory: some 60 B per frame looked at.
 */
AxesFound find_axes(std::span<MotorTrack const> motors);

}  // namespace xrdct::core
