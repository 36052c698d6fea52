#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace xrdct::core {

/// Frames [first, last) that follow each other on one outer place, while the inner motor goes one
/// way.
struct ScanLine {
  std::size_t first, last;
  std::int64_t outer;  //!< place of the outer axes
  int direction = 0;   //!< +1 rising, −1 falling, 0: in no order, or not moving
  std::size_t frames() const { return last - first; }
};

/*!
 * Cuts a scan into lines: where the outer place changes, and within it where the inner motor flies
 * back or turns round. Points in no order (pieces would be shorter than six frames on the average)
 * are one line.
 *
 * \param inner [frame] positions; of a wrapping angle those of each line are unwrapped in place: a
 * jump of about a turn that hides a usual step is no jump
 *
 * \param outer [frame]
 */
std::vector<ScanLine> cut_lines(std::span<double> inner, std::span<std::int64_t const> outer,
                                bool wraps);

/*!
 * Moves positions from the start (or the end) of the exposure to its middle.
 *
 *     x_n ± d_n/2,   d_n the median of the seven differences of neighbours about n
 *
 * + from the start, − from the end. The median, and the usual step of all lines where it is a third
 * off that, so that frames that are missing, or jitter, move no other frame by half a step. The
 * only frame of a line moves as those of the line before do, or the other way where lines
 * alternate. Frames in no order stay.
 *
 * \param inner [frame]
 */
void take_middles(std::span<double> inner, std::span<ScanLine const> lines, bool from_start);

}  // namespace xrdct::core
